"""The shape of manifests that everything else relies on: which lists hold maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import MergeList, MergeType, merge_type

_OF_MAPS = frozenset(
    ("egress", "from", "ingress", "metrics", "paths", "rules", "subjects", "tls", "to")
)
"""Lists of maps that have no merge key, in Kubernetes' own kinds that merge."""


def misshapen(body: Body | None) -> str:
    """
    Say what keeps *body* from being read as a manifest of its kind; empty where nothing does.

    A null is in no list; an item of a list that merges by a key is a map.
    """
    if body is None:
        return ""
    return next(_misshapen(body, merge_type(body), "", known=bool(merge_type(body))), "")


def _misshapen(value: Any, kind: MergeType | MergeList, path: str, *, known: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        of = kind if isinstance(kind, Mapping) else {}
        for key, item in value.items():
            yield from _misshapen(item, of.get(key, {}), f"{path}.{key}".lstrip("."), known=known)
    elif isinstance(value, list):
        keyed = isinstance(kind, MergeList) and bool(kind.keys)
        of_maps = keyed or (known and path.rpartition(".")[2] in _OF_MAPS)
        item_kind = kind.item if isinstance(kind, MergeList) else {}
        for index, item in enumerate(value):
            where = f"{path}[{index}]"
            if item is None:
                yield f"{where} is null, which no list can hold"
            elif of_maps and not isinstance(item, Mapping):
                yield f"{where} is {item!r}, and should be a mapping"
            else:
                yield from _misshapen(item, item_kind, where, known=known)
