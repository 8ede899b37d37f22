"""Overrides: `environments/<name>.yaml` laid over the environment's value, checked line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import attrs
import yaml

from k8sgen.errors import K8sgenError, Location, Problems, ProjectError, suggest
from k8sgen.settings.service import ServiceSettings
from k8sgen.settings.typed import is_union, misfit

CONFLICT = ("<<<<<<<", "|||||||", ">>>>>>>")
"""How the conflict markers of `git merge` begin."""


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
    result = value if node is None or _is_null(node) else merge.into(type(value), value, node, "")
    if merge.problems:
        raise Problems(merge.problems)
    return Overridden(result, merge.lines)


def _read(file: Path, shown: Path) -> yaml.Node | None:
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise ProjectError(msg, location=shown, hint="make it a readable file") from None
    except UnicodeDecodeError as error:
        place = Location(shown, error.object.count(b"\n", 0, error.start) + 1)
        raise ProjectError("not UTF-8", location=place, hint="save it as UTF-8") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(CONFLICT):
            place = Location(shown, number)
            raise ProjectError("merge conflict marker", location=place, hint="resolve the merge")
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        place = Location(shown, text.count("\n", 0, error.position) + 1)
        msg = f"not YAML: the character U+{error.character:04X}"
        raise ProjectError(msg, location=place, hint="remove it") from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, shown) from None
    return node


def _not_yaml(error: yaml.MarkedYAMLError, shown: Path) -> ProjectError:
    mark = error.problem_mark or error.context_mark
    hint = ""
    if "'\\t'" in (error.problem or ""):
        hint = "indent with spaces; YAML allows no tabs there"
    place = Location(shown, mark.line + 1) if mark else shown
    return ProjectError(f"not YAML: {error.problem}", location=place, hint=hint)


class _Merge:
    """One walk over an override file, which collects what it finds."""

    def __init__(self, shown: Path) -> None:
        self.shown = shown
        self.problems: list[K8sgenError] = []
        self.lines: dict[str, Location] = {}

    def into(self, cls: type[Any], current: Any, node: yaml.Node, path: str) -> Any:
        """Return *current* (or, where that is `None`, a new *cls*) with the settings of *node*."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, f"{path or 'this file'} must be a mapping of settings")
            return current
        attrs.resolve_types(cls)
        changes: dict[str, Any] = {}
        before = len(self.problems)
        for key, item, field in self._fields(cls, node, path):
            old = getattr(current, field.name) if current is not None else None
            changes[field.name] = self._setting(field, old, item, path, key)
        if current is None:
            self._refuse_missing(cls, changes, node, path)
        if len(self.problems) > before:
            return current
        try:
            return attrs.evolve(current, **changes) if current is not None else cls(**changes)
        except (TypeError, ValueError) as error:
            self._refuse(node, f"{path}: {error}" if path else str(error))
            return current

    def _refuse_missing(
        self, cls: type[Any], changes: Mapping[str, Any], node: yaml.Node, path: str
    ) -> None:
        for field in attrs.fields(cls):
            if field.default is attrs.NOTHING and field.name not in changes:
                self._refuse(node, f"{path} needs {field.name!r}")

    def _fields(
        self, cls: type[Any], node: yaml.MappingNode, path: str
    ) -> Iterator[tuple[yaml.Node, yaml.Node, attrs.Attribute[Any]]]:
        fields = attrs.fields_dict(cls)
        for key, item in self._pairs(node, path):
            name = str(key.value)
            if name in fields:
                yield key, item, fields[name]
            else:
                self._refuse(key, f"unknown setting {_join(path, name)!r}", suggest(name, fields))

    def _pairs(self, node: yaml.MappingNode, path: str) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        seen: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            if name in seen:
                self._refuse(key, f"{_join(path, name)!r} is set twice", "keep one")
            else:
                yield key, item
            seen.add(name)

    def _setting(
        self, field: attrs.Attribute[Any], old: Any, node: yaml.Node, path: str, key: yaml.Node
    ) -> Any:
        path = _join(path, field.name)
        if _attrs_class(field.type, old, node) is None:
            self.lines[path] = Location(self.shown, key.start_mark.line + 1)
        before = len(self.problems)
        value = self._value(field.type, old, node, path)
        if field.validator and len(self.problems) == before:
            self._validate(field, value, node, path)
        return value

    def _validate(
        self, field: attrs.Attribute[Any], value: Any, node: yaml.Node, path: str
    ) -> None:
        """Run the field's own check here, where the line is known."""
        assert field.validator  # noqa: S101  (the caller asked)
        try:
            field.validator(None, field, value)
        except AttributeError:
            return  # it looks at other fields too: attrs runs it again when the value is made
        except (TypeError, ValueError) as error:
            self._refuse(node, f"{path}: {str(error).removeprefix(f'{field.name}: ')}")

    def _value(self, kind: Any, old: Any, node: yaml.Node, path: str) -> Any:
        """Return *node* as a value of type *kind*."""
        inner = _attrs_class(kind, old, node)
        if inner and old is None and issubclass(inner, ServiceSettings):
            hint = "give it settings in the environment's Python file"
            self._refuse(node, f"{path}: the environment leaves this service out", hint)
            return None
        if inner:
            return self.into(inner, old if isinstance(old, inner) else None, node, path)
        origin, of = _container(kind)
        if isinstance(node, yaml.SequenceNode) and issubclass(origin, Sequence):
            items = [
                self._value(of, None, item, f"{path}[{index}]")
                for index, item in enumerate(node.value)
            ]
            return items if origin is list else tuple(items)
        if isinstance(node, yaml.MappingNode) and issubclass(origin, Mapping):
            return {
                self._leaf(str, key, path): self._value(of, None, item, _join(path, key.value))
                for key, item in self._pairs(node, path)
            }
        return self._leaf(kind, node, path)

    def _leaf(self, kind: Any, node: yaml.Node, path: str) -> Any:
        try:
            value = yaml.SafeLoader("").construct_document(node)
            problem = misfit(value, kind)
        except (yaml.YAMLError, ValueError) as error:
            value, problem = None, str(getattr(error, "problem", error))
        if problem:
            self._refuse(node, f"{path}: {problem}", _quotes(node, kind))
        return value

    def _refuse(self, node: yaml.Node, problem: str, hint: str = "") -> None:
        place = Location(self.shown, node.start_mark.line + 1)
        self.problems.append(ProjectError(problem, location=place, hint=hint))


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if is_union(kind) else (kind,)


