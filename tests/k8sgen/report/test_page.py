"""The page as text: whole, without script, and never broken by what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

import attrs
import pytest

from k8sgen.checks.finding import Finding, Report, Waived
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project
from k8sgen.report import Facts, collect, page, page_file
from k8sgen.report.settings import SettingDifference
from tests.k8sgen.topology.pictures import HOSTILE, hostile

LEFT_OUT = '<span class="soft">left out</span>'
VOID = {"input", "meta", "wbr"}


class Reader(HTMLParser):
    """Checks that elements nest, and collects what stands in the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.tags.add(tag)
        found = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.references += [value for key in ("href", "src") if (value := found.get(key))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.text += data


@pytest.fixture(scope="module")
def facts(project: Project, compositions: Mapping[str, Composition]) -> Facts:
    """
    The facts of the shop.
    """
    return collect(project, compositions)


def with_report(facts: Facts, report: Report) -> Facts:
    """Return the first environment another outcome of the checks."""
    first, *rest = facts.places
    return attrs.evolve(facts, places=(attrs.evolve(first, report=report), *rest))


def test_it_needs_nothing_but_itself(facts: Facts) -> None:
    """All references stay in the page, and there is no script."""
    read = Reader(page(facts))
    assert {reference[0] for reference in read.references} == {"#"}
    assert {reference[1:] for reference in read.references} <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))
    assert not {"script", "link", "img", "iframe"} & read.tags


def test_it_is_the_same_each_time(facts: Facts) -> None:
    """And it ends in one newline, as every generated file does."""
    file = page_file(facts)
    assert page(facts) == file.text
    assert file.text.endswith("</html>\n")
    assert not file.text.endswith("\n\n")


def test_hostile_names_stay_text(facts: Facts) -> None:
    """A name, a setting or a message that looks like HTML is shown as it is."""
    evil = HOSTILE[0]
    first = facts.places[0]
    running = attrs.evolve(first.running["catalog"], image=evil, storage=(evil,), urls=(evil,))
    finding = Finding(rule=evil, severity="error", message=evil, hint=evil, resource=evil)
    place = attrs.evolve(
        first,
        name=evil,
        namespace=evil,
        topology=hostile(),
        running={evil: running},
        report=Report(findings=(finding,), waived=(Waived(finding=finding, reason=evil),)),
    )
    difference = SettingDifference(group=evil, setting=evil, default=evil, values=(evil,))
    text = page(Facts(product=evil, services=(evil,), places=(place,), differences=(difference,)))
    read = Reader(text)
    assert "script" not in read.tags
    assert read.text.count(evil) >= 20


def test_findings_are_shown_with_their_fix(facts: Facts) -> None:
    """Severity, rule, message, hint and manifest."""
    finding = Finding(
        rule="probe", severity="warning", message="no probe", hint="add one", resource="Pod/x"
    )
    shown = Reader(page(with_report(facts, Report(findings=(finding,))))).text
    for part in ("warning", "probe", "no probe", "add one", "Pod/x"):
        assert part in shown
    assert "No findings" not in shown


def test_what_was_waived_is_shown_with_the_reason(facts: Facts) -> None:
    """So that a reviewer can judge it."""
    waived = Waived(finding=Finding(rule="limits", severity="error", message=""), reason="a test")
    shown = Reader(page(with_report(facts, Report(waived=(waived,))))).text
    assert "Waived: 1" in shown
    assert "limits a test" in shown


def test_secrets_say_what_is_missing_and_what_is_wrong(facts: Facts) -> None:
    """A key that is stale is named; one that is not made yet is counted."""
    place, *rest = facts.places
    keys = place.running["storefront"].secrets
    stale = (attrs.evolve(keys[0], state="stale"), attrs.evolve(keys[1], state="present"))
    running = {"storefront": attrs.evolve(place.running["storefront"], secrets=stale)}
    shown = page(attrs.evolve(facts, places=(attrs.evolve(place, running=running), *rest)))
    assert f"1 of 2 present; {keys[0].key} stale" in shown


def test_a_service_that_an_environment_lacks_is_left_out_there(facts: Facts) -> None:
    """Its cell says so."""
    first, *rest = facts.places
    before = page(facts).count(LEFT_OUT)
    running = {name: value for name, value in first.running.items() if name != "queue"}
    shown = page(attrs.evolve(facts, places=(attrs.evolve(first, running=running), *rest)))
    assert shown.count(LEFT_OUT) == before + 1


def test_what_is_outside_the_cluster_is_shown_with_its_addresses(facts: Facts) -> None:
    """A managed database in the row of the server that it replaces, and the mail in its own."""
    shown = Reader(page(facts)).text
    for host in ("shop.db.example.net", "smtp.example.com"):
        assert f"Outside the cluster{host}" in shown.replace("\n", "")
