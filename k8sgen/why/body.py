"""The fields of one manifest, as a user names them and as they are in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.changes.fields import label
from k8sgen.changes.meaning import Kind
from k8sgen.changes.path import Path, item, show
from k8sgen.errors import UsageError
from k8sgen.kubernetes.types import MergeList, merge_type

_STEP = re.compile(r"""\["(?P<quoted>[^"]*)"\]|(?P<item>\[[^\]]*\])|(?P<name>(?:\\.|[^.\[\\])+)""")


Steps = tuple[str | int, ...]


@attrs.frozen
class Leaf:
    """
    A field that contains no others.

    Args:
        steps: The way itself, as names and numbers.
    """

    path: Path
    value: Any
    steps: Steps = ()

    def inside(self, step: str | int, value: Any, name: str) -> Leaf:
        """Return the path one step down."""
        return Leaf((*self.path, name), value, (*self.steps, step))


def leaves(body: Mapping[str, Any]) -> Iterator[Leaf]:
    """Return every field of a manifest that contains no others; an empty map or list is one."""
    return _leaves(Leaf((), body), merge_type(body))


def _leaves(at: Leaf, kind: Kind) -> Iterator[Leaf]:
    if isinstance(at.value, Mapping) and at.value:
        of = kind if isinstance(kind, Mapping) else {}
        for key, value in at.value.items():
            yield from _leaves(at.inside(key, value, key), of.get(key, {}))
    elif isinstance(at.value, list) and at.value:
        of = kind.item if isinstance(kind, MergeList) else {}
        named = zip(labels(at.value, kind), at.value, strict=True)
        for index, (name, value) in enumerate(named):
            yield from _leaves(at.inside(index, value, item(name)), of)
    else:
        yield at


def labels(items: Sequence[Any], kind: Kind) -> list[str]:
    """Name the items of a list as `diff` does: by what tells them apart, else by number."""
    keys = kind.keys if isinstance(kind, MergeList) else ()
    found = label(list(items), list(items), keys)
    names = list(found[0]) if found else [str(index) for index in range(len(items))]
    return [str(i) if name.startswith(("{", "[")) else name for i, name in enumerate(names)]


def locate(body: Mapping[str, Any], field: str) -> Path:
    """
    Find the path that a user means.

    Args:
        field: `.spec.replicas`, `spec.template.spec.containers[backend].image`; an item by its
            name, its number or as `[name=backend]`; a name with dots as it is, quoted or escaped.

    Raises:
        UsageError: There is no such field; the hint names the nearest.
    """
    value: Any = body
    kind: Kind = merge_type(body)
    path: Path = ()
    rest = [_step(match) for match in _STEP.finditer(field)]
    while rest:
        found = _next(value, rest, kind)
        if found is None:
            raise _unknown(body, field, path, value)
        step, value, kind, used = found
        path, rest = (*path, step), rest[used:]
    return path


def _step(match: re.Match[str]) -> str:
    if match["item"]:
        return match["item"]
    return match["quoted"] or re.sub(r"\\(.)", r"\1", match["name"] or "")


def _next(value: Any, rest: Sequence[str], kind: Kind) -> tuple[str, Any, Kind, int] | None:
    if isinstance(value, Mapping):
        of = kind if isinstance(kind, Mapping) else {}
        for used in range(len(rest), 0, -1):
            name = ".".join(step.strip("[]") for step in rest[:used])
            if name in value:
                return name, value[name], of.get(name, {}), used
    elif isinstance(value, list):
        inside = kind.item if isinstance(kind, MergeList) else {}
        wanted = rest[0].strip("[]")
        for index, (name, each) in enumerate(zip(labels(value, kind), value, strict=True)):
            if wanted in (name, str(index)) or _says(each, wanted):
                return item(name), each, inside, 1
    return None


def _says(value: Any, wanted: str) -> bool:
    key, equals, text = wanted.partition("=")
    return bool(equals) and isinstance(value, Mapping) and str(value.get(key)) == text


def _unknown(body: Mapping[str, Any], field: str, path: Path, value: Any) -> UsageError:
    every = [show(leaf.path) for leaf in leaves(body)]
    near = difflib.get_close_matches(field.lstrip("."), every, 3, 0.7)
    here = list(value) if isinstance(value, Mapping) else [show((*path, "…"))]
    hint = f"did you mean {' or '.join(near)}?" if near else f"{show(path) or 'it'} has: {here}"
    if isinstance(value, Mapping) and not near:
        hint = f"{show(path) or 'it'} has: {', '.join(map(str, here))}"
    return UsageError(f"there is no field {field!r} in it", hint=hint)


def below(leaf: Leaf, path: Path) -> bool:
    """Return whether a leaf is what *path* names, or inside it."""
    return leaf.path[: len(path)] == path
