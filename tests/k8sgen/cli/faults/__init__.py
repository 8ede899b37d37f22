"""Faults of every kind that a project can have, each with what the command line says to it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tests.projects import FILES, edited

Changes = Mapping[str, str | bytes]

WEB = "services/web.py"
CACHE = "services/cache.py"
STACK = "services/stack.py"
PRODUCTION = "environments/production.py"
OVERRIDES = "environments/production.yaml"


@attrs.frozen
class Fault:
    """
    One fault.

    Args:
        name: What is wrong.
        changes: Path to text: how it comes into the small project.
        error: All that stands on standard error, without `error: `.
    """

    name: str
    changes: Changes
    error: str


def web(old: str, new: str) -> Changes:
    """Put *new* where *old* stands in the service that needs the other."""
    return edited(WEB, old, new)


def in_web(*lines: str) -> Changes:
    """Put *lines* before line 25, the last of the constructor of the service `Web`."""
    before, last = FILES[WEB].rsplit("        Deployment(", 1)
    added = "".join(f"        {line}\n" for line in lines)
    return {WEB: f"{before}{added}        Deployment({last}"}


def stack(old: str, new: str) -> Changes:
    """Put *new* where *old* stands in the stack."""
    return edited(STACK, old, new)


def production(old: str, new: str) -> Changes:
    """Put *new* where *old* stands in an environment."""
    return edited(PRODUCTION, old, new)


def overrides(text: str | bytes) -> Changes:
    """Override settings of that environment."""
    return {OVERRIDES: text}
