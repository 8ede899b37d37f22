"""Constructs while a stack is made: the user's lines that make them, and what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import constructs

from k8sgen.constructs.service import Service
from k8sgen.errors import callers
from k8sgen.settings.typed import check_arguments


@contextmanager
def remembered() -> Iterator[None]:
    """
    Let every construct that is made meanwhile record the user's lines, as k8sgen's own do.

    What it is made with is checked before: a wrong type would fail later, at an innocent line.

    The record is an attribute of the Python object, so all objects are kept alive: jsii would
    make a new one, without the attribute, for a construct that Python no longer refers to.
    """
    meta: Any = type(constructs.Construct)
    make = meta.__call__
    alive = []

    def remember(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        _check(cls, args, kwargs)
        made = make(cls, *args, **kwargs)
        if isinstance(made, constructs.Construct) and not hasattr(made, "trace"):
            made.trace = callers()  # type: ignore[attr-defined]
            alive.append(made)
        return made

    meta.__call__ = remember
    try:
        yield
    finally:
        meta.__call__ = make


def _check(cls: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Check the arguments of a class in Python; jsii checks those of its own."""
    left_out = issubclass(cls, Service) and None in (*args[1:2], *kwargs.values())
    if left_out or "__jsii_type__" in vars(cls):
        return  # a service that is left out says so itself
    with suppress(TypeError):  # a call that does not fit says so itself
        check_arguments(cls.__init__, args, kwargs)
