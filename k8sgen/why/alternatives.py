"""Other values that a setting could have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Literal, get_args, get_origin

import attrs

from k8sgen.settings.environment import Environment
from k8sgen.settings.typed import is_union

_NUMBER = re.compile(r"\d+")
_TRIES = 3
"""How many other values of a setting are tried, until the stack takes one."""
_SAMPLES = ("x", "1", "1Gi", "10m", "1h", "10.0.0.0/8", "x.example.org", f"sha256:{'1' * 64}")
"""Of the formats that settings check; the first that is valid is taken."""


@attrs.frozen
class Alternative:
    """
    Another value of one setting.

    Args:
        setting: Its dotted path.
    """

    setting: str
    value: Any


def put_back(environment: Environment, base: Environment) -> list[Alternative]:
    """Return a change for every setting that is not the base's: back to what the base has."""
    return [
        Alternative(path, default)
        for path, value, default, _ in _nodes(environment, base, "")
        if path != "name" and value != default and _is_valid(environment, path, default)
    ]


def variations(environment: Environment, base: Environment) -> dict[str, list[Any]]:
    """Return, for every setting that is not a group of others, up to three other valid values."""
    found = {}
    for path, value, _, kind in _nodes(environment, base, ""):
        if attrs.has(type(value)):
            continue
        fits = partial(_is_valid, environment, path)
        items = _lists(value, fits) if isinstance(value, list | tuple) else ()
        others = (v for v in (*items, *_others(value, kind)) if v != value and fits(v))
        found[path] = list(islice(others, _TRIES))
    return found


def with_changes(environment: Environment, changes: Iterable[Alternative]) -> Environment:
    """
    Return the environment with each of *changes*.

    Raises:
        ValueError, TypeError: They do not go together.
    """
    tree: dict[str, Any] = {}
    for change in changes:
        *groups, name = change.setting.split(".")
        node = tree
        for group in groups:
            node = node.setdefault(group, {})
        node[name] = (change.value,)
    changed: Environment = _evolved(environment, tree)
    return changed


def _evolved(value: Any, tree: Mapping[str, Any]) -> Any:
    """Return *value* with each leaf of *tree*, a tuple of one, in its place."""
    changes = {
        name: below[0] if isinstance(below, tuple) else _evolved(getattr(value, name), below)
        for name, below in tree.items()
    }
    return attrs.evolve(value, **changes)


def _nodes(value: Any, base: Any, path: str) -> Iterator[tuple[str, Any, Any, Any]]:
    """
    Return every setting with its path, its value, the base's and its type.

    A group is one of them only where the base has no group of its class there.
    """
    attrs.resolve_types(type(value))
    for field in attrs.fields(type(value)):
        inner = f"{path}.{field.name}" if path else field.name
        own = getattr(value, field.name)
        default = getattr(base, field.name) if base is not None else own
        alike = type(own) is type(default)
        if not attrs.has(type(own)) or not alike:
            yield inner, own, default, field.type
        if attrs.has(type(own)):
            yield from _nodes(own, default if alike else None, inner)


def _is_valid(environment: Environment, path: str, value: Any) -> bool:
    try:
        return with_changes(environment, [Alternative(path, value)]) is not None
    except (TypeError, ValueError, AttributeError):
        return False


def _others(value: Any, kind: Any) -> Iterator[Any]:
    """Return what could be in the place of *value*, the most different first."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield from (value * 2, value // 2, value + 1, value - 1)
        case str() if get_origin(kind) is not Literal:
            yield from _texts(value)
            yield from _SAMPLES
        case Mapping() if value:
            yield {key: next(_others(item, str)) for key, item in value.items()}
        case _:
            yield from _of(kind)


def _texts(text: str) -> Iterator[str]:
    """Change the numbers in a text, one at a time, as one of a version, an amount or an address."""
    for match in _NUMBER.finditer(text):
        number = int(match[0])
        for other in (number * 2, number // 2, number + 1, number - 1):
            if other not in (number, -1):
                yield f"{text[: match.start()]}{other}{text[match.end() :]}"
    yield f"{text}x"
    yield f"x{text}"


def _lists(
    values: list[Any] | tuple[Any, ...], fits: Callable[[Any], bool]
) -> Iterator[Sequence[Any]]:
    """Return the list with each of its items changed that can be."""
    changed = values
    for index, value in enumerate(values):
        tries = (
            type(values)([*changed[:index], other, *changed[index + 1 :]])
            for other in _others(value, str)
        )
        changed = next(filter(fits, tries), changed)
    yield changed
    yield type(values)()


def _of(kind: Any) -> Iterator[Any]:
    """Return some values of a type."""
    origin = get_origin(kind) or kind
    if is_union(kind):
        for option in get_args(kind):
            yield from _of(option)
    elif origin is Literal:
        yield from get_args(kind)
    elif origin is str:
        yield from _SAMPLES
    elif origin in (int, float):
        yield from (1, 60)
    elif origin is bool:
        yield True
    elif attrs.has(origin):
        yield from _groups(origin)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from ({"x": item} for item in _of(get_args(kind)[1]))
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        yield from ([item] for item in _of(get_args(kind)[0]))


def _groups(kind: type[Any]) -> Iterator[Any]:
    """Return a group of settings with as few of its fields as it takes."""
    attrs.resolve_types(kind)
    needed = [field for field in attrs.fields(kind) if field.default is attrs.NOTHING]
    rest = [field for field in attrs.fields(kind) if field.init and field not in needed]
    for chosen in (needed, *([*needed, field] for field in rest)):
        samples = [list(_of(field.type)) for field in chosen]
        for values in zip(*samples, strict=False) if samples else [()]:
            try:
                yield kind(**{f.name: v for f, v in zip(chosen, values, strict=True)})
            except (TypeError, ValueError):
                continue
