"""Our verdicts on immutable fields, against what Kubernetes' own code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8sgen.changes.compare import compare
from k8sgen.changes.fields import fields
from k8sgen.changes.level import Level
from k8sgen.changes.rules.fixed import FIXED, refused
from tests.k8sgen.changes.cases import CASES, Case

FACTS = json.loads((Path(__file__).parents[1] / "facts.json").read_text("utf-8"))
REFUSED, ACCEPTED = FACTS["refused"], FACTS["accepted"]


def _recreated(case: Case) -> bool:
    (change,) = compare("test", [case.before], {"web": [case.after]}).resources
    return any(verdict.level == Level.NEEDS_RECREATION for verdict in change.verdicts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_needs_recreation_is_said_exactly_where_kubernetes_refuses(case: Case) -> None:
    """
    Each change is refused by the API server's own validation if, and only if, we say so.
    """
    assert (case.name in REFUSED) != (case.name in ACCEPTED)
    assert (case.name in REFUSED) == _recreated(case), REFUSED.get(case.name)


def test_every_row_of_the_table_is_judged() -> None:
    """
    No row of the table is there without a case that it decides.
    """
    deciding = set()
    for case in CASES:
        for field in fields(case.before, case.after):
            deciding.add(refused(case.before, case.after, field.path))
    assert set(FIXED) <= deciding


def test_every_exception_of_the_table_is_judged() -> None:
    """
    No field is left free without a case in which Kubernetes accepts its change.
    """
    free = {(fixed.kind, pattern) for fixed in FIXED for pattern in fixed.but.split()}
    accepted = [case for case in CASES if case.name in ACCEPTED]
    seen = {
        (kind, pattern)
        for kind, pattern in free
        for case in accepted
        for field in fields(case.before, case.after)
        if case.after["kind"] == kind
        and not refused(case.before, case.after, field.path)
        and _below(field.path, pattern)
    }
    assert free - seen == set()


def _below(path: tuple[str, ...], pattern: str) -> bool:
    from k8sgen.changes.path import parse, related  # noqa: PLC0415

    return related(path, parse(pattern))


def test_a_kind_that_is_not_in_the_table_takes_any_change() -> None:
    """
    Kinds without a row were judged too, and Kubernetes accepts every change of theirs.
    """
    rows = {fixed.kind for fixed in FIXED}
    others = [case for case in CASES if case.after["kind"] not in rows]
    assert {case.after["kind"] for case in others} >= {
        "CronJob",
        "Ingress",
        "NetworkPolicy",
        "Role",
    }
    assert not [case.name for case in others if case.name in REFUSED]
