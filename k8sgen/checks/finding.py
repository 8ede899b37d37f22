"""Finding: one problem, where it came from, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from k8sgen.errors import Location

Severity = Literal["error", "warning", "note"]


@attrs.frozen(kw_only=True)
class Finding:
    """
    One problem in one environment.

    Args:
        rule: The id of the rule, as in docs/rules.md.
        message: What is wrong, in one line.
        hint: How to correct it, in one line.
        resource: `Kind/name` of the manifest; empty where it is not about a single one.
        path: The construct path of the manifest.
        location: The user's line that made it.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    environment: str = ""
    resource: str = ""
    path: str = ""
    location: Location | None = None


@attrs.frozen(kw_only=True)
class Waived:
    """A finding that is waived, with the reason."""

    finding: Finding
    reason: str


@attrs.frozen(kw_only=True)
class Report:
    """All that the checks found in one environment."""

    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the environment invalid."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def with_findings(self, more: Iterable[Finding]) -> Report:
        """Return the report with those of other checks, errors first, then in the files' order."""
        findings = sorted((*self.findings, *more), key=_order)
        return attrs.evolve(self, findings=tuple(findings))


def _order(finding: Finding) -> tuple[str, str, int, str, str]:
    place = finding.location
    file, line = (place.file.as_posix(), place.line) if place else ("~", 0)
    return finding.severity, file, line, finding.rule, finding.message
