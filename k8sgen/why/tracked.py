"""Strings and integers that record where they were written, and keep that through operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import attrs
import yaml


@attrs.frozen
class Source:
    """
    A literal in a file.

    Args:
        line: Counted from 1.
        column: In bytes, counted from 0; tells apart the literals of a line.
    """

    file: str
    line: int
    column: int = 0


class Text(str):
    """A string with the places that it was put together from."""

    origins: tuple[Source, ...]
    __slots__ = ("origins",)

    def __new__(cls, value: str, origins: tuple[Source, ...]) -> Self:  # noqa: D102
        made = super().__new__(cls, value)
        made.origins = origins
        return made

    def __format__(self, spec: str) -> str:
        return Text(super().__format__(spec), self.origins)

    def __radd__(self, other: str) -> str:
        return Text(str.__add__(other, self), (*origins(other), *self.origins))


class Number(int):
    """An integer with the places that it was computed from."""

    origins: tuple[Source, ...]

    def __new__(cls, value: int, origins: tuple[Source, ...]) -> Self:  # noqa: D102
        made = super().__new__(cls, value)
        made.origins = origins
        return made

    def __format__(self, spec: str) -> str:
        return Text(super().__format__(spec), self.origins)


def track(value: Any, *places: Source) -> Any:
    """Return *value* with its origins, if it is a string or an integer; a list item by item."""
    if isinstance(value, str):
        return Text(value, _distinct(places))
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(value, _distinct(places))
    if isinstance(value, list | tuple):
        return type(value)(track(item, *places) for item in value)
    return value


def origins(*values: Any) -> tuple[Source, ...]:
    """Return the origins of all that is tracked among *values* and in the lists among them."""
    return _distinct(_origins(values))


def _origins(values: Iterable[Any]) -> Iterator[Source]:
    for value in values:
        if isinstance(value, Text | Number):
            yield from value.origins
        elif isinstance(value, list | tuple):
            yield from _origins(value)
        elif isinstance(value, dict):
            yield from _origins(value.values())


def _distinct(places: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(places))


def _remembering(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **options: Any) -> Any:
        given = [list(each) if isinstance(each, Iterator) else each for each in args]
        result = method(self, *given, **options)
        return track(result, *origins(self, given, options))

    return call


_TEXT_METHODS = (
    *("__add__", "__getitem__", "__mod__", "__mul__", "__rmul__", "capitalize", "format", "join"),
    *("lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rpartition"),
    *("rsplit", "rstrip", "split", "splitlines", "strip", "title", "upper", "zfill"),
)
_NUMBER_METHODS = (
    *("__abs__", "__add__", "__floordiv__", "__mod__", "__mul__", "__neg__", "__radd__"),
    *("__rfloordiv__", "__rmul__", "__rsub__", "__sub__"),
)
for _name in _TEXT_METHODS:
    setattr(Text, _name, _remembering(getattr(str, _name)))
for _name in _NUMBER_METHODS:
    setattr(Number, _name, _remembering(getattr(int, _name)))
for _dumper in (yaml.SafeDumper, yaml.Dumper):  # they check for exact types
    _dumper.add_multi_representer(Text, lambda dumper, value: dumper.represent_data(str(value)))
    _dumper.add_multi_representer(Number, lambda dumper, value: dumper.represent_data(int(value)))
