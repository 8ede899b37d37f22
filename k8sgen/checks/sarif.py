"""Findings as SARIF 2.1.0, which code hosts show on the lines of a pull request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from k8sgen.checks.catalog import BY_ID, RULES
from k8sgen.checks.finding import Finding, Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HELP = "docs/rules.md"


def sarif(reports: Sequence[Report], version: str | None = None) -> Mapping[str, Any]:
    """
    Return one SARIF log of *reports*; what is waived is in it as suppressed, with the reason.

    Args:
        version: Of k8sgen, where it is known.

    Source:
        docs.oasis-open.org/sarif/sarif/v2.1.0 (sections 3.13 to 3.35)
    """
    results = [_result(finding) for report in reports for finding in report.findings]
    results += [
        {**_result(each.finding), "suppressions": [_suppression(each.reason)]}
        for report in reports
        for each in report.waived
    ]
    driver = {
        "name": "k8sgen",
        **({"semanticVersion": version} if version else {}),
        "rules": _rules(r["ruleId"] for r in results),
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(named: Iterable[str]) -> list[dict[str, Any]]:
    """Describe the rules, and by their ids those of other checks that are *named*."""
    known = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.demand},
            "help": {"text": f"{rule.fix} (see {_HELP}#{rule.id})"},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES
    ]
    others = [
        {"id": name, "shortDescription": {"text": name}} for name in sorted({*named} - {*BY_ID})
    ]
    return [*known, *others]


def _result(finding: Finding) -> dict[str, Any]:
    where = f"{finding.environment}: " if finding.environment else ""
    hint = f". Fix: {finding.hint}" if finding.hint else ""
    return {
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": {"text": f"{where}{finding.message}{hint}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"k8sgen/v1": _fingerprint(finding)},
    }


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.location
    # A result without a file is not shown at all, so those are placed at the stack.
    uri = place.file.as_posix() if place else "services/stack.py"
    region = {"startLine": place.line if place else 1}
    found: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}
    }
    if finding.path:
        name = f"{finding.path} ({finding.resource})"
        found["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return found


def _suppression(reason: str) -> dict[str, str]:
    return {"kind": "inSource", "justification": reason}


def _fingerprint(finding: Finding) -> str:
    """Name a finding by what stays when lines move."""
    parts = (finding.environment, finding.rule, finding.resource, finding.path, finding.message)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
