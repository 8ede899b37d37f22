"""The section that compares what is requested with what the quota allows."""

from __future__ import annotations

from collections.abc import Sequence

from k8sgen.report.facts import EnvironmentFacts
from k8sgen.report.html import Markup, tag
from k8sgen.report.quota import QuotaUse


def usage(places: Sequence[EnvironmentFacts]) -> Markup:
    """Show each line of each quota as a bar with its numbers."""
    return tag("div", *(_environment(place) for place in places), class_="columns")


def _environment(place: EnvironmentFacts) -> Markup:
    if not place.quota:
        bars = tag("p", "no quota", class_="soft")
    else:
        bars = tag("ul", *(_bar(use) for use in place.quota), class_="bars")
    return tag("div", tag("h3", place.name), bars)


def _bar(use: QuotaUse) -> Markup:
    filled = tag("span", style=f"width:{min(use.percent, 100)}%")
    over = use.percent > 100
    return tag(
        "li",
        tag("span", use.name, class_="what"),
        tag("span", f"{use.percent} %", tag("b", ", too much") if over else None, class_="share"),
        tag("span", filled, class_="bar over" if over else "bar", aria_hidden="true"),
        tag("span", use.text(), class_="numbers"),
    )


def fullest(place: EnvironmentFacts) -> str:
    """Return how full the fullest line is."""
    if not place.quota:
        return "none"
    use = max(place.quota, key=lambda use: use.percent)
    return f"up to {use.percent} % used ({use.name})"
