"""The section of what the checks found."""

from __future__ import annotations

from collections.abc import Sequence

from k8sgen.checks.finding import Finding
from k8sgen.report.facts import EnvironmentFacts
from k8sgen.report.html import Markup, join, tag

_CHECKED = (
    "Checked are the values of fields, the references between manifests, who can reach whom, and "
    "the policies. What depends on installed schemas or on today's date is shown by the commands "
)


def findings(places: Sequence[EnvironmentFacts]) -> Markup:
    """List the findings by environment, and what was waived and why."""
    found = [place for place in places if place.report.findings]
    parts = [_environment(place) for place in found]
    if not found:
        parts = [tag("p", tag("span", "No findings", class_="state good"), class_="lead")]
    commands = (tag("code", "k8sgen validate"), " and ", tag("code", "k8sgen secrets check"), ".")
    checked = tag("p", _CHECKED, *commands, class_="soft")
    return join(*parts, *_waived(places), checked)


def _environment(place: EnvironmentFacts) -> Markup:
    items = [tag("li", _finding(finding)) for finding in place.report.findings]
    return join(tag("h3", place.name), tag("ul", *items, class_="findings"))


def _finding(finding: Finding) -> Markup:
    style = "bad" if finding.severity == "error" else "open"
    places = [finding.resource, str(finding.location or "")]
    return join(
        tag("span", finding.severity, class_=f"state {style}"),
        " ",
        tag("code", finding.rule),
        tag("p", finding.message),
        tag("p", finding.hint, class_="soft") if finding.hint else None,
        tag("p", *(tag("code", place) for place in places if place), class_="soft places"),
    )


def _waived(places: Sequence[EnvironmentFacts]) -> list[Markup]:
    items = [
        tag("li", f"{place.name}: ", tag("code", waived.finding.rule), f" {waived.reason}")
        for place in places
        for waived in place.report.waived
    ]
    if not items:
        return []
    return [tag("details", tag("summary", f"Waived: {len(items)}"), tag("ul", *items))]
