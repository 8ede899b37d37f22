"""The settings of an environment one by one, each by its dotted path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs


@attrs.frozen
class Setting:
    """
    One value in the tree of settings.

    Args:
        path: Dotted, as override files nest it: `backend.image.tag`.
    """

    path: str
    value: Any


def settings(value: Any, path: str = "") -> Iterator[Setting]:
    """Return every setting that is not a group of others."""
    if attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = f"{path}.{field.name}" if path else field.name
            yield from settings(getattr(value, field.name), inner)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from settings(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from settings(item, f"{path}[{index}]")
    else:
        yield Setting(path, value)
