"""Each rule finds what breaks it, and nothing in a sound environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from k8sgen.checks.catalog import GROUPS, RULES
from k8sgen.checks.run import check
from tests.k8sgen.checks.breaks import BREAKS, Break
from tests.k8sgen.checks.sound import context, sound

DOCUMENT = Path(__file__).parents[3] / "docs" / "rules.md"
ELSEWHERE = {"pod-security", "schema-next"}  # tested in files of their own


def test_a_sound_environment_has_no_finding() -> None:
    """
    No rule minds what is right.
    """
    assert check(list(sound().values()), context()).findings == ()


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: case.rule)
def test_rule_finds_what_breaks_it(case: Break) -> None:
    """
    The finding carries the rule's severity, a fix, and the line where there is one manifest.
    """
    bodies = sound()
    case.change(bodies)
    found = check(list(bodies.values()), context(**case.facts)).findings
    assert case.rule in {finding.rule for finding in found}
    for finding in found:
        assert finding.hint
        assert finding.environment == "test"


def test_every_rule_is_broken_somewhere() -> None:
    """
    No rule is without a manifest that breaks it.
    """
    assert {rule.id for rule in RULES} == {case.rule for case in BREAKS} | ELSEWHERE


def test_every_rule_says_what_it_demands_and_how_to_fix_it() -> None:
    """
    Ids are unique; each demand is a sentence.
    """
    assert len(RULES) == len({rule.id for rule in RULES})
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert rule.demand.endswith(".")
        assert rule.fix


def test_every_rule_is_documented() -> None:
    """
    docs/rules.md has each rule in its group, with its severity and demand, and no other.
    """
    text = DOCUMENT.read_text("utf-8")
    for group, rules in GROUPS.items():
        section = text.partition(f"\n## {group}\n")[2].partition("\n## ")[0]
        told = re.findall(
            r'(?m)^\| <a id="(.+?)"></a>`(.+?)` \| (\w+) \| (.+?) \| (.+?) \|$', section
        )
        expected = [(r.id, r.id, r.severity, r.demand, r.fix) for r in rules]
        assert expected == [tuple(cell.replace("\\|", "|") for cell in row) for row in told]