def _attrs_class(kind: Any, old: Any, node: yaml.Node) -> type[Any] | None:
    """
    Find the attrs class in *kind*, a union perhaps, whose settings *node* holds.

    Of several it is the one that has most of the keys; of equal ones, the class of *old*.
    """
    options = [option for option in _options(kind) if option is not type(None)]
    classes = [option for option in options if attrs.has(option)]
    if not classes or _is_null(node):
        return None
    if not isinstance(node, yaml.MappingNode):
        return classes[0] if len(classes) == len(options) else None
    keys = {str(key.value) for key, _ in node.value}
    return max(classes, key=lambda c: (len(keys & set(attrs.fields_dict(c))), isinstance(old, c)))


def _container(kind: Any) -> tuple[type[Any], Any]:
    """Find the list or mapping type in *kind*, and what its items are; `object` is none."""
    for option in _options(kind):
        origin, arguments = get_origin(option), get_args(option)
        if isinstance(origin, type) and issubclass(origin, Sequence) and arguments:
            return origin, arguments[0]
        if isinstance(origin, type) and issubclass(origin, Mapping) and arguments:
            return origin, arguments[1]
    return object, None


def _is_null(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null"


def _quotes(node: yaml.Node, kind: Any) -> str:
    """Return what to do where YAML took a string for something else, or the other way round."""
    if not isinstance(node, yaml.ScalarNode) or _is_null(node):
        return ""
    if node.style is None and str in _options(kind) and node.tag != "tag:yaml.org,2002:str":
        return f'put quotes around it: "{node.value}"'
    if node.style in ("'", '"') and not _is_string(node.value):
        return f"take the quotes away: {node.value}"
    return ""


def _is_string(plain: str) -> bool:
    resolver = yaml.resolver.Resolver()
    tag = resolver.resolve(yaml.ScalarNode, plain, (True, False))  # type: ignore[no-untyped-call]
    return bool(tag == "tag:yaml.org,2002:str")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
