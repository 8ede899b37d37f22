"""The files of bases and overlays, as a person reads them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.evaluate import prove
from k8sgen.kustomize.overlay.files import base, overlay

LABELS = {"app.kubernetes.io/name": "backend"}


def backend() -> list[Body]:
    """
    Make the manifests of an ordinary service.
    """
    container = {
        "name": "backend",
        "image": "ghcr.io/acme/backend:1.0.0",
        "ports": [{"name": "http", "containerPort": 8000}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "PORT", "value": "8000"},
            {
                "name": "DATABASE_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "backend", "key": "password"}},
            },
            {"name": "DATABASE_URL", "value": "postgresql://backend:$(DATABASE_PASSWORD)@postgres"},
        ],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
    }
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    return [
        manifest("apps/v1", "Deployment", "backend", spec={"replicas": 1, "template": template}),
        manifest("v1", "Service", "backend", spec={"ports": [{"port": 80}], "selector": LABELS}),
        manifest("v1", "ConfigMap", "backend-files", data={"app.conf": "a = 1\nb = 2\n"}),
    ]


def manifest(version: str, kind: str, name: str, **content: Any) -> Body:
    """
    Make a manifest with the service's labels.
    """
    metadata = {"name": name, "labels": dict(LABELS)}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


def annotated(annotations: dict[str, str]) -> Body:
    """
    Make a manifest with these annotations.
    """
    body = manifest("v1", "X", "x")
    body["metadata"]["annotations"] = annotations
    return body


def labelled(labels: Any) -> Body:
    """
    Make a manifest with strange labels.
    """
    return {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x", "labels": labels}}


def overlay_of(
    *changes: Callable[[list[Body]], None], namespace: str | None = None
) -> dict[str, str]:
    """
    Write the overlay of the backend with *changes*, proved.
    """
    old, new = backend(), backend()
    for change in changes:
        change(new)
    files = overlay(old, new, base_path="../../../base/backend", namespace=namespace)
    tree = {f"base/backend/{path}": text for path, text in base(old).items()}
    tree |= {f"overlays/production/backend/{path}": text for path, text in files.items()}
    assert prove(tree, "overlays/production/backend", new) == []
    return files


def container(bodies: list[Body]) -> Any:
    """
    Find the one container.
    """
    return bodies[0]["spec"]["template"]["spec"]["containers"][0]


def scale(bodies: list[Body]) -> None:
    """
    Run three pods.
    """
    bodies[0]["spec"]["replicas"] = 3


def release(bodies: list[Body]) -> None:
    """
    Run another version.
    """
    container(bodies)["image"] = "ghcr.io/acme/backend:1.4.2"


def debug(bodies: list[Body]) -> None:
    """
    Change one variable.
    """
    container(bodies)["env"][0]["value"] = "debug"


def grow(bodies: list[Body]) -> None:
    """
    Change one limit.
    """
    container(bodies)["resources"]["limits"]["memory"] = "1Gi"


def move(bodies: list[Body]) -> None:
    """
    Live in a namespace.
    """
    for body in bodies:
        body["metadata"]["namespace"] = "production"


HEAD = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
"""


def binding(**subject: Any) -> Body:
    """
    Return a RoleBinding with one subject.
    """
    one = {"kind": "ServiceAccount", "name": "web", "namespace": "default", **subject}
    return manifest("rbac.authorization.k8s.io/v1", "RoleBinding", "x", subjects=[one])


