"""The section that draws each environment."""

from __future__ import annotations

from collections.abc import Sequence

from k8sgen.report.facts import EnvironmentFacts
from k8sgen.report.html import Markup, join, tag
from k8sgen.topology import figure


def picture(places: Sequence[EnvironmentFacts]) -> Markup:
    """Draw the topologies, the largest first; one is shown at a time, in print all are."""
    largest = max(places, key=lambda place: place.resources)
    return join(
        tag(
            "fieldset",
            tag("legend", "Environment"),
            *(_choice(n, place, checked=place is largest) for n, place in enumerate(places)),
            class_="switch",
        ),
        *(_panel(n, place) for n, place in enumerate(places)),
        tag("style", Markup("".join(_rule(n) for n, _ in enumerate(places)))),
    )


def _choice(number: int, place: EnvironmentFacts, *, checked: bool) -> Markup:
    id_ = f"show-{number}"
    return join(
        tag("input", type="radio", name="show", id=id_, checked=checked),
        tag("label", place.name, for_=id_),
    )


def _panel(number: int, place: EnvironmentFacts) -> Markup:
    words = [
        join(tag("dt", user), tag("dd", *(tag("span", what, class_="item") for what in used)))
        for user, used in place.topology.uses()
    ]
    return tag(
        "figure",
        tag("figcaption", place.name),
        tag("div", Markup(figure(place.topology)), class_="scroll wide"),
        tag("div", Markup(figure(place.topology, narrow=True)), class_="narrow"),
        tag("div", tag("h3", "Who uses what"), tag("dl", *words)),
        class_=f"panel panel-{number}",
    )


def _rule(number: int) -> str:
    """Show a panel when its button is chosen; a browser without :has() shows all."""
    return f"#picture:has(#show-{number}:checked) .panel-{number}{{display:grid}}"
