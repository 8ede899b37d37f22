"""A walk over all fields of a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """
    Return every field and list item below *value* as its path, its own name and its value.

    In the path a list item is `[]`, whichever it is; its own name is that of its list.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, str(key), item
            yield from fields(item, inner)
    elif isinstance(value, list):
        name = path.rpartition(".")[2]
        for item in value:
            yield f"{path}[]", name, item
            yield from fields(item, f"{path}[]")