class TestBase:
    """The files of a base."""

    def test_a_file_a_manifest(self) -> None:
        """
        By kind, and by kind and name what is not called like the service.
        """
        files = base(backend())

        assert list(files)[:3] == ["kustomization.yaml", "deployment.yaml", "service.yaml"]
        assert files["kustomization.yaml"] == (
            HEAD + "resources:\n- deployment.yaml\n- service.yaml\n- configmap-backend-files.yaml\n"
        )
        assert (
            files["configmap-backend-files.yaml"]
            == """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: backend-files
  labels:
    app.kubernetes.io/name: backend
data:
  app.conf: |
    a = 1
    b = 2
"""
        )

    def test_a_second_of_a_kind_renames_nothing(self) -> None:
        """
        Only its own file is new.
        """
        second = manifest("apps/v1", "Deployment", "worker")

        assert base(backend()).keys() < base([*backend(), second]).keys()

    def test_no_file_is_called_kustomization_but_the_one(self) -> None:
        """
        Flux has a kind of that name.
        """
        flux = manifest("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "backend")

        assert "kustomization-backend.yaml" in base([*backend(), flux])

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"kind": "X", "metadata": {"name": "x"}}, "has no apiVersion"),
            ({"apiVersion": "v1", "kind": "X"}, "no metadata"),
            (labelled(["a"]), "X x has labels that are not a map"),
            (labelled({"a": 1}), r"X x has 1 in labels\.a: both must be strings"),
            (
                annotated({"internal.config.kubernetes.io/needsHashSuffix": "true"}),
                "which kustomize reserves",
            ),
            (
                annotated({"config.kubernetes.io/path": "a.yaml"}),
                "which kustomize reserves",
            ),
            (binding(kind=False), "a subject whose kind or namespace is no text"),
            (binding(kind=8080, namespace="x"), "a subject whose kind or namespace is no text"),
            (binding(namespace=None), "a subject whose kind or namespace is no text"),
            (binding(name=""), "a subject without a name"),
            (manifest("v1", "X", "x", items=[1, None]), "X x.items holds a null"),
            (manifest("v1", "X", "x", data={"a": "\x7f"}), "X x.data.a holds a control character"),
            (manifest("v1", "X", "x", data={1: 2}), "X x.data has the key 1"),
            (manifest("v1", "X", "x", data={"a": {1}}), r"X x.data.a is \{1\}, a set"),
        ],
    )
    def test_what_kustomize_refuses_is_refused_first(self, body: Body, problem: str) -> None:
        """
        With the place of the flaw.
        """
        with pytest.raises(BuildError, match=problem):
            base([body])

    def test_two_of_one_name_are_refused(self) -> None:
        """
        Kustomize may not add a resource twice.
        """
        with pytest.raises(BuildError, match="two manifests are Service 'backend'"):
            base([*backend(), backend()[1]])


class TestOverlay:
    """The files of an overlay."""

    def test_nothing_differs(self) -> None:
        """
        Then the overlay is its base.
        """
        assert overlay_of() == {
            "kustomization.yaml": HEAD + "resources:\n- ../../../base/backend\n"
        }

    def test_replicas(self) -> None:
        """
        One field, no patch.
        """
        assert overlay_of(scale) == {
            "kustomization.yaml": HEAD
            + "resources:\n- ../../../base/backend\nreplicas:\n- name: backend\n  count: 3\n"
        }

    def test_image_tag(self) -> None:
        """
        One field, no patch.
        """
        assert overlay_of(release) == {
            "kustomization.yaml": HEAD
            + "resources:\n- ../../../base/backend\n"
            + 'images:\n- name: ghcr.io/acme/backend\n  newTag: "1.4.2"\n'
        }

    def test_one_variable_and_one_limit(self) -> None:
        """
        One patch of what differs.
        """
        assert overlay_of(debug, grow) == {
            "kustomization.yaml": HEAD
            + "resources:\n- ../../../base/backend\npatches:\n- path: deployment.patch.yaml\n",
            "deployment.patch.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: backend
spec:
  template:
    spec:
      containers:
      - name: backend
        env:
        - name: LOG_LEVEL
          value: debug
        resources:
          limits:
            memory: 1Gi
""",
        }

    def test_an_environment_as_it_is(self) -> None:
        """
        All of it, with a service that it lacks and one that it has more.
        """

        def rearrange(bodies: list[Body]) -> None:
            del bodies[2]
            bodies.append(manifest("v1", "Secret", "backend", stringData={"a": "1e3"}))

        files = overlay_of(scale, release, debug, rearrange, move, namespace="production")

        assert (
            files["kustomization.yaml"]
            == HEAD
            + """\
namespace: production
resources:
- ../../../base/backend
- secret.yaml
patches:
- path: deployment.patch.yaml
- path: configmap-backend-files.delete.yaml
images:
- name: ghcr.io/acme/backend
  newTag: "1.4.2"
replicas:
- name: backend
  count: 3
"""
        )
        assert (
            files["configmap-backend-files.delete.yaml"]
            == """\
$patch: delete
apiVersion: v1
kind: ConfigMap
metadata:
  name: backend-files
"""
        )
        assert 'stringData:\n  a: "1e3"\n' in files["secret.yaml"]

    def test_a_service_that_only_the_environment_has(self) -> None:
        """
        All its manifests are files of the overlay.
        """
        files = overlay([], backend(), base_path=None, namespace=None)

        assert base(backend()) == files

    def test_nothing_wanted_is_no_folder(self) -> None:
        """
        An environment that leaves the service out has no overlay of it.
        """
        assert overlay(backend(), [], base_path="../base", namespace="production") == {}

    def test_it_is_the_same_every_time(self) -> None:
        """
        To the byte.
        """
        first, second = (overlay_of(scale, release, debug, grow, move) for _ in range(2))

        assert list(first.items()) == list(second.items())

    def test_it_changes_nothing_that_it_is_given(self) -> None:
        """
        Base and wanted stay as they are.
        """
        old, new = backend(), backend()
        scale(new)
        before = copy.deepcopy((old, new))

        overlay(old, new, base_path="../base", namespace="production")

        assert before == (old, new)
