"""The table of merge keys and scopes says what the real kustomize does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import CLUSTER_SCOPED, MERGE_TYPES, MergeList, MergeType
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.kustomize.build.kubectl import build
from tests.tools import tool


def lists_of(kind: MergeType) -> Iterator[tuple[tuple[Any, ...], MergeList]]:
    """
    Yield the way to each merging list: names of fields, and lists that an item is in.
    """
    for name, value in kind.items():
        if isinstance(value, MergeList):
            yield (name,), value
            for way, inner in lists_of(value.item):
                yield (name, value, *way), inner
        else:
            for way, inner in lists_of(value):
                yield (name, *way), inner


def at(way: tuple[Any, ...], value: Any) -> Any:
    """
    Put *value* at the end of a way.
    """
    if not way:
        return value
    if isinstance(way[0], MergeList):
        return [{**dict.fromkeys(way[0].keys, "parent"), **at(way[1:], value)}]
    return {way[0]: at(way[1:], value)}


def item(kind: MergeList, name: str) -> Any:
    """
    Make an item of a list.
    """
    return {**dict.fromkeys(kind.keys, name), "other": name} if kind.keys else name


def joined(left: Any, right: Any) -> Any:
    """
    Join two maps that share their metadata.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        return {**left, **{k: joined(left.get(k), v) for k, v in right.items()}}
    return right


def manifest(version: str, kind: str, name: str, content: Mapping[str, Any]) -> Body:
    """
    Make a manifest of a kind around *content*.
    """
    head = {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
    whole: Body = joined(head, content)
    return whole


def test_every_list_of_the_table_merges_by_its_keys(tmp_path: Path) -> None:
    """
    A patch with a changed and a new item changes the one, adds the other and keeps the rest.
    """
    rows = [
        (version, kind, way, merging)
        for (version, kind), fields in MERGE_TYPES.items()
        for way, merging in lists_of(fields)
    ]
    bases, patches = [], []
    for index, (version, kind, way, merging) in enumerate(rows):
        old = [item(merging, "a"), item(merging, "b")]
        new = [item(merging, "c")]
        bases.append(manifest(version, kind, f"r{index}", at(way, old)))
        patches.append(manifest(version, kind, f"r{index}", at(way, new)))
    assert len(rows) > 250

    built = {body["metadata"]["name"]: body for body in patched(tmp_path, bases, patches)}

    for index, (version, kind, way, merging) in enumerate(rows):
        wanted = [item(merging, name) for name in ("c", "a", "b")]
        have: Any = built[f"r{index}"]
        for step in way:
            have = have[0] if isinstance(step, MergeList) else have[step]
        assert wanted == have, (version, kind, way)


def test_a_part_of_the_keys_is_not_enough(tmp_path: Path) -> None:
    """
    Ports of one number and two protocols are two ports.
    """
    ports = [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    service = manifest("v1", "Service", "dns", {"spec": {"ports": ports}})
    patch = {"spec": {"ports": [{"port": 53, "protocol": "UDP", "name": "x"}]}}

    (built,) = patched(tmp_path, [service], [manifest("v1", "Service", "dns", patch)])

    assert {"port": 53, "protocol": "TCP"} in built["spec"]["ports"]
    assert {"port": 53, "protocol": "UDP", "name": "x"} in built["spec"]["ports"]


def test_lists_of_newer_kinds_are_replaced(tmp_path: Path) -> None:
    """
    Kustomize does not know autoscaling/v2, nor a custom resource.
    """
    for version, kind in (("autoscaling/v2", "HorizontalPodAutoscaler"), ("a.b/v1", "Thing")):
        folder = tmp_path / kind
        old = manifest(version, kind, "x", {"spec": {"metrics": [{"name": "a"}, {"name": "b"}]}})
        new = manifest(version, kind, "x", {"spec": {"metrics": [{"name": "c"}]}})

        (built,) = patched(folder, [old], [new])

        assert (version, kind) not in MERGE_TYPES
        assert built["spec"]["metrics"] == [{"name": "c"}]


def test_cluster_scoped_kinds_get_no_namespace(tmp_path: Path) -> None:
    """
    The field `namespace` goes into exactly the kinds that the table does not call cluster-scoped.
    """
    bodies = [
        manifest(version, kind, f"r{index}", {})
        for index, (version, kind) in enumerate(MERGE_TYPES)
        if kind != "Namespace"
    ]

    built = patched(tmp_path, bodies, [], namespace="there")

    have = {(b["apiVersion"], b["kind"]) for b in built if "namespace" not in b["metadata"]}
    assert CLUSTER_SCOPED - {("v1", "Namespace")} == have


def patched(
    folder: Path, bodies: list[Body], patches: list[Body], *, namespace: str = ""
) -> list[Body]:
    """
    Build *bodies* with *patches* by the real kustomize.
    """
    folder.mkdir(exist_ok=True)
    kustomization: Body = {"resources": ["all.yaml"]}
    if patches:
        kustomization["patches"] = [{"path": "patches.yaml"}]
        (folder / "patches.yaml").write_text(to_yaml(patches))
    if namespace:
        kustomization["namespace"] = namespace
    (folder / "all.yaml").write_text(to_yaml(bodies))
    (folder / "kustomization.yaml").write_text(to_yaml(kustomization))
    return build(folder, kubectl=tool("kubectl"))
