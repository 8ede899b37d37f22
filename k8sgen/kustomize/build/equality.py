"""
When two manifests mean the same to Kubernetes, and where they first differ.

The order of a list with a merge key carries no meaning, but for containers, of which the first is
the default and init containers run one after the other, for names of one host, and for variables
that use each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import MergeList, MergeType, merge_type
from k8sgen.kustomize.build.errors import UnsureError
from k8sgen.kustomize.build.merge import MISSING, item_keys


@attrs.frozen
class Difference:
    """
    Where two manifests first differ.

    Args:
        path: The field, as `spec.template.spec.containers[name=web].image`.
        left: Its value there; None also where there is none.
        right: The same of the other manifest.
    """

    path: str
    left: Any
    right: Any

    def __str__(self) -> str:
        return f"{self.path or '.'}: {_shown(self.left)} instead of {_shown(self.right)}"


_ORDERED = ("containers", "initContainers", "ephemeralContainers", "hostAliases")


def equal(left: Body, right: Body) -> bool:
    """
    Return whether two manifests mean the same.
    """
    return first_difference(left, right) is None


def first_difference(left: Body, right: Body) -> Difference | None:
    """
    Find the first field in which *left* is not *right*.

    Types are strict: 1 is neither "1" nor true, and a null is not a missing field. Only empty
    `metadata.annotations` count as missing, because kustomize drops them.
    """
    return _compare(_normal(left), _normal(right), merge_type(right), "")


def same(left: Any, right: Any, kind: MergeType | MergeList, field: str = "") -> bool:
    """
    Return whether two values of a *field* of that *kind* mean the same.
    """
    return _compare(left, right, kind, field) is None


def ordered(field: str, *lists: Sequence[Any]) -> bool:
    """
    Return whether the order of a merging list carries meaning.

    Source:
        Kubernetes core/v1 EnvVar.value ("previously defined environment variables"),
        PodSpec.initContainers ("executed in order"); kubectl pkg/cmd/util/podcmd/podcmd.go
        FindOrDefaultContainerByName (the first); hosts(5)
    """
    if field == "env":
        return any("$(" in str(e.get("value")) for env in lists for e in env if _is_map(e))
    return field in _ORDERED


def _normal(body: Body) -> Body:
    metadata = body.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("annotations", MISSING) not in ({}, None):
        return body
    rest = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**body, "metadata": rest}


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _compare(left: Any, right: Any, kind: MergeType | MergeList, path: str) -> Difference | None:
    if left is right:
        return None
    if _is_map(left) and _is_map(right):
        return _compare_maps(left, right, kind, path)
    if isinstance(left, list) and isinstance(right, list):
        return _compare_lists(left, right, kind, path)
    return None if _same_scalar(left, right) else Difference(path, left, right)


def _same_scalar(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return (numbers or type(left) is type(right)) and bool(left == right)


def _compare_maps(
    left: Mapping[str, Any], right: Mapping[str, Any], kind: MergeType | MergeList, path: str
) -> Difference | None:
    for name in [*right, *(name for name in left if name not in right)]:
        inner = f"{path}.{name}" if path else name
        a, b = left.get(name, MISSING), right.get(name, MISSING)
        if a is MISSING or b is MISSING:
            return Difference(inner, a, b)
        of = kind.get(name, {}) if isinstance(kind, Mapping) else {}
        found = _compare(a, b, of, inner)
        if found:
            return found
    return None


def _compare_lists(
    left: list[Any], right: list[Any], kind: MergeType | MergeList, path: str
) -> Difference | None:
    if (
        isinstance(kind, MergeList)
        and kind.keys
        and not ordered(path.rpartition(".")[2], left, right)
    ):
        try:
            return _compare_items(left, right, kind, path)
        except UnsureError:
            pass
    item = kind.item if isinstance(kind, MergeList) else {}
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        found = _compare(a, b, item, f"{path}[{index}]")
        if found:
            return found
    return None if len(left) == len(right) else Difference(path, left, right)


def _compare_items(
    left: list[Any], right: list[Any], kind: MergeList, path: str
) -> Difference | None:
    old = dict(zip(item_keys(left, kind), left, strict=True))
    new = dict(zip(item_keys(right, kind), right, strict=True))
    for key in [*new, *(key for key in old if key not in new)]:
        name = ",".join(f"{k}={v}" for k, v in zip(kind.keys, key, strict=True) if v)
        a, b = old.get(key, MISSING), new.get(key, MISSING)
        if a is MISSING or b is MISSING:
            return Difference(f"{path}[{name}]", a, b)
        found = _compare(a, b, kind.item, f"{path}[{name}]")
        if found:
            return found
    return None


def _shown(value: Any) -> str:
    text = "nothing" if value is MISSING else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
