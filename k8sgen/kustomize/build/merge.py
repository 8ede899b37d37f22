"""
A strategic merge as kustomize does it, on plain values.

Only what is certain: where kyaml's result depends on accidents (two items of one name, items that
name only half of their keys), this raises `UnsureError` instead of guessing. Nothing is changed
in place.

Source:
    kustomize v5.8.1 kyaml/yaml/walk/{map,associative_sequence}.go, kyaml/yaml/merge2/merge2.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import MergeList, MergeType, merge_type
from k8sgen.kubernetes.yaml import ambiguous, breaks_go_yaml
from k8sgen.kustomize.build.errors import UnsureError

DIRECTIVE = "$patch"


class Missing(Enum):
    """The value of a field that is missing (a null is not)."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

Key: TypeAlias = tuple[str, ...]


def merge(body: Body, patch: Body) -> Body | None:
    """
    Apply a strategic-merge patch to a manifest.

    Returns:
        The new manifest; None where the patch deletes it.

    Raises:
        UnsureError: What kustomize would do is not certain.
    """
    if patch.get(DIRECTIVE) == "replace":
        raise UnsureError  # kyaml replaces every map but the outermost
    merged = _walk(body, patch, merge_type(body))
    if merged is MISSING:
        return None
    if not isinstance(merged, dict):
        raise UnsureError
    return merged


def adopt(value: Any, kind: MergeType | MergeList) -> Any:
    """
    Return what becomes of a patch's *value* where the manifest has nothing: its nulls are lost.

    Raises:
        UnsureError: What kustomize would do is not certain.
    """
    return _walk(MISSING, value, kind)


def is_settable(dest: Any, origin: Any) -> bool:
    """
    Return whether a patch may set the scalar *origin*, which takes the style of *dest* in its file.

    In the quotes of a string a number becomes a string, and some texts need the quotes they have.
    """
    if isinstance(origin, str):
        return dest is MISSING or not breaks_go_yaml(origin)
    return not isinstance(dest, str)


def item_keys(items: Sequence[Any], kind: MergeList) -> list[Key]:
    """
    Name each item of a merging list by its keys.

    Raises:
        UnsureError: Two items share a name, or not all give the same keys.
    """
    names = [_item_key(item, kind) for item in items]
    if len(set(names)) != len(names) or len(set(map(_given, names))) > 1:
        raise UnsureError
    return names


def _given(key: Key) -> tuple[bool, ...]:
    return tuple(map(bool, key))


def _item_key(item: Any, kind: MergeList) -> Key:
    if not isinstance(item, Mapping):
        raise UnsureError
    name = tuple(_text(item.get(key)) for key in kind.keys)
    if not name[0]:
        raise UnsureError
    return name


def _text(value: Any) -> str:
    """Write a key's *value* as kyaml compares it; empty where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int) and abs(value) < 1_000_000:
        return str(value)
    raise UnsureError


def _walk(dest: Any, origin: Any, kind: MergeType | MergeList) -> Any:
    if dest is None and origin is MISSING:
        return None
    shape = dest if dest is not MISSING and dest is not None else origin
    if shape is None or shape is MISSING:
        return MISSING
    for value in (dest, origin):
        if value is not MISSING and value is not None and not _alike(value, shape):
            raise UnsureError
    if isinstance(shape, dict):
        return _walk_map(dest, origin, kind)
    if isinstance(shape, list):
        return _walk_list(dest, origin, kind)
    if origin is MISSING:
        return dest
    if origin is not None and not is_settable(dest, origin):
        raise UnsureError
    return MISSING if origin is None else origin


def _alike(left: Any, right: Any) -> bool:
    return all(isinstance(left, kind) == isinstance(right, kind) for kind in (dict, list))


def _walk_map(dest: Any, origin: Any, kind: MergeType | MergeList) -> Any:
    if origin is None:
        return MISSING
    directive, patch = _map_directive(origin)
    if directive == "delete":
        return MISSING
    fresh = dest is MISSING or dest is None
    target = {} if fresh or directive == "replace" else dest
    fields = _fields(kind, dest, patch)
    merged = {}
    for name in _ordered_names(target, patch):
        value = _walk(target.get(name, MISSING), patch.get(name, MISSING), fields.get(name, {}))
        if value is not MISSING:
            merged[name] = value
    return merged


def _map_directive(origin: Any) -> tuple[str, Body]:
    if origin is MISSING:
        return "merge", {}
    if origin.get(DIRECTIVE) is None:
        return "merge", origin
    directive = origin[DIRECTIVE]
    if directive not in ("merge", "replace", "delete"):
        raise UnsureError
    return directive, {name: value for name, value in origin.items() if name != DIRECTIVE}


def _fields(kind: MergeType | MergeList, *values: Any) -> MergeType:
    """Take the fields of *kind*; where it says nothing, of the type that a map names itself."""
    if isinstance(kind, MergeList):
        raise UnsureError
    if kind:
        return kind
    named = (merge_type(value) for value in values if isinstance(value, dict))
    return next(filter(None, named), {})


def _ordered_names(target: Body, patch: Body) -> list[str]:
    if "" in target or "" in patch:
        raise UnsureError
    return [*target, *(name for name in patch if name not in target)]


def _walk_list(dest: Any, origin: Any, kind: MergeType | MergeList) -> Any:
    if origin is None:
        return MISSING
    if not isinstance(kind, MergeList):
        if kind:
            raise UnsureError
        return dest if origin is MISSING else origin
    directive, patch = _list_directive(origin)
    if directive == "delete" and isinstance(dest, list):
        return MISSING
    if directive != "merge" and not isinstance(dest, list):
        raise UnsureError
    target = dest if isinstance(dest, list) and directive == "merge" else []
    return _merge_items(target, patch, kind) if kind.keys else _merge_words(target, patch)


def _list_directive(origin: Any) -> tuple[str, list[Any]]:
    if origin is MISSING:
        return "merge", []
    marked = next((e for e in origin if isinstance(e, dict) and e.get(DIRECTIVE) is not None), {})
    if len(marked) != 1:
        return "merge", origin
    directive = marked[DIRECTIVE]
    if directive not in ("merge", "replace", "delete"):
        raise UnsureError
    return directive, [item for item in origin if item is not marked]


def _merge_items(target: list[Any], patch: list[Any], kind: MergeList) -> list[Any]:
    old = dict(zip(item_keys(target, kind), target, strict=True))
    new = dict(zip(item_keys(patch, kind), patch, strict=True))
    if len({_given(key) for key in (*old, *new)}) > 1:
        raise UnsureError
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        raise UnsureError  # kyaml puts the old item back
    merged = {}
    for key in [*new, *(key for key in old if key not in new)]:
        item = _walk(old.get(key, MISSING), new.get(key, MISSING), kind.item)
        if item is not MISSING:
            merged[key] = item
    if all(sum(_given(key)) == 1 for key in merged):
        return list(merged.values())
    added = [item for key, item in merged.items() if key not in old]
    return [*added, *(merged[key] for key in old if key in merged)]


def _merge_words(target: list[Any], patch: list[Any]) -> list[Any]:
    words = [*patch, *target]
    if any(not isinstance(word, str) or not word or ambiguous(word) for word in words):
        raise UnsureError
    return list(dict.fromkeys(words))
