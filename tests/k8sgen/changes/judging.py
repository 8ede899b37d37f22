"""What the tests of the rules ask for: the verdicts on a change."""

from __future__ import annotations

from typing import Any

from k8sgen.changes.compare import compare
from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, change

Body = dict[str, Any]


def verdicts(before: list[Body], after: list[Body]) -> list[tuple[str, Level, str]]:
    """Return each resource's verdicts as (title, level, reason)."""
    found = compare("test", before, {"web": after})
    return [(c.pair.title, v.level, v.reason) for c in found.resources for v in c.verdicts]


def changed(name: str, path: str, value: Any, *others: Body) -> dict[Level, str]:
    """Change one field of the body *name* among *others*, and give the verdicts on it by level."""
    before = BODIES[name]
    after = change(before, path, value)
    title = f"{before['kind']}/web"
    found = verdicts([before, *others], [after, *others])
    return {level: reason for of, level, reason in reversed(found) if of == title}


def removed(body: Body) -> dict[Level, str]:
    """Return the verdicts on the removal of *body*."""
    return {level: reason for _, level, reason in reversed(verdicts([body], []))}


def added(body: Body, *others: Body) -> dict[Level, str]:
    """Return the verdicts on the arrival of *body* among *others*."""
    return {level: reason for _, level, reason in reversed(verdicts([*others], [body, *others]))}
