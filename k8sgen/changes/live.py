"""The resources of an environment as they run in the cluster, read through kubectl."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from k8sgen.changes.meaning import Kind
from k8sgen.kubernetes.manifest import Body, identity
from k8sgen.kubernetes.types import MergeList, merge_type
from k8sgen.tools.kubectl import ask

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def live(wanted: Sequence[Body], *, context: str | None) -> list[Body]:
    """
    Read exactly the resources *wanted*, reduced to what `kubectl apply` would look at.

    That is what *wanted* sets and what was applied before (which an apply takes away again where
    *wanted* no longer has it); what the API server or a controller filled in is left out.

    Args:
        context: Of the kubeconfig; `None` where there is none.

    Raises:
        ClusterError: kubectl fails: no cluster, no permission, no such kind.
    """
    found = {identity(body): body for body in _get(wanted, context)}
    pairs = ((body, found.get(identity(body))) for body in wanted)
    return [_applied(there, body) for body, there in pairs if there is not None]


def _get(wanted: Sequence[Body], context: str | None) -> list[Body]:
    items = [{**_head(body), "metadata": _named(body)} for body in wanted]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    found = ask(context, "get", "-f", "-", "--ignore-not-found", "-o", "json", text=text)
    answer = json.loads(found) if found.strip() else {"items": []}
    return list(answer.get("items", [answer]))


def _head(body: Body) -> Body:
    return {"apiVersion": body["apiVersion"], "kind": body["kind"]}


def _named(body: Body) -> Body:
    return {k: v for k, v in body["metadata"].items() if k in ("name", "namespace")}


def _applied(there: Body, wanted: Body) -> Body:
    """Reduce what is there to the fields of *wanted* and of what was applied last."""
    notes = there["metadata"].get("annotations") or {}
    before = json.loads(notes.get(LAST_APPLIED, "{}"))
    reduced: Body = _reduce(there, [wanted, before], merge_type(wanted))
    return reduced


def _reduce(value: Any, by: Sequence[Any], kind: Kind) -> Any:
    if isinstance(value, Mapping):
        maps = [each for each in by if isinstance(each, Mapping)]
        of = kind if isinstance(kind, Mapping) else {}
        return {
            name: _reduce(item, [m[name] for m in maps if name in m], of.get(name, {}))
            for name, item in value.items()
            if any(name in m for m in maps)
        }
    if isinstance(value, list):
        return _reduce_list(value, [each for each in by if isinstance(each, list)], kind)
    return value


def _reduce_list(value: list[Any], by: Sequence[list[Any]], kind: Kind) -> list[Any]:
    if isinstance(kind, MergeList) and kind.keys:
        keep = []
        for item in value:
            same = [e for each in by for e in each if _alike(item, e, kind.keys)]
            keep += [_reduce(item, same, kind.item)] if same else []
        return keep
    # A list that is replaced whole: its items are compared by position.
    return [
        _reduce(item, [each[index] for each in by if index < len(each)] or [item], {})
        for index, item in enumerate(value)
    ]


def _alike(one: Any, other: Any, keys: Sequence[str]) -> bool:
    """Return whether two items have the same name; the default protocol is TCP."""
    default = {"protocol": "TCP"}
    return all(
        str(one.get(key, default.get(key))) == str(other.get(key, default.get(key))) for key in keys
    )
