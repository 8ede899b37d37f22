"""The fields in which two versions of one manifest differ."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import attrs

from k8sgen.changes.meaning import Kind, canonical, is_filled_in, is_set
from k8sgen.changes.path import Path, item
from k8sgen.errors import K8sgenError
from k8sgen.kubernetes.manifest import LAST_APPLIED, Body
from k8sgen.kubernetes.types import MergeList, merge_type
from k8sgen.kubernetes.yaml import from_yaml
from k8sgen.kustomize.build.equality import ordered
from k8sgen.kustomize.build.merge import MISSING

HIDDEN = "(hidden)"
_SECRET = frozenset(("data", "stringData"))
_NAMES = ("name", "metadata.name", "host", "path", "from", "to", "key", "port", "type")
"""The fields that tell the items of a list without merge keys apart, the best first."""


@attrs.frozen
class Field:
    """
    One field that differs.

    Args:
        before: Its old value; `MISSING` where there was none.
        after: Its new value; likewise.
        lines: The changed lines of a text of several lines, as a unified difference.
        note: What the values do not show.
    """

    path: Path
    before: Any
    after: Any
    lines: tuple[str, ...] = ()
    note: str = ""


def fields(before: Body, after: Body) -> list[Field]:
    """
    Find the fields in which two versions of a manifest mean different things.

    Lists are compared by their merge keys and quantities as amounts; of a Secret no value is shown.
    """
    resource = str(after.get("kind"))
    walk = _Walk(resource)
    found = list(walk.maps(before, after, (), merge_type(after)))
    return [_hidden(field) if _is_secret(field, resource) else field for field in found]


def _is_secret(field: Field, resource: str) -> bool:
    applied = LAST_APPLIED in field.path
    return resource == "Secret" and (field.path[0] in _SECRET or applied)


def _hidden(field: Field) -> Field:
    before, after = (v if v is MISSING else HIDDEN for v in (field.before, field.after))
    return attrs.evolve(field, before=before, after=after, lines=(), note="")


@attrs.frozen
class _Walk:
    resource: str

    def any(self, before: Any, after: Any, path: Path, kind: Kind) -> Iterator[Field]:
        if before is MISSING or after is MISSING:
            there = after if before is MISSING else before
            if is_filled_in(path, there):
                return
            yield _leaf(path, before, after)
        elif self._same(before, after, path, kind):
            return
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.maps(before, after, path, kind)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._lists(before, after, path, kind)
        else:
            yield _leaf(path, before, after)

    def maps(
        self, before: Mapping[str, Any], after: Mapping[str, Any], path: Path, kind: Kind
    ) -> Iterator[Field]:
        of = kind if isinstance(kind, Mapping) else {}
        for name in [*after, *(name for name in before if name not in after)]:
            old, new = before.get(name, MISSING), after.get(name, MISSING)
            if path == ("metadata",) and name in ("annotations", "labels"):
                old, new = ({} if v is MISSING else v or {} for v in (old, new))
            yield from self.any(old, new, (*path, name), of.get(name, {}))

    def _lists(
        self, before: list[Any], after: list[Any], path: Path, kind: Kind
    ) -> Iterator[Field]:
        of = kind.item if isinstance(kind, MergeList) else {}
        keyed = isinstance(kind, MergeList)
        names = kind.keys if isinstance(kind, MergeList) else ()
        free = is_set(path, self.resource) or (keyed and not ordered(path[-1], before, after))
        labels = label(before, after, names)
        if labels:
            old, new = labels
            yield from self._named(old, new, path, of)
            if not free and [n for n in old if n in new] != [n for n in new if n in old]:
                yield Field(path, list(old), list(new), note="reordered")
        elif _scalars(before) and _scalars(after) and not free:
            yield _leaf(path, before, after)
        else:
            yield from self._aligned(before, after, path, of, free=free)

    def _named(
        self, old: Mapping[str, Any], new: Mapping[str, Any], path: Path, kind: Kind
    ) -> Iterator[Field]:
        position = {name: index for names in (old, new) for index, name in enumerate(names)}
        for name in [*new, *(name for name in old if name not in new)]:
            label = position[name] if name.startswith(("{", "[")) else name
            left, right = old.get(name, MISSING), new.get(name, MISSING)
            yield from self.any(left, right, (*path, item(label)), kind)

    def _aligned(
        self, before: list[Any], after: list[Any], path: Path, kind: Kind, *, free: bool
    ) -> Iterator[Field]:
        old, new = (self._numbered(values, path, kind, free=free) for values in (before, after))
        texts = [[text for text, _, _ in values] for values in (old, new)]
        matcher = difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False)
        for word, a, b, c, d in matcher.get_opcodes():
            if word == "equal":
                continue
            for left, right in zip_longest(old[a:b], new[c:d]):
                index = (right or left or ("", None, 0))[2]
                a_value, b_value = (each[1] if each else MISSING for each in (left, right))
                yield from self.any(a_value, b_value, (*path, item(index)), kind)

    def _numbered(
        self, values: list[Any], path: Path, kind: Kind, *, free: bool
    ) -> list[tuple[str, Any, int]]:
        """Return each item with a text that says what it means, and its place."""
        step = (*path, item(""))
        found = [
            (canonical(value, step, kind, self.resource), value, index)
            for index, value in enumerate(values)
        ]
        return sorted(found, key=lambda each: each[0]) if free else found

    def _same(self, before: Any, after: Any, path: Path, kind: Kind) -> bool:
        old, new = (canonical(v, path, kind, self.resource) for v in (before, after))
        return old == new


def label(
    before: list[Any], after: list[Any], keys: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Name each item, by its merge keys or else by what tells all of them apart."""
    if not all(isinstance(value, Mapping) for value in (*before, *after)):
        return None
    for names in filter(None, (keys, *((name,) for name in _NAMES))):
        old, new = (_labelled(values, names) for values in (before, after))
        if old is not None and new is not None:
            return old, new
    return None


def _labelled(values: list[Any], names: Sequence[str]) -> dict[str, Any] | None:
    found = ["/".join(_text(value, name) for name in names).rstrip("/") for value in values]
    distinct = all(found) and len(set(found)) == len(values)
    return dict(zip(found, values, strict=True)) if distinct else None


def _text(value: Any, name: str) -> str:
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    plain = isinstance(value, str | int)
    return str(value) if plain else json.dumps(value, sort_keys=True, default=str)


def _scalars(values: list[Any]) -> bool:
    return not any(isinstance(value, Mapping | list) for value in values)


def _leaf(path: Path, before: Any, after: Any) -> Field:
    texts = [v for v in (before, after) if isinstance(v, str)]
    if not any("\n" in text for text in texts) or len(texts) < 2:
        return Field(path, before, after)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    note = "formatting only" if _same_content(path[-1], before, after) else ""
    return Field(path, before, after, tuple(lines)[2:], note)


def _same_content(name: str, before: str, after: str) -> bool:
    """Return whether two versions of a YAML or JSON file mean the same."""
    if not name.endswith((".yaml", ".yml", ".json")):
        return False
    try:
        return from_yaml(before) == from_yaml(after)
    except K8sgenError:
        return False
