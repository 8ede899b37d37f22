"""SARIF as code hosts read it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from k8sgen.checks.finding import Report
from k8sgen.checks.run import check
from k8sgen.checks.sarif import sarif
from k8sgen.checks.waiver import Waiver
from tests.k8sgen.checks.sound import Bodies, context, sound


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT = _object({"text": {"type": "string", "minLength": 1}})
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_PLACE = _object(
    {
        "artifactLocation": _object({"uri": {"type": "string", "format": "uri-reference"}}),
        "region": _object({"startLine": {"type": "integer", "minimum": 1}}),
    }
)
_LOGICAL = _object({"fullyQualifiedName": {"type": "string"}, "kind": {"type": "string"}})
_RULE = _object(
    {"id": {"type": "string"}, "shortDescription": _TEXT},
    help=_TEXT,
    defaultConfiguration=_object({"level": _LEVEL}),
)
_SUPPRESSION = _object(
    {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"}}
)
_RESULT = _object(
    {
        "ruleId": {"type": "string"},
        "level": _LEVEL,
        "message": _TEXT,
        "locations": {
            "type": "array",
            "items": _object({"physicalLocation": _PLACE}, logicalLocations={"items": _LOGICAL}),
        },
    },
    partialFingerprints={"additionalProperties": {"type": "string"}},
    suppressions={"type": "array", "items": _SUPPRESSION},
)
_DRIVER = _object(
    {"name": {"type": "string"}},
    semanticVersion={"type": "string"},
    rules={"type": "array", "items": _RULE, "uniqueItems": True},
)
_RUN = _object(
    {"tool": _object({"driver": _DRIVER})},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": _RESULT},
)
SUBSET = _object(
    {"version": {"const": "2.1.0"}, "runs": {"type": "array", "items": _RUN}},
    **{"$schema": {"type": "string", "format": "uri"}},
)
"""
What we write of SARIF, closed to anything else.

Source:
    docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json
"""


def _report(bodies: Bodies) -> Report:
    waiver = Waiver(rule="probes", reason="It is a queue.", service="store")
    return check(list(bodies.values()), context(waivers=[waiver]))


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    """
    The log of an environment with an error, a warning and a waived finding.
    """
    bodies = sound()
    for name in ("web", "store"):
        del bodies[name]["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
    bodies["extra"] = {"apiVersion": "a.com/v1", "kind": "A", "metadata": {"name": "a"}}
    found: dict[str, Any] = json.loads(json.dumps(sarif([_report(bodies)], "0.1.0")))
    return found


def test_it_is_sarif(log: dict[str, Any]) -> None:
    """
    Every property is one that SARIF 2.1.0 has, of the right type.
    """
    jsonschema.validate(log, SUBSET, jsonschema.Draft7Validator)


def test_a_result_points_at_the_users_line(log: dict[str, Any]) -> None:
    """
    File and line relative to the repository, the construct path beside them.
    """
    result = next(r for r in log["runs"][0]["results"] if r["ruleId"] == "probes")
    (place,) = result["locations"]
    line = list(sound()).index("web") + 1
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "services/shop.py"
    assert place["physicalLocation"]["region"]["startLine"] == line
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "stack/web (Deployment/web)"


def test_every_result_has_its_rule(log: dict[str, Any]) -> None:
    """
    Code hosts show the rule's help beside the result.
    """
    run = log["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= rules
    assert {"error", "warning"} == {result["level"] for result in run["results"]}


def test_a_waived_finding_is_suppressed_with_its_reason(log: dict[str, Any]) -> None:
    """
    It is in the log, and raises no alarm.
    """
    suppressed = [r["suppressions"] for r in log["runs"][0]["results"] if "suppressions" in r]
    assert suppressed == [[{"kind": "inSource", "justification": "It is a queue."}]]


def test_a_fingerprint_stays_when_lines_move(log: dict[str, Any]) -> None:
    """
    A finding is not new because something above it grew.
    """
    prints = [r["partialFingerprints"]["k8sgen/v1"] for r in log["runs"][0]["results"]]
    assert len(prints) == len(set(prints))
