"""What a value means to Kubernetes: which lists are sets, which texts are amounts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from k8sgen.changes.path import Path, item
from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.kubernetes.types import MergeList, MergeType
from k8sgen.kustomize.build.equality import ordered

Kind = MergeType | MergeList

_AMOUNTS = frozenset(
    ("requests", "limits", "hard", "default", "defaultRequest", "max", "min", "capacity")
)
"""
Maps of quantities.

Source:
    core/v1 ResourceRequirements, ResourceQuotaSpec, LimitRangeItem, PersistentVolumeSpec, PodSpec
"""
_AMOUNT = frozenset(("sizeLimit", "divisor", "averageValue"))
"""Single quantities (core/v1 EmptyDirVolumeSource, ResourceFieldSelector; autoscaling/v2)."""

_SETS: Mapping[str, frozenset[str]] = {
    "NetworkPolicy": frozenset(
        ("ingress", "egress", "from", "to", "ports", "policyTypes", "except", "values")
    ),
    **dict.fromkeys(
        ("Role", "ClusterRole"),
        frozenset(("rules", "apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs")),
    ),
    **dict.fromkeys(("RoleBinding", "ClusterRoleBinding"), frozenset(("subjects",))),
    "Ingress": frozenset(("tls", "hosts")),
}
"""Lists whose order means nothing though Kubernetes replaces them whole; kind to field names."""
_ALWAYS_SETS = frozenset(("add", "drop", "accessModes"))
"""The same in a pod's capabilities and in a claim."""


_CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}


def is_filled_in(path: Path, value: Any) -> bool:
    """Return whether the API server itself gives that *value* to the field where it is missing."""
    return path[:2] == ("spec", "volumeClaimTemplates") and _CLAIM.get(str(path[-1])) == value


def is_amount(path: Path) -> bool:
    """Return whether the value at *path* is a quantity."""
    if path[:1] in (("data",), ("stringData",), ("metadata",)):
        return False
    return path[-1:] != () and (path[-1] in _AMOUNT or (len(path) > 1 and path[-2] in _AMOUNTS))


def is_set(path: Path, resource: str) -> bool:
    """Return whether the order of the list at *path* of that kind of resource means nothing."""
    return path[-1] in _SETS.get(resource, ()) or path[-1] in _ALWAYS_SETS


def canonical(value: Any, path: Path, kind: Kind, resource: str) -> str:
    """
    Write a value so that two that mean the same are written the same.

    Args:
        kind: The lists in it that merge by keys.
        resource: The Kubernetes kind of the manifest that contains it.
    """
    return json.dumps(_plain(value, path, kind, resource), sort_keys=True, default=str)


def _plain(value: Any, path: Path, kind: Kind, resource: str) -> Any:
    if isinstance(value, Mapping):
        of = kind if isinstance(kind, Mapping) else {}
        items = value.items()
        return {k: _plain(v, (*path, k), of.get(k, {}), resource) for k, v in items}
    if isinstance(value, list | tuple):
        return _plain_list(value, path, kind, resource)
    return amount(value) if is_amount(path) else value


def _plain_list(value: Sequence[Any], path: Path, kind: Kind, resource: str) -> list[Any]:
    of = kind.item if isinstance(kind, MergeList) else {}
    plain = [_plain(each, (*path, item("")), of, resource) for each in value]
    keyed = isinstance(kind, MergeList) and not ordered(path[-1], value)
    if keyed or is_set(path, resource):
        return sorted(plain, key=lambda each: json.dumps(each, sort_keys=True, default=str))
    return plain


def amount(value: Any) -> Any:
    """Return a quantity as its number, and anything else as it is."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return ["quantity", str(Decimal(parse_quantity(value)).normalize())]
        except ValueError:
            return value
    return value
