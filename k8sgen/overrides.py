"""Overrides: `environments/<name>.yaml` laid over the environment's value, checked line by line."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
import yaml

from k8sgen.errors import K8sgenError, Location, Problems, ProjectError

E = TypeVar("E")
_CONFLICT = ("<<<<<<< ", "||||||| ", ">>>>>>> ")


@attrs.frozen
class Overridden:
    """
    An environment with its overrides applied.

    Args:
        lines: Dotted path of each overridden setting to its line.
    """

    value: Any
    lines: Mapping[str, Location]


def apply(value: Any, file: Path, shown: Path) -> Overridden:
    """
    Lay the settings in *file* over *value*.

    Args:
        value: An attrs instance; nested attrs values are merged, all else is replaced.
        file: YAML, with the field names of the classes as keys; it may be missing or empty.
        shown: The name of *file* in messages.

    Raises:
        Problems: Every key or value that does not fit, each with its line.
    """
    if not file.exists():
        return Overridden(value, {})
    node = _read(file, shown)
    merge = _Merge(shown)
    result = value if node is None else merge.into(type(value), value, node, "")
    if merge.problems:
        raise Problems(merge.problems)
    return Overridden(result, merge.lines)


def _read(file: Path, shown: Path) -> yaml.Node | None:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"cannot be read: {error}"
        raise ProjectError(msg, location=shown, hint="make it a readable UTF-8 file") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(_CONFLICT):
            place = Location(shown, number)
            raise ProjectError("merge conflict marker", location=place, hint="resolve the merge")
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Location(shown, mark.line + 1 if mark else 1)
        raise ProjectError(
            f"not YAML: {error.problem}", location=place, hint="put the YAML right"
        ) from None
    return node


class _Merge:
    """One walk over an override file, which collects what it finds."""

    def __init__(self, shown: Path) -> None:
        self.shown = shown
        self.problems: list[K8sgenError] = []
        self.lines: dict[str, Location] = {}

    def into(self, cls: type[Any], current: Any, node: yaml.Node, path: str) -> Any:
        """Give *current* (or, where that is `None`, a new *cls*) with the settings of *node*."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, f"{path or 'the file'} must be a mapping of settings")
            return current
        attrs.resolve_types(cls)
        changes: dict[str, Any] = {}
        before = len(self.problems)
        for key, item, field in self._fields(cls, node, path):
            old = getattr(current, field.name) if current is not None else None
            changes[field.name] = self._value(field.type, old, item, _join(path, field.name), key)
        if len(self.problems) > before:
            return current
        try:
            return attrs.evolve(current, **changes) if current is not None else cls(**changes)
        except (TypeError, ValueError) as error:
            self._refuse(node, f"{path}: {error}" if path else str(error))
            return current

    def _fields(
        self, cls: type[Any], node: yaml.MappingNode, path: str
    ) -> Iterator[tuple[yaml.Node, yaml.Node, attrs.Attribute[Any]]]:
        fields = attrs.fields_dict(cls)
        seen: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            if name not in fields:
                self._refuse(key, f"unknown setting {_join(path, name)!r}", _nearest(name, fields))
            elif name in seen:
                self._refuse(key, f"{_join(path, name)!r} stands here a second time", "keep one")
            else:
                yield key, item, fields[name]
            seen.add(name)

    def _value(self, kind: Any, old: Any, node: yaml.Node, path: str, key: yaml.Node) -> Any:
        inner = _attrs_class(kind)
        if inner and not _is_null(node):
            return self.into(inner, old, node, path)
        self.lines[path] = Location(self.shown, key.start_mark.line + 1)
        plain = yaml.SafeLoader("").construct_document(node)
        try:
            return _CONVERTER.structure(plain, kind)
        except Exception as error:  # cattrs raises groups of whatever the hooks raise
            self._refuse(node, f"{path}: {_reason(error)}", _quoted(node))
            return old

    def _refuse(self, node: yaml.Node, problem: str, hint: str = "") -> None:
        place = Location(self.shown, node.start_mark.line + 1)
        self.problems.append(
            ProjectError(problem, location=place, hint=hint or "put the value right")
        )


def _strict(kind: type) -> Any:
    def structure(value: Any, _: type) -> Any:
        if type(value) is not kind:
            msg = f"{value!r} is {_a(type(value))}, not {_a(kind)}"
            raise ValueError(msg)
        return value

    return structure


def _a(kind: type) -> str:
    names = {str: "a text", int: "a whole number", bool: "a yes or no", float: "a number"}
    return names.get(kind, "nothing" if kind is type(None) else f"a {kind.__name__}")


_CONVERTER = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
for _kind in (str, int, bool):
    _CONVERTER.register_structure_hook(_kind, _strict(_kind))


def _attrs_class(kind: Any) -> type[Any] | None:
    """Find the attrs class in *kind*, which may be optional."""
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    return next((option for option in options if attrs.has(option)), None)


def _is_null(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)


def _quoted(node: yaml.Node) -> str:
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return f'for a text, put quotes around it: "{node.value}"' if plain else ""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"it may be one of: {', '.join(known)}"
