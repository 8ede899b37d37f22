"""Two clusters, the wrong one of which is kubectl's current one: only the right one is asked."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from k8sgen.kubernetes.scope import is_cluster_scoped
from k8sgen.tools.kubectl import SERVER_SIDE
from tests.conformance.control_plane import Listener, api_server, kubeconfig
from tests.k8sgen.kubernetes.test_quantity import KEPT
from tests.projects import WEB, run, write_project
from tests.tools import tool

pytestmark = pytest.mark.slow

NIGHTLY = """
        token = self.secret("token", Random(length=24))
        report = self.container(name="report", env={"TOKEN": token})
        CronJob(self, Pod(report), name="web-report", schedule="0 3 * * *")
"""
STAGING = """\
from k8sgen import Cluster
from services.stack import Environment

staging = Environment(
    name="staging",
    cluster=Cluster(context="right"),
)
"""
WIDGETS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
            }
        ],
    },
}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an API server, for all tests."""
    with api_server(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture
def wrong(right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """The other cluster; both are contexts of the kubeconfig, and this one is current."""
    with Listener() as listener:
        config = tmp_path / "kubeconfig"
        kubeconfig(config, {"right": right, "wrong": listener.address}, current="wrong")
        monkeypatch.setenv("KUBECONFIG", str(config))
        yield listener


@pytest.fixture
def root(tmp_path: Path, wrong: Listener, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A project whose staging is on the right cluster, with its secrets; production does not say.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("SOPS_AGE_KEY_FILE", raising=False)
    tool("sops")
    web = WEB.replace("import Deployment,", "import CronJob, Deployment, Random,") + NIGHTLY
    files = {"services/web.py": web, "environments/staging.py": STAGING}
    root = write_project(tmp_path / "project", files)
    for command in ("init", "generate"):
        for environment in ("production", "staging"):
            assert run(root, "secrets", command, environment).status == 0
    assert run(root, "synth").err == ""
    kubectl("apply", "-f", "-", text=(root / NAMESPACE).read_text())
    return root


NAMESPACE = "dist/overlays/staging/platform/namespace-staging.yaml"


def kubectl(*arguments: str, text: str = "") -> str:
    """Ask the right cluster, as a person does."""
    command = [tool("kubectl"), "--context=right", *arguments]
    return subprocess.run(command, input=text, text=True, check=True, stdout=-1).stdout


def token(root: Path) -> str:
    """Return the value that the encrypted file has."""
    place, file = '["stringData"]["token"]', "dist/secrets/staging/web.sops.yaml"
    command = [tool("sops"), "decrypt", "--extract", place, file]
    return subprocess.run(command, cwd=root, text=True, check=True, stdout=-1).stdout


def applied() -> str:
    """Return the value that the right cluster has."""
    found = json.loads(kubectl("get", "secret", "web", "--namespace=staging", "--output=json"))
    return base64.b64decode(found["data"]["token"]).decode()


def test_secrets_go_to_the_environments_cluster(root: Path, wrong: Listener) -> None:
    """Not to the current one, which gets no request."""
    ran = run(root, "secrets", "apply", "staging")
    assert (ran.status, ran.err) == (0, "")
    assert applied() == token(root)
    assert not wrong.was_asked()


def by_kubectl(root: Path, options: Sequence[str] = ()) -> None:
    """Apply the Secret and the manifests as a person or a tool does that knows nothing of us."""
    secret = subprocess.check_output(
        [tool("sops"), "decrypt", "dist/secrets/staging/web.sops.yaml"], cwd=root, text=True
    )
    kubectl("apply", *options, "-f", "-", text=secret)
    kubectl("apply", *options, f"--kustomize={root}/dist/overlays/staging")


def by_k8sgen(root: Path) -> None:
    """Apply the Secret with our own command, and the manifests as docs/secrets.md says."""
    assert run(root, "secrets", "apply", "staging").status == 0
    kubectl("apply", *SERVER_SIDE, f"--kustomize={root}/dist/overlays/staging")


FIRST = {
    "k8sgen": by_k8sgen,
    "client-side": by_kubectl,
    "server-side": partial(by_kubectl, options=["--server-side"]),
    "argo-cd": partial(
        by_kubectl,
        options=["--server-side", "--field-manager=argocd-controller", "--force-conflicts"],
    ),
}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_a_rotation_goes_to_the_environments_cluster(
    root: Path, wrong: Listener, first: Callable[[Path], None]
) -> None:
    """
    By the script that it writes, of which each command names the cluster, whoever applied before.
    """
    kubectl("delete", "secret,cronjob,deployment,statefulset", "--all", "--namespace=staging")
    first(root)
    before = applied()
    assert run(root, "secrets", "rotate", "staging", "web", "--script", f"{root}/steps").status == 0
    assert run(root, "synth").status == 0
    subprocess.run([root / "steps"], cwd=root, check=True)
    assert applied() == token(root) != before
    assert "web-report" in kubectl("get", "cronjobs", "--namespace=staging", "--output=name")
    secret = kubectl("get", "secret", "web", "--namespace=staging", "--output=yaml")
    assert "last-applied-configuration" not in secret
    assert not wrong.was_asked()


def test_what_runs_is_read_from_the_environments_cluster(root: Path, wrong: Listener) -> None:
    """Once applied, it does not differ."""
    assert run(root, "diff", "staging", "--live").status == 1
    kubectl("apply", *SERVER_SIDE, f"--kustomize={root}/dist/overlays/staging")
    ran = run(root, "diff", "staging", "--live", "--json")
    assert (ran.status, ran.err) == (0, "")
    (found,) = json.loads(ran.out)["environments"]
    assert (found["context"], found["resources"]) == ("right", [])
    kubectl("delete", "all", "--all", "--namespace=staging", "--wait=false")
    assert not wrong.was_asked()


def test_schemas_are_read_from_the_environments_cluster(root: Path, wrong: Listener) -> None:
    """Those of its custom resources."""
    kubectl("apply", "-f", "-", text=json.dumps(WIDGETS))
    ran = run(root, "schemas", "pull", "staging", "--json")
    assert json.loads(ran.out) == {"context": "right", "written": ["example.com/widget_v1.json"]}
    assert not wrong.was_asked()


def test_without_a_cluster_of_its_own_nothing_is_written(root: Path, wrong: Listener) -> None:
    """The current one, which may be any, gets no request."""
    ran = run(root, "secrets", "apply", "production")
    assert (ran.status, ran.out) == (2, "")
    assert "environments/production.py:6: production does not name its cluster" in ran.err
    assert not wrong.was_asked()


def test_a_context_that_is_gone_is_not_replaced_by_the_current_one(
    right: str, root: Path, wrong: Listener
) -> None:
    """Neither to read nor to write."""
    kubeconfig(root.parent / "kubeconfig", {"wrong": wrong.address}, current="wrong")
    for command in (["secrets", "apply", "staging"], ["diff", "staging", "--live"]):
        ran = run(root, *command)
        assert ran.status == 2
        assert ran.err == (
            "error: environments/staging.py:6: the kubeconfig has no context 'right'\n"
            "  known: wrong\n"
        )
    assert not wrong.was_asked()


def test_without_a_cluster_of_its_own_the_current_one_is_read_and_named(
    right: str, root: Path, wrong: Listener
) -> None:
    """Which answers here."""
    servers = {"right": right, "wrong": wrong.address}
    kubeconfig(root.parent / "kubeconfig", servers, current="right")
    ran = run(root, "diff", "production", "--live")
    assert (ran.status, ran.err) == (1, "production: read from kubectl's current context, right\n")
    assert "+ Namespace/production" in ran.out
    assert not wrong.was_asked()


def test_cluster_scoped_is_what_the_api_server_says(wrong: Listener) -> None:
    """Of all kinds that it brings along and keeps; what is only asked, such as a review, is not."""
    for namespaced in (True, False):
        listed = kubectl(
            "api-resources", f"--namespaced={str(namespaced).lower()}", "--output=json"
        )
        for kind in json.loads(listed)["resources"]:
            kept = "get" in kind["verbs"]
            assert not kept or is_cluster_scoped(_head(kind)) is not namespaced, kind


def test_quantities_are_kept_as_we_write_them(wrong: Listener) -> None:
    """In the form that a later comparison finds."""
    volumes = [
        {"name": f"v{number}", "emptyDir": {"sizeLimit": text}} for number, text in enumerate(KEPT)
    ]
    body = {
        "apiVersion": "v1",
        "kind": "PodTemplate",
        "metadata": {"name": "quantities", "namespace": "default"},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "a", "image": "a"}], "volumes": volumes},
        },
    }
    answer = kubectl("create", "--output=json", "-f", "-", text=json.dumps(body))
    found = json.loads(answer)["template"]["spec"]["volumes"]
    assert [volume["emptyDir"]["sizeLimit"] for volume in found] == [*KEPT.values()]


def _head(kind: Mapping[str, Any]) -> dict[str, str]:
    version = "/".join(filter(None, (kind.get("group"), kind.get("version"))))
    return {"apiVersion": version, "kind": kind["kind"]}
