"""An environment becomes finished manifests, each with where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import constructs
import pytest

from k8sgen import Environment, LiveUpdate, Manifest, Priority, Random, Stack
from k8sgen.errors import Location, Problems
from tests.stacks import BASE, HTTP, Settings, Web, composed, found


class Other(Web):
    """A second service."""


def config(name: str, **metadata: Any) -> dict[str, Any]:
    """
    Write a small manifest.
    """
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def two(stack: Stack) -> None:
    """
    Make two services.
    """
    Web(stack, Settings()).deployment()
    Other(stack, Settings()).endpoint(HTTP)


def test_a_live_update_is_for_the_services_own_server() -> None:
    """The values of one Secret would go to the pods of another service."""

    def make(stack: Stack) -> None:
        Web(stack, Settings()).deployment()
        other = Other(stack, Settings())
        for workload in ("deployment/web", "deployment/gone"):
            update = LiveUpdate(workload=workload, accept="true")
            other.secret(workload.replace("/", "-"), Random(), live_update=update)

    with pytest.raises(Problems) as error:
        composed(make)
    first, second = error.value.problems
    assert first.problem == (
        "the live update of other/deployment-web is for deployment/web, which other does not have"
    )
    assert first.hint == "it has: no workload"
    assert isinstance(first.location, Location)
    assert first.location.file.name == Path(__file__).name
    assert "deployment/gone" in second.problem


def test_everything_of_a_place_has_its_namespace() -> None:
    """But what the whole cluster has, and what names another one."""

    def make(stack: Stack) -> None:
        two(stack)
        Manifest(stack, "elsewhere", config("elsewhere", namespace="kube-system"))

    environment = Environment(
        name="here", namespace="there", priority=Priority(name="high", value=9)
    )
    namespaces = {
        (r.body["kind"], r.body["metadata"]["name"]): r.body["metadata"].get("namespace")
        for r in composed(make, environment).resources
    }
    assert namespaces.pop(("Namespace", "there")) is None
    assert namespaces.pop(("PriorityClass", "high")) is None
    assert namespaces.pop(("ConfigMap", "elsewhere")) == "kube-system"
    assert set(namespaces.values()) == {"there"}


def test_the_base_has_no_namespace_and_no_platform() -> None:
    """It belongs to no place; the overlays give it one."""
    composition = composed(two, BASE)
    assert all("namespace" not in r.body["metadata"] for r in composition.resources)
    assert "platform" not in composition.groups()


def test_everything_has_the_common_labels() -> None:
    """Beside its own; only the instance is the environment's."""
    for environment, instance in ((BASE, None), (Environment(name="here"), "here")):
        for resource in composed(two, environment).resources:
            labels = resource.body["metadata"]["labels"]
            assert labels["app.kubernetes.io/part-of"] == "example"
            assert labels["app.kubernetes.io/managed-by"] == "k8sgen"
            assert labels.get("app.kubernetes.io/instance") == instance


def test_manifests_open_as_people_read_them() -> None:
    """The API version, the kind, then the name, the namespace and the labels."""
    for resource in composed(two).resources:
        assert list(resource.body)[:3] == ["apiVersion", "kind", "metadata"]
        names = [key for key in ("name", "namespace", "labels") if key in resource.body["metadata"]]
        assert list(resource.body["metadata"])[: len(names)] == names


def test_groups_are_the_services_in_the_stacks_order() -> None:
    """The platform first, and each manifest in the group that it stands in."""
    groups = composed(two).groups()
    assert list(groups) == ["platform", "web", "other"]
    assert [body["kind"] for body in groups["other"]] == [
        "ServiceAccount",
        "NetworkPolicy",
        "Service",
    ]


def test_construct_paths_do_not_name_the_environment() -> None:
    """So that what is derived from them is the same everywhere."""
    paths = [
        {r.path for r in composed(two, environment).resources if r.service != "platform"}
        for environment in (BASE, Environment(name="here"), Environment(name="there"))
    ]
    assert paths[0] == paths[1] == paths[2]
    assert "stack/web/deployment" in paths[0]


def test_one_name_in_two_namespaces_is_two_resources() -> None:
    """Kubernetes tells them apart."""

    def make(stack: Stack) -> None:
        Manifest(stack, "a", config("same"))
        Manifest(stack, "b", config("same", namespace="elsewhere"))

    assert len([r for r in composed(make).resources if r.body["kind"] == "ConfigMap"]) == 2


def test_one_kind_of_two_groups_is_two_resources() -> None:
    """But one of two versions is one."""

    def make(stack: Stack) -> None:
        for version in ("a.example/v1", "b.example/v1", "b.example/v2"):
            Manifest(stack, version.replace("/", "-"), {**config("same"), "apiVersion": version})

    with pytest.raises(Problems) as caught:
        composed(make)
    (only,) = caught.value.problems
    expected = "ConfigMap/same is made twice: by stack/b.example-v1 and by stack/b.example-v2"
    assert only.problem == expected


def test_what_stands_outside_services_is_a_group_of_its_own() -> None:
    """Such as a construct directly in the stack."""

    def make(stack: Stack) -> None:
        extra = constructs.Construct(stack, "extra")
        Manifest(extra, "config", config("extra"))

    composition = composed(make)
    assert [body["kind"] for body in composition.groups()["extra"]] == ["ConfigMap"]
    assert found(composition, "ConfigMap")["metadata"]["name"] == "extra"


def test_every_resource_knows_where_it_was_made() -> None:
    """In files below the project's directory."""
    for resource in composed(two).resources:
        assert resource.trace
        assert all(not place.file.is_absolute() for place in resource.trace)
        assert resource.trace[-1].file == Path(__file__).relative_to(Path(__file__).parents[3])


def test_a_list_is_the_resources_in_it() -> None:
    """As kustomize takes it apart, each gets the namespace and the labels; a list in a list too."""
    inner = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [config("two")]}
    body = {
        "apiVersion": "v1",
        "kind": "List",
        "metadata": {"name": "all"},
        "items": [config("one"), inner | {"metadata": {"name": "more"}}],
    }

    def make(stack: Stack) -> None:
        Manifest(Web(stack, Settings()), "all", body)

    made = [r for r in composed(make, Environment(name="here")).resources if "all" in r.path]
    assert [r.body["metadata"]["name"] for r in made] == ["one", "two"]
    assert {r.body["metadata"]["namespace"] for r in made} == {"here"}
    assert {r.body["metadata"]["labels"]["app.kubernetes.io/name"] for r in made} == {"web"}
    assert len({r.path for r in made}) == 2
    assert all(r.trace for r in made)


def test_an_item_of_a_list_that_is_no_resource_is_refused() -> None:
    """At the line that makes the list."""

    def make(stack: Stack) -> None:
        metadata = {"name": "all"}
        body = {"apiVersion": "v1", "kind": "List", "metadata": metadata, "items": [{"kind": "X"}]}
        Manifest(Web(stack, Settings()), "all", body)

    with pytest.raises(Problems, match="item 0 of the List has no apiVersion, kind or name"):
        composed(make)
