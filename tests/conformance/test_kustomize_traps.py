"""What trips people who write kustomize overlays by hand, each judged by the real kustomize."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.evaluate import compare, prove
from k8sgen.kustomize.build.kubectl import build
from k8sgen.kustomize.overlay.files import base, overlay
from tests.tools import tool

Proved: TypeAlias = Callable[..., dict[str, str]]

DIGEST = "sha256:" + "ab" * 32
STRINGS = ("1e3", "0o17", "12e4567", "on", "y", "0755", "1:30", "~", "null", "", "0x1F", "1_000")


@pytest.fixture
def proved(tmp_path: Path) -> Proved:
    """
    Write base and overlay of two sets of manifests, let both evaluators judge, give the overlay.
    """
    kubectl = tool("kubectl")

    def run(old: list[Body], new: list[Body], namespace: str | None = None) -> dict[str, str]:
        over = overlay(old, new, base_path="../base", namespace=namespace)
        files = {f"base/{path}": text for path, text in base(old).items()}
        files |= {f"overlay/{path}": text for path, text in over.items()}
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert prove(files, "overlay", new) == []
        assert compare(build(tmp_path / "overlay", kubectl=kubectl), new) == []
        return over

    return run


def pod(**spec: Any) -> Body:
    """
    Make a Deployment named web of one container, which *spec* adds to.
    """
    container = {"name": "web", "image": "app:1", **spec}
    return workload(containers=[container])


def workload(**spec: Any) -> Body:
    """
    Make a Deployment named web of a pod spec.
    """
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 1, "template": {"spec": spec}},
    }


def simple(kind: str, name: str = "web", version: str = "v1", **content: Any) -> Body:
    """
    Make a manifest of little.
    """
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **content}


def changed(body: Body, change: Callable[[Any], None]) -> Body:
    """
    Change a copy of a manifest.
    """
    new = copy.deepcopy(body)
    change(new)
    return new


class TestLists:
    """Lists that merge, and lists that do not."""

    def test_a_new_item_comes_before_the_old_ones(self, proved: Proved) -> None:
        """
        Kustomize prepends; the proof knows that the order of these lists means nothing.
        """
        old = pod(env=[{"name": "A", "value": "1"}])
        new = pod(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])

        patch = proved([old], [new])["deployment.patch.yaml"]

        assert "- name: B" in patch
        assert "- name: A" not in patch

    def test_env_keeps_its_order_where_a_variable_uses_another(self, proved: Proved) -> None:
        """
        `$(A)` is only expanded after A, so what stands before it is named, too.
        """
        old = pod(env=[{"name": "A", "value": "1"}, {"name": "Z", "value": "9"}])
        new = pod(
            env=[
                {"name": "A", "value": "1"},
                {"name": "B", "value": "x$(A)"},
                {"name": "Z", "value": "9"},
            ]
        )

        patch = proved([old], [new])["deployment.patch.yaml"]

        assert "- name: A\n        - name: B\n          value: x$(A)\n" in patch
        assert "name: Z" not in patch

    def test_init_containers_keep_their_order(self, proved: Proved) -> None:
        """
        They run one after the other.
        """
        first, second = {"name": "a", "image": "x"}, {"name": "b", "image": "y"}
        web = {"name": "web", "image": "app:1"}

        proved(
            [workload(initContainers=[first], containers=[web])],
            [workload(initContainers=[first, second], containers=[web])],
        )

    def test_a_value_that_becomes_a_reference_goes_away(self, proved: Proved) -> None:
        """
        `value` and `valueFrom` together are refused by Kubernetes.
        """
        source = {"secretKeyRef": {"name": "s", "key": "k"}}
        old = pod(env=[{"name": "A", "value": "1"}])
        new = pod(env=[{"name": "A", "valueFrom": source}])

        assert "value: null" in proved([old], [new])["deployment.patch.yaml"]

    def test_ports_merge_on_their_number(self, proved: Proved) -> None:
        """
        A port of another number is another port, and the old one is deleted.
        """
        old = pod(ports=[{"name": "http", "containerPort": 80, "protocol": "TCP"}])
        new = pod(ports=[{"name": "http", "containerPort": 81, "protocol": "TCP"}])

        assert "$patch: delete" in proved([old], [new])["deployment.patch.yaml"]

    def test_ports_of_two_protocols_stay_two(self, proved: Proved) -> None:
        """
        DNS is one number twice.
        """
        tcp, udp = ({"containerPort": 53, "protocol": name} for name in ("TCP", "UDP"))

        proved([pod(ports=[tcp])], [pod(ports=[tcp, udp])])
        proved([pod(ports=[tcp, udp])], [pod(ports=[udp, {**tcp, "name": "dns"}])])

    def test_ports_with_and_without_protocol_do_not_confuse(self, proved: Proved) -> None:
        """
        Kustomize's merge of these is an accident waiting; the list is replaced instead.
        """
        old = pod(ports=[{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}])
        new = pod(ports=[{"containerPort": 53, "name": "a"}, {"containerPort": 54}])

        assert "deployment.json6902.yaml" in proved([old], [new])

    def test_doubled_variables_survive(self, proved: Proved) -> None:
        """
        Kubernetes takes the last of two; a merge would make one of them.
        """
        double = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]

        proved([pod(env=double)], [pod(env=double, tty=True)])
        proved([pod(env=[double[0]])], [pod(env=double)])

    def test_lists_without_a_key_are_replaced(self, proved: Proved) -> None:
        """
        Arguments and tolerations are stated anew, in their order.
        """
        old, new = pod(args=["a", "b"]), pod(args=["b", "a", "c"])

        assert (
            "args:\n        - b\n        - a\n        - c\n"
            in proved([old], [new])["deployment.patch.yaml"]
        )

    def test_finalizers_can_be_removed(self, proved: Proved) -> None:
        """
        A merge only adds to a list of words.
        """
        old, new = simple("ConfigMap"), simple("ConfigMap")
        old["metadata"]["finalizers"], new["metadata"]["finalizers"] = ["a/b", "c/d"], ["c/d"]

        proved([old], [new])
        proved([new], [old])

    def test_empty_lists_and_maps_are_not_nothing(self, proved: Proved) -> None:
        """
        An empty `podSelector` selects all, an empty `ingress` lets nothing in.
        """
        version = "networking.k8s.io/v1"
        rules = {"podSelector": {"matchLabels": {"a": "b"}}, "ingress": [{}]}
        old = simple("NetworkPolicy", version=version, spec=rules)
        new = simple("NetworkPolicy", version=version, spec={"podSelector": {}, "ingress": []})

        proved([old], [new])
        proved([new], [old])
        proved([new], [simple("NetworkPolicy", version=version, spec={})])


class TestValues:
    """Values that YAML or JSON could turn into others."""

    def test_strings_stay_strings(self, proved: Proved) -> None:
        """
        In the base, in a merge patch and in a JSON patch.
        """
        old, new = [], []
        for n, text in enumerate(STRINGS):
            data = {"a": text, "b": text, text or "k": text}
            old.append(simple("ConfigMap", f"c{n}", data={"a": text, "b": "x", "c": "x"}))
            new.append(simple("ConfigMap", f"c{n}", data=data))
            spec = {"a": text, "b": {"x": 1}}
            old.append(simple("Thing", f"t{n}", version="a.b/v1", spec=spec))
            new.append(simple("Thing", f"t{n}", version="a.b/v1", spec={"a": text, "b": text}))
        files = proved(old, new)
        assert sum(path.endswith(".json6902.yaml") for path in files) == len(STRINGS)

    def test_a_string_can_become_a_number(self, proved: Proved) -> None:
        """
        Kustomize keeps the quotes of the base's string around the patch's number.
        """
        old = simple("Thing", version="a.b/v1", spec={"port": "8080"})
        new = simple("Thing", version="a.b/v1", spec={"port": 8080})

        proved([old], [new])
        proved([new], [old])

    def test_nulls_of_the_base_stay(self, proved: Proved) -> None:
        """
        As the `creationTimestamp` of generated manifests; where they come or go, too.
        """
        old = simple("Thing", version="a.b/v1", spec={"a": None, "b": 1, "c": {"d": None}})
        new = simple("Thing", version="a.b/v1", spec={"a": None, "b": 2, "c": {"d": None}})
        bare = simple("Thing", version="a.b/v1", spec={"b": 1})
        old["metadata"]["creationTimestamp"] = new["metadata"]["creationTimestamp"] = None

        proved([old], [new])
        proved([bare], [new])
        proved([new], [bare])

    def test_keys_with_slashes_and_tildes(self, proved: Proved) -> None:
        """
        JSON pointers escape both.
        """
        old = simple("Thing", version="a.b/v1", spec={"a/b~c": {"x": 1}, "~1": {"y": 1}})
        new = simple("Thing", version="a.b/v1", spec={"a/b~c": "text", "~1": [1]})

        assert "/spec/a~1b~0c" in proved([old], [new])["thing.json6902.yaml"]

    def test_large_numbers_survive_a_json_patch(self, proved: Proved) -> None:
        """
        Kustomize then writes 1.00065e+09, which is the same number.
        """
        old = simple("Thing", version="a.b/v1", spec={"user": 1000650000, "b": {"x": 1}})
        new = simple("Thing", version="a.b/v1", spec={"user": 1000650000, "b": 1})
        huge = simple("Thing", version="a.b/v1", spec={"user": 2**63 - 1, "b": {"x": 1}})

        proved([old], [new])
        proved([huge], [changed(huge, lambda body: body["spec"].update(b=1))])

    def test_texts_of_many_lines(self, proved: Proved) -> None:
        """
        Tabs, blank lines, spaces at either end, and what go-yaml itself cannot read back.
        """
        texts = ["a\nb\n", " a\n\n b", "a \nb", "\ta\n\tb\n", "a\n\n\n", "#\n---\n...\n", "é 🎉\n"]
        old = simple("ConfigMap", data={f"k{i}": "x" for i, _ in enumerate(texts)})
        new = simple("ConfigMap", data={f"k{i}": text for i, text in enumerate(texts)})

        proved([old], [new])
        proved([new], [old])


class TestImages:
    """The field `images`."""

    @pytest.mark.parametrize(
        ("old", "new", "entry"),
        [
            ("app:1", "app:1.36", 'newTag: "1.36"'),
            ("app", "app:1e3", 'newTag: "1e3"'),
            ("localhost:5000/app:1", "localhost:5000/app:2", "name: localhost:5000/app\n"),
            ("app:1", f"app@{DIGEST}", f"digest: {DIGEST}"),
            (f"app@{DIGEST}", "app:2", 'newTag: "2"'),
            ("app:1", "ghcr.io/acme/app:1", "newName: ghcr.io/acme/app"),
            ("app:1", f"mirror:5000/app:2@{DIGEST}", "newName: mirror:5000/app"),
        ],
    )
    def test_every_form_of_a_pin(self, old: str, new: str, entry: str, proved: Proved) -> None:
        """
        Tag, digest, both, another registry.
        """
        files = proved([pod(image=old)], [pod(image=new)])

        assert entry in files["kustomization.yaml"]
        assert list(files) == ["kustomization.yaml"]

    def test_a_pin_that_goes_needs_a_patch(self, proved: Proved) -> None:
        """
        No entry can take a tag or a digest away.
        """
        files = proved([pod(image="app:1")], [pod(image="app")])

        assert "images" not in files["kustomization.yaml"]
        assert "image: app\n" in files["deployment.patch.yaml"]

    @pytest.mark.parametrize("image", ["~", "2024-01-01", "null", "1e3"])
    def test_an_image_that_is_no_string_without_quotes_needs_a_patch(
        self, image: str, proved: Proved
    ) -> None:
        """
        Beside a patch of the same manifest, `images` would write a null, a date or a number.
        """
        files = proved([pod(image="app")], [pod(image=image, ports=[])])
        assert "images" not in files["kustomization.yaml"]

    def test_no_entry_where_another_container_keeps_the_image(self, proved: Proved) -> None:
        """
        An entry meets every container of the service.
        """
        web, sidecar = {"name": "web", "image": "app:1"}, {"name": "side", "image": "app:1"}
        files = proved(
            [workload(containers=[web, sidecar])],
            [workload(containers=[{**web, "image": "app:2"}, sidecar])],
        )

        assert "images" not in files["kustomization.yaml"]

    def test_no_entry_that_meets_nothing(self, proved: Proved) -> None:
        """
        Kustomize would ignore it in silence.
        """
        web = {"name": "web", "image": "app:1"}
        side = {"name": "side", "image": "other:1"}
        files = proved([workload(containers=[web, side])], [workload(containers=[web])])

        assert "images" not in files["kustomization.yaml"]

    def test_a_dot_in_a_name_matches_any_character(self, proved: Proved) -> None:
        """
        Kustomize takes the name for a regular expression.
        """
        web, side = {"name": "web", "image": "a.b/c:1"}, {"name": "side", "image": "aXb/c:1"}

        proved(
            [workload(containers=[web, side])],
            [workload(containers=[{**web, "image": "a.b/c:2"}, side])],
        )

    def test_containers_of_a_custom_resource_that_are_no_maps(self, proved: Proved) -> None:
        """
        Kustomize's `images` fails on them, so it is not used.
        """
        thing = simple("Thing", version="a.b/v1", spec={"containers": ["web"]})
        old, new = pod(image="app:1"), pod(image="app:2")

        assert "images" not in proved([old, thing], [new, thing])["kustomization.yaml"]


class TestFields:
    """The fields `replicas`, `namespace` and `labels`."""

    def test_replicas_that_an_autoscaler_sets_go_away(self, proved: Proved) -> None:
        """
        By a null in the patch; the field `replicas` can only set them.
        """
        old, new = pod(), pod()
        del new["spec"]["replicas"]

        files = proved([old], [new])

        assert "replicas: null" in files["deployment.patch.yaml"]
        assert "count" not in files["kustomization.yaml"]

    def test_replicas_of_two_workloads_of_one_name(self, proved: Proved) -> None:
        """
        The field goes by the name alone, so one of them is left to a patch.
        """
        other = {**pod(), "kind": "StatefulSet"}
        new = changed(pod(), lambda body: body["spec"].update(replicas=3))

        proved([pod(), other], [new, other])

    def test_the_namespace_of_a_whole_service(self, proved: Proved) -> None:
        """
        The field sets it everywhere but where kustomize knows that there is none.
        """
        role = simple("ClusterRole", version="rbac.authorization.k8s.io/v1", rules=[])
        new = changed(pod(), lambda body: body["metadata"].update(namespace="prod"))

        files = proved([pod(), role], [new, role], "prod")

        assert "namespace: prod\n" in files["kustomization.yaml"]
        assert list(files) == ["kustomization.yaml"]

    def test_a_kind_without_namespace_that_kustomize_does_not_know(self, proved: Proved) -> None:
        """
        The field would give it one; each of the others gets its own by a JSON patch.
        """
        issuer = simple("ClusterIssuer", version="cert-manager.io/v1")
        new = changed(pod(), lambda body: body["metadata"].update(namespace="prod"))

        files = proved([pod(), issuer], [new, issuer], "prod")

        assert "\nnamespace:" not in files["kustomization.yaml"]
        assert "/metadata/namespace" in files["deployment.json6902.yaml"]

    def test_the_namespace_renames_namespaces(self, proved: Proved) -> None:
        """
        A Namespace of another name forbids the field.
        """
        new = changed(simple("ConfigMap"), lambda body: body["metadata"].update(namespace="prod"))

        files = proved(
            [simple("ConfigMap"), simple("Namespace")], [new, simple("Namespace")], "prod"
        )

        assert "\nnamespace:" not in files["kustomization.yaml"]

    def test_subjects_follow_their_service_accounts(self, proved: Proved) -> None:
        """
        Kustomize writes the new namespace into the bindings, and into a group of that name, too.
        """
        version = "rbac.authorization.k8s.io/v1"
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"}
        account = {"kind": "ServiceAccount", "name": "web", "namespace": "prod"}
        group = {"kind": "Group", "name": "web", "apiGroup": "rbac.authorization.k8s.io"}
        old = [
            simple("ServiceAccount"),
            simple("RoleBinding", version=version, roleRef=role, subjects=[account]),
        ]
        new = [changed(b, lambda body: body["metadata"].update(namespace="prod")) for b in old]
        proved(old, new, "prod")

        old[1]["subjects"] = new[1]["subjects"] = [account, group]
        proved(old, new, "prod")

    @pytest.mark.parametrize("namespace", [None, "prod"])
    def test_a_subject_without_namespace_may_have_any_kind(
        self, namespace: str | None, proved: Proved
    ) -> None:
        """
        Kustomize reads the kind of those alone that have a namespace, at which it panics.
        """
        group = "rbac.authorization.k8s.io"
        body = {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "x"} | ({"namespace": namespace} if namespace else {}),
            "roleRef": {"apiGroup": group, "kind": "Role", "name": "x"},
            "subjects": [{"kind": 8080, "name": "web"}],
        }
        proved([body], [body], namespace=namespace)

    def test_labels_of_all_are_said_once(self, proved: Proved) -> None:
        """
        In the field `labels`, which leaves selectors alone.
        """
        old = [pod(), simple("Service", spec={"selector": {"app": "web"}})]
        new = [changed(b, lambda body: body["metadata"].update(labels={"env": "on"})) for b in old]

        files = proved(old, new)

        assert 'labels:\n- pairs:\n    env: "on"\n' in files["kustomization.yaml"]
        assert list(files) == ["kustomization.yaml"]


class TestResources:
    """Manifests as a whole."""

    def test_what_the_environment_lacks_is_deleted(self, proved: Proved) -> None:
        """
        Also where fields go over the rest.
        """
        new = changed(pod(image="app:2"), lambda body: body["metadata"].update(namespace="prod"))

        files = proved([pod(), simple("Service"), simple("ConfigMap")], [new], "prod")

        assert files["service.delete.yaml"].startswith("$patch: delete\n")

    def test_one_name_in_several_kinds_and_groups(self, proved: Proved) -> None:
        """
        Patches name the kind, JSON patches select by group and version.
        """
        core = simple("Service", spec={"a": {"b": 1}})
        knative = simple("Service", version="serving.knative.dev/v1", spec={"a": {"b": 1}})
        new = simple("Service", version="serving.knative.dev/v1", spec={"a": 1})

        proved([core, knative], [core, new])

    def test_names_with_dots(self, proved: Proved) -> None:
        """
        The target of a JSON patch is a regular expression.
        """
        dotted, plain = (simple("Thing", n, "a.b/v1", spec={"x": {"y": 1}}) for n in ("a.b", "aXb"))
        new = simple("Thing", "a.b", "a.b/v1", spec={"x": 1})

        proved([dotted, plain], [new, plain])

    def test_one_name_in_two_namespaces(self, proved: Proved) -> None:
        """
        The second is an extra file.
        """
        here, there = (
            changed(simple("ConfigMap"), lambda body, n=n: body["metadata"].update(namespace=n))  # type: ignore[misc]
            for n in ("prod", "monitoring")
        )

        proved([simple("ConfigMap", data={"a": "1"})], [there, here], "prod")

    def test_a_new_version_of_a_kind_is_a_new_manifest(self, proved: Proved) -> None:
        """
        No patch changes an apiVersion.
        """
        old = simple("PodDisruptionBudget", version="policy/v1beta1", spec={"minAvailable": 1})
        new = simple("PodDisruptionBudget", version="policy/v1", spec={"minAvailable": 1})

        proved([old, simple("ConfigMap")], [new, simple("ConfigMap")])

    def test_manifests_inside_a_custom_resource(self, proved: Proved) -> None:
        """
        Kustomize merges what looks like a Deployment as one, wherever it stands.
        """
        inner = pod(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
        other = pod(env=[{"name": "B", "value": "2"}, {"name": "A", "value": "1"}])

        proved(
            [simple("Thing", version="a.b/v1", spec={"object": inner, "n": 1})],
            [simple("Thing", version="a.b/v1", spec={"object": other, "n": 2})],
        )
