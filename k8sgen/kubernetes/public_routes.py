"""What a gateway of the product opens: hosts and paths, and what a request must have there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import attrs

Requirements: TypeAlias = frozenset[str]


def _set(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)


@attrs.frozen(kw_only=True)
class PublicRoute:
    """
    One route, as the gateway's configuration file has it.

    Args:
        path: The prefix, in whole segments, of the paths that belong to it.
        requires: What a request must have, such as `token` or `scope read`; without any, the route
            is open to everybody.
    """

    host: str
    path: str
    methods: frozenset[str] = attrs.field(converter=_set)
    requires: Requirements = attrs.field(default=frozenset(), converter=_set)


RoutesReader: TypeAlias = Callable[[str], Sequence[PublicRoute]]
"""Reads the routes back from the text of a configuration file."""


def told_apart(routes: Sequence[PublicRoute]) -> Sequence[PublicRoute]:
    """
    Return *routes*.

    Raises:
        ValueError: Two of them are for the same requests, and which one answers is not known.
    """
    seen = set()
    for route in routes:
        for method in sorted(route.methods):
            key = (method, f"{route.host}{_trimmed(route.path)}")
            if key in seen:
                msg = f"two routes are for {' '.join(key)}"
                raise ValueError(msg)
            seen.add(key)
    return routes


def requirements(routes: Iterable[PublicRoute], asked: PublicRoute) -> dict[str, Requirements]:
    """Return what *routes* require at the host and path of *asked*, by each method they take."""
    fits = [
        route for route in routes if route.host == asked.host and _below(asked.path, route.path)
    ]
    longest = max((len(_trimmed(route.path)) for route in fits), default=0)
    return {
        method: route.requires
        for route in fits
        if len(_trimmed(route.path)) == longest
        for method in route.methods
    }


def _below(path: str, prefix: str) -> bool:
    return f"{_trimmed(path)}/".startswith(f"{_trimmed(prefix)}/")


def _trimmed(path: str) -> str:
    return path.rstrip("/")
