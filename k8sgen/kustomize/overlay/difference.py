"""
The difference of two manifests: a merge patch, and JSON operations for what that cannot express.

The operations are applied first, so their list positions are those of the base. A change is only
proposed here: the caller applies it and compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import MergeList, MergeType, merge_type
from k8sgen.kustomize.build.equality import ordered, same
from k8sgen.kustomize.build.errors import UnsureError
from k8sgen.kustomize.build.jsonpatch import Operation, Path, operation
from k8sgen.kustomize.build.merge import DIRECTIVE, MISSING, Key, adopt, is_settable, item_keys


@attrs.frozen
class Edit:
    """
    How to make one manifest from another.

    Args:
        operations: JSON operations, applied first; none as a rule.
        patch: A strategic-merge patch without its apiVersion, kind and name; {} for none.
    """

    operations: Sequence[Operation]
    patch: Body


def mixed_change(old: Body, new: Body) -> Edit:
    """
    Express with a merge what a merge can express, and the rest with operations.
    """
    operations: list[Operation] = []
    difference = _Difference(operations)
    moved = difference.of_namespaces(old, new)
    patch = difference.of_maps(moved, new, merge_type(old), ())
    return Edit(operations, {} if patch is MISSING else patch)


def json_change(old: Body, new: Body) -> Edit:
    """
    Express everything with operations.
    """
    operations: list[Operation] = []
    _Difference(operations).by_operations(old, new, ())
    return Edit(operations, {})


@attrs.frozen
class _Difference:
    """Builds patches, and collects in *operations* what they cannot express."""

    operations: list[Operation]

    def of_namespaces(self, old: Body, new: Body) -> Body:
        """Move *old* to the namespace of *new*, which no merge can do."""
        before, after = (body["metadata"].get("namespace", MISSING) for body in (old, new))
        if before == after:
            return old
        path = ("metadata", "namespace")
        self.operate("remove" if after is MISSING else "add", path, after)
        rest = {name: value for name, value in old["metadata"].items() if name != "namespace"}
        if after is not MISSING:
            rest["namespace"] = after
        return {**old, "metadata": rest}

    def of_values(self, old: Any, new: Any, kind: MergeType | MergeList, path: Path) -> Any:
        """Make the patch from *old* to *new*; MISSING where they are equal."""
        if same(old, new, kind, str(path[-1])):
            return MISSING
        if isinstance(old, dict) and isinstance(new, dict):
            if not kind and merge_type(old):
                return self.by_operations(old, new, path)
            return self.of_maps(old, new, kind, path)
        if isinstance(old, list) and isinstance(new, list):
            return self.of_lists(old, new, kind, path)
        scalars = not isinstance(old, dict | list) and not isinstance(new, dict | list)
        if old is None or (scalars and is_settable(old, new)):
            return self.anew("add", new, kind, path)
        return self.operate("replace", path, new)

    def of_maps(self, old: Body, new: Body, kind: MergeType | MergeList, path: Path) -> Any:
        """Make the patch of two maps: fields of *old* that differ (null if gone), then new ones."""
        fields = kind if not isinstance(kind, MergeList) else {}
        patch: Body = {}
        for name in [*old, *(name for name in new if name not in old)]:
            of, inner = fields.get(name, {}), (*path, name)
            if name not in new:
                found = None
            elif name in old:
                found = self.of_values(old[name], new[name], of, inner)
            else:
                found = self.anew("add", new[name], of, inner)
            if found is not MISSING:
                patch[name] = found
        foreign = len(old) > 1 and new and not old.keys() & new.keys()
        if foreign and self.is_kept(new, kind, path):
            return {DIRECTIVE: "replace", **new}
        return patch or MISSING

    def of_lists(
        self, old: list[Any], new: list[Any], kind: MergeType | MergeList, path: Path
    ) -> Any:
        """Make the patch of two lists."""
        if not isinstance(kind, MergeList):
            return new
        try:
            if kind.keys:
                return self.of_items(old, new, kind, path)
        except UnsureError:
            pass
        return self.operate("replace", path, new)

    def of_items(self, old: list[Any], new: list[Any], kind: MergeList, path: Path) -> Any:
        """Make the patch of two lists that merge by keys: only the items that differ."""
        before = {key: index for index, key in enumerate(item_keys(old, kind))}
        after = dict(zip(item_keys(new, kind), new, strict=True))
        item_keys([*old[:1], *(v for key, v in after.items() if key not in before)], kind)
        found: dict[Key, Any] = {}
        for key, item in after.items():
            if key not in before:
                found[key] = self.anew("add", item, kind.item, (*path, "-"))
            else:
                index = before[key]
                patch = self.of_values(old[index], item, kind.item, (*path, index))
                found[key] = patch if patch is MISSING else {**_named(item, kind), **patch}
        if ordered(str(path[-1]), old, new):
            _keep_order(found, list(before), list(after), after, kind)
        gone = [
            {**_named(old[i], kind), DIRECTIVE: "delete"}
            for k, i in before.items()
            if k not in after
        ]
        items = [patch for patch in found.values() if patch is not MISSING]
        return items + gone or MISSING

    def anew(self, op: str, value: Any, kind: MergeType | MergeList, path: Path) -> Any:
        """Set *value* where the manifest has none, unless a merge would lose a part of it."""
        if value is not None and self.is_kept(value, kind, path):
            return value
        return self.operate(op, path, value)

    def is_kept(self, value: Any, kind: MergeType | MergeList, path: Path) -> bool:
        """Return whether *value* survives a merge into nothing."""
        try:
            return same(adopt(value, kind), value, kind, str(path[-1]))
        except UnsureError:
            return False

    def operate(self, op: str, path: Path, value: Any = None) -> Any:
        """Express it with an operation, and nothing with the patch."""
        self.operations.append(operation(op, path, value))
        return MISSING

    def by_operations(self, old: Body, new: Body, path: Path) -> Any:
        """Express the difference of two maps with operations alone; whole lists are replaced."""
        for name, value in new.items():
            inner = (*path, name)
            if name not in old:
                self.operate("add", inner, value)
            elif isinstance(old[name], dict) and isinstance(value, dict):
                self.by_operations(old[name], value, inner)
            elif not same(old[name], value, {}):
                self.operate("replace", inner, value)
        for name in old:
            if name not in new:
                self.operate("remove", (*path, name))
        return MISSING


def _named(item: Body, kind: MergeList) -> Body:
    return {key: item[key] for key in kind.keys if key in item}


def _keep_order(
    found: dict[Key, Any],
    before: list[Key],
    after: list[Key],
    items: dict[Key, Any],
    kind: MergeList,
) -> None:
    """
    Name unchanged items too, as far as the order needs it: a merge puts what it names first.
    """
    rest = [key for key in before if key in items]
    while after and rest and after[-1] == rest[-1] and found[after[-1]] is MISSING:
        after, rest = after[:-1], rest[:-1]
    for key in after:
        if found[key] is MISSING:
            found[key] = _named(items[key], kind)
