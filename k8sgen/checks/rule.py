"""Rule: one requirement of the checks, with the id by which it is waived and documented."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator

import attrs

from k8sgen.checks.finding import Severity
from k8sgen.checks.rendered import Rendered
from k8sgen.kubernetes.manifest import Body


@attrs.frozen
class Issue:
    """
    What a rule finds in one manifest.

    Args:
        manifest: The one to change; `None` where it is not about a single one.
    """

    manifest: Body | None
    message: str
    hint: str = ""


Check = Callable[[Rendered], Iterator[Issue]]


@attrs.frozen(kw_only=True)
class Rule:
    """
    One requirement.

    Args:
        demand: What must hold, in one sentence.
        fix: What to do when it does not; an issue may be more precise.
    """

    id: str
    severity: Severity
    demand: str
    fix: str
    check: Check


def rule(id: str, *, fix: str, severity: Severity = "error") -> Callable[[Check], Rule]:  # noqa: A002
    """Make a rule of a function whose docstring says what must hold."""

    def make(check: Check) -> Rule:
        demand = " ".join((inspect.getdoc(check) or "").split("\n\n")[0].split())
        return Rule(id=id, severity=severity, demand=demand, fix=fix, check=check)

    return make


def nearest(name: object, known: Iterable[str]) -> str:
    """Return the hint that names what exists instead."""
    names = sorted(set(known))
    close = difflib.get_close_matches(str(name), names, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there is: {', '.join(names[:8])}" if names else "none exists"
