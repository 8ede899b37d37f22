"""
The three operations of JSON 6902 that an overlay is written with; nothing is changed in place.

Source:
    RFC 6902, RFC 6901; gopkg.in/evanphx/json-patch.v4, which kustomize uses
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import breaks_go_yaml
from k8sgen.kustomize.build.errors import BuildError, UnsureError

Operation: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]

_EXACT = 2**53
"""kustomize takes a JSON-patched manifest through JSON, where its numbers are doubles."""


def pointer(path: Path) -> str:
    """
    Write *path* as a JSON pointer.
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def operation(op: str, path: Path, value: Any = None) -> Operation:
    """
    Make one operation; *value* is left out of a `remove`.
    """
    rest = {} if op == "remove" else {"value": value}
    return {"op": op, "path": pointer(path), **rest}


def apply(body: Body, operations: Sequence[Operation]) -> Body:
    """
    Apply *operations* in order.

    Raises:
        BuildError: One of them finds nothing at its path.
        UnsureError: kustomize would lose a value on the way.
    """
    patched: Any = body
    for each in operations:
        parts = [p.replace("~1", "/").replace("~0", "~") for p in each["path"].split("/")[1:]]
        patched = _at(patched, parts, each)
    if not isinstance(patched, dict) or _is_lost(patched):
        raise UnsureError
    return patched


def _at(node: Any, parts: Sequence[str], each: Operation) -> Any:
    head, rest = parts[0], parts[1:]
    if isinstance(node, Mapping):
        return _at_field(dict(node), head, rest, each)
    if isinstance(node, list):
        return _at_index(list(node), head, rest, each)
    raise _missing(each)


def _at_field(node: Body, name: str, rest: Sequence[str], each: Operation) -> Body:
    if name not in node and (rest or each["op"] != "add"):
        raise _missing(each)
    if rest:
        node[name] = _at(node[name], rest, each)
    elif each["op"] == "remove":
        del node[name]
    else:
        node[name] = each["value"]
    return node


def _at_index(node: list[Any], name: str, rest: Sequence[str], each: Operation) -> list[Any]:
    adds = not rest and each["op"] == "add"
    if adds and name == "-":
        return [*node, each["value"]]
    if not name.isdecimal() or int(name) >= len(node) + adds:
        raise _missing(each)
    index = int(name)
    if rest:
        node[index] = _at(node[index], rest, each)
    elif adds:
        node.insert(index, each["value"])
    elif each["op"] == "remove":
        del node[index]
    else:
        node[index] = each["value"]
    return node


def _missing(each: Operation) -> BuildError:
    return BuildError(f"the JSON patch finds nothing at {each['path']}")


def _is_lost(value: Any) -> bool:
    """Return whether *value* holds what kustomize cannot take through JSON and back to YAML."""
    if isinstance(value, Mapping):
        return any(map(_is_lost, value.values()))
    if isinstance(value, list):
        return any(map(_is_lost, value))
    if isinstance(value, str):
        return breaks_go_yaml(value)
    return isinstance(value, int) and abs(value) > _EXACT
