"""All rules at once: where findings come from, and what waivers do."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen.checks.run import check
from k8sgen.checks.waiver import Waiver
from k8sgen.errors import Location
from tests.k8sgen.checks.sound import SERVICES, Bodies, context, sound
from tests.k8sgen.places import places


def _broken() -> Bodies:
    bodies = sound()
    del bodies["web"]["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]
    return bodies


def _waiver(rule: str = "probes", *, service: str = "web", name: str | None = None) -> Waiver:
    place = Location(SERVICES, 9)
    return Waiver(rule=rule, reason="It is a queue.", service=service, name=name, location=place)


def test_a_finding_names_where_the_manifest_was_made() -> None:
    """
    The construct path and the user's line, the resource and the environment.
    """
    (finding,) = check(list(_broken().values()), context()).findings
    assert finding.rule == "probes"
    assert finding.resource == "Deployment/web"
    assert finding.path == "stack/web"
    assert finding.location == Location(SERVICES, list(sound()).index("web") + 1)
    assert finding.environment == "test"


def test_a_waived_finding_is_reported_with_its_reason() -> None:
    """
    It is no finding any more, and not forgotten.
    """
    report = check(list(_broken().values()), context(waivers=[_waiver()]))
    assert report.findings == ()
    (waived,) = report.waived
    assert waived.reason == "It is a queue."
    assert waived.finding.rule == "probes"


@pytest.mark.parametrize("waiver", [_waiver("image"), _waiver(service="store"), _waiver(name="x")])
def test_a_waiver_covers_only_what_it_names(waiver: Waiver) -> None:
    """
    Another rule, service or name leaves the finding, and is named as covering nothing.
    """
    report = check(list(_broken().values()), context(waivers=[waiver]))
    assert {("probes", "error"), ("waiver", "warning")} == {
        (finding.rule, finding.severity) for finding in report.findings
    }


def test_a_waiver_of_an_unknown_rule_is_an_error() -> None:
    """
    It may be misspelt, and then it would hide nothing that it should.
    """
    report = check(list(sound().values()), context(waivers=[_waiver("probe")]))
    (finding,) = report.errors
    assert "'probes'" in finding.hint
    assert finding.location == Location(SERVICES, 9)


def test_a_waiver_needs_a_reason() -> None:
    """
    A reviewer has to judge it.
    """
    with pytest.raises(ValueError, match="reason"):
        Waiver(rule="probes", reason=" ", service="web")


def test_all_findings_come_at_once() -> None:
    """
    Errors before warnings, and none hides another.
    """
    bodies = _broken()
    bodies["web-service"]["spec"]["selector"]["app"] = "wob"
    bodies["quota"]["spec"]["hard"]["pods"] = "1"
    bodies["extra"] = {"apiVersion": "a.com/v1", "kind": "A", "metadata": {"name": "a"}}
    rules = [finding.rule for finding in check(list(bodies.values()), context()).findings]
    assert {"probes", "selector", "capacity", "schema-missing"} <= set(rules)
    assert rules[-1] == "schema-missing"


def test_a_misshapen_manifest_is_a_finding_and_no_crash() -> None:
    """
    Rules that stumble over it leave the word to the rule about schemas.
    """
    bodies = sound()
    bodies["web"]["spec"]["template"]["spec"]["containers"][0]["env"] = [5]
    bodies["web-service"]["spec"]["ports"] = {"port": 80}
    rules = {finding.rule for finding in check(list(bodies.values()), context()).findings}
    assert "schema" in rules


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([{}, "x", 3, [], {"a": None}, True, ["x"]]))
def test_no_field_of_a_wrong_type_keeps_the_rest_from_being_judged(seed: int, odd: Any) -> None:
    """
    Whatever one field of one manifest is, another manifest's fault is found.
    """
    bodies = _broken()
    head = ("apiVersion", "kind", "metadata")
    whole = {
        name: {key: item for key, item in body.items() if key not in head}
        for name, body in bodies.items()
        if name != "web"
    }
    found = [place for fields in whole.values() for place in places(fields)]
    holder, key = Random(seed).choice(found)  # noqa: S311
    holder[key] = odd
    for name, fields in whole.items():
        bodies[name].update(fields)
    assert "probes" in {f.rule for f in check(list(bodies.values()), context()).findings}
