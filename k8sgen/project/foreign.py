"""Foreign constructs: the user's lines that make them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import constructs

from k8sgen.errors import callers


@contextmanager
def remembered() -> Iterator[None]:
    """
    Let every construct that is made meanwhile record the user's lines, as k8sgen's own do.

    The record is an attribute of the Python object, so all objects are kept alive: jsii would
    make a new one, without the attribute, for a construct that Python no longer refers to.
    """
    meta: Any = type(constructs.Construct)
    make = meta.__call__
    alive = []

    def remember(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
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
