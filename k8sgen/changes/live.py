"""The resources of an environment as they run in the cluster, read through kubectl."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.changes.meaning import Kind
from k8sgen.kubernetes.manifest import LAST_APPLIED, Body, identity
from k8sgen.kubernetes.types import MergeList, merge_type
from k8sgen.tools.kubectl import ask_most

_MANAGERS = ("k8sgen", "kubectl", "argocd-controller", "kustomize-controller")
"""
Who applies what k8sgen generates; what others apply, an apply leaves alone.

Source:
    kubectl apply --help (--field-manager), Argo CD common/common.go ArgoCDSSAManager,
    Flux kustomize-controller main.go controllerName
"""
_WHOLE: Any = object()
_ZERO: Sequence[Any] = ("", 0, False, None, [], {})
"""The values of which the API server may keep nothing."""


@attrs.frozen
class Live:
    """
    What runs.

    Args:
        unread: Those of the wanted resources that kubectl was forbidden to read.
    """

    bodies: list[Body]
    unread: list[Body]


def live(wanted: Sequence[Body], *, context: str | None) -> Live:
    """
    Read exactly the resources *wanted*, reduced to what an apply would look at.

    That is what *wanted* sets and what was applied before (which an apply takes away again where
    *wanted* no longer has it), on the client's side or on the server's; what the API server or a
    controller filled in is left out.

    Args:
        context: Of the kubeconfig; `None` where there is none.

    Raises:
        ClusterError: kubectl fails: no cluster, no permission for anything, no such kind.
    """
    items = [{**_head(body), "metadata": _named(body)} for body in wanted]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    options = ("--ignore-not-found", "--show-managed-fields", "-o", "json")
    answer, forbidden = ask_most(context, "get", "-f", "-", *options, text=text)
    found = json.loads(answer) if answer.strip() else {"items": []}
    there = {identity(body): body for body in found.get("items", [found])}
    pairs = ((body, there.get(identity(body))) for body in wanted)
    bodies = [_applied(its, body) for body, its in pairs if its is not None]
    missing = (body for body in wanted if identity(body) not in there)
    return Live(bodies, [b for b in missing if any(_is_named(b, line) for line in forbidden)])


def _is_named(body: Body, line: str) -> bool:
    """Return whether kubectl says of a resource that it is forbidden; it names its plural."""
    match = re.search(r'(\w+)[\w.-]* "([^"]+)" is forbidden', line)
    kind = str(body["kind"]).lower()
    plurals = (f"{kind}s", f"{kind}es", f"{kind.removesuffix('y')}ies")
    return bool(match and match[1] in plurals and match[2] == body["metadata"]["name"])


def _head(body: Body) -> Body:
    return {"apiVersion": body["apiVersion"], "kind": body["kind"]}


def _named(body: Body) -> Body:
    return {k: v for k, v in body["metadata"].items() if k in ("name", "namespace")}


def _applied(there: Body, wanted: Body) -> Body:
    """Reduce what is there to the fields of *wanted* and of what was applied last."""
    metadata = dict(there["metadata"])
    managed = metadata.pop("managedFields", None) or ()
    there = {**there, "metadata": metadata}
    notes = metadata.get("annotations") or {}
    before = [json.loads(notes.get(LAST_APPLIED, "{}"))]
    before += [_owned(there, entry["fieldsV1"]) for entry in managed if _is_applied(entry)]
    kind = merge_type(wanted)
    reduced: Body = _with_zeros(_reduce(there, [wanted, *before], kind), wanted, before, kind)
    return reduced


def _is_applied(entry: Mapping[str, Any]) -> bool:
    ours = entry.get("manager") in _MANAGERS and entry.get("operation") == "Apply"
    return ours and not entry.get("subresource")


def _owned(value: Any, fields: Mapping[str, Any]) -> Any:
    """
    Return the part of *value* that a set of fields names; `None` for what is not there.

    A map or list that is applied as a whole is `_WHOLE`: what of it was filled in, nobody noted.

    Source:
        sigs.k8s.io/structured-merge-diff fieldpath/serialize-pe.go
    """
    if not fields:
        return _WHOLE if isinstance(value, Mapping | list) else value
    if isinstance(value, Mapping):
        named = {name[2:]: inside for name, inside in fields.items() if name.startswith("f:")}
        return {name: _owned(value.get(name), inside) for name, inside in named.items()}
    if isinstance(value, list):
        return [
            _owned(item, inside) for name, inside in fields.items() for item in _items(value, name)
        ]
    return value


def _items(values: Sequence[Any], name: str) -> Iterator[Any]:
    """Return the items of a list that one name of a set of fields means."""
    sort, _, text = name.partition(":")
    if sort == "v":
        yield from (value for value in values if value == json.loads(text))
    elif sort == "k":
        keys = json.loads(text)
        yield from (v for v in values if isinstance(v, Mapping) and _alike(v, keys, [*keys]))


def _with_zeros(value: Any, wanted: Any, before: Sequence[Any], kind: Kind) -> Any:
    """Add the zero values that were applied, of which the API server keeps nothing."""
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        maps = [each for each in before if isinstance(each, Mapping)]
        of = kind if isinstance(kind, Mapping) else {}
        found = {
            name: _with_zeros(item, wanted.get(name), [m.get(name) for m in maps], of.get(name, {}))
            for name, item in value.items()
        }
        for name, item in wanted.items():
            if name not in found and item in _ZERO and any(_was_zero(m, name) for m in maps):
                found[name] = item
        return found
    if isinstance(value, list) and isinstance(wanted, list):
        keys = kind.keys if isinstance(kind, MergeList) else ()
        inner = kind.item if isinstance(kind, MergeList) else {}
        return [
            _with_zeros(item, *_counterparts(item, index, [wanted, *before], keys), inner)
            for index, item in enumerate(value)
        ]
    return value


def _was_zero(applied: Mapping[str, Any], name: str) -> bool:
    return name in applied and applied[name] in _ZERO


def _counterparts(
    item: Any, index: int, lists: Sequence[Any], keys: Sequence[str]
) -> tuple[Any, list[Any]]:
    """Return the item of the wanted list, and those of the lists before, that *item* is."""
    found = []
    for each in lists:
        items = each if isinstance(each, list) else []
        if keys and isinstance(item, Mapping):
            same = [e for e in items if isinstance(e, Mapping) and _alike(item, e, keys)]
        else:
            same = items[index : index + 1]
        found.append(next(iter(same), None))
    return found[0], found[1:]


def _reduce(value: Any, by: Sequence[Any], kind: Kind) -> Any:
    known = [each for each in by if each is not _WHOLE]
    return _reduce_by(value, known, kind) if known else value


def _reduce_by(value: Any, by: Sequence[Any], kind: Kind) -> Any:
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
