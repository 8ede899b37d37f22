"""A walk over all fields of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_GROUPS = frozenset(
    ("", "admissionregistration.k8s.io", "apiregistration.k8s.io", "apps", "autoscaling", "batch",
     "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
     "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy",
     "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io")
)  # fmt: skip
"""
The API groups of Kubernetes' own kinds.

Source:
    the folders of kubernetes staging/src/k8s.io/api
"""


def is_own(body: Mapping[str, Any]) -> bool:
    """Return whether a kind is Kubernetes' own, so that its fields mean what they are called."""
    return str(body["apiVersion"]).rpartition("/")[0] in _GROUPS


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """
    Return every field and list item below *value* as its path, its own name and its value.

    In the path a list item is `[]`, whichever it is; its own name is that of its list.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, str(key), item
            yield from fields(item, inner)
    elif isinstance(value, list):
        name = path.rpartition(".")[2]
        for item in value:
            yield f"{path}[]", name, item
            yield from fields(item, f"{path}[]")
