"""
Setting a field wherever a kustomize path finds it; nothing is changed in place.

Source:
    kustomize v5.8.1 api/filters/fieldspec/fieldspec.go
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from k8sgen.kustomize.build.errors import BuildError

Setter: TypeAlias = Callable[[Any], Any]


def set_field(node: Any, path: str, setter: Setter, *, create: Any = None) -> Any:
    """
    Return *node* with the field at *path* replaced by what *setter* makes of it.

    Args:
        node: A manifest or a part of it.
        path: Names between slashes; `[]` marks a list. A list without the mark is entered too.
        setter: From the old value to the new one.
        create: What a missing field starts as; None leaves what is missing alone.

    Raises:
        BuildError: The path leads into a scalar, on which kustomize fails.
    """
    return _set(node, path.split("/"), setter, create)


def _set(node: Any, path: list[str], setter: Setter, create: Any) -> Any:
    if not path:
        return setter(node)
    if node is None:
        return node
    if isinstance(node, list):
        items = [_set(item, path, setter, create) for item in node]
        return node if all(map(operator.is_, items, node)) else items
    if not isinstance(node, dict):
        raise BuildError(f"kustomize finds no map or list on its way to {'/'.join(path)!r}")
    name = path[0].removesuffix("[]")
    start: Any = [] if name != path[0] else _start(create, last=len(path) == 1)
    makes = create is not None and name == path[0]
    if name not in node and not makes:
        return node
    field = node.get(name)
    if field is None:
        field = start
    new = _set(field, path[1:], setter, create)
    return node if name in node and new is node[name] else {**node, name: new}


def _start(create: Any, *, last: bool) -> Any:
    if create is None:
        return None
    return create if last else {}
