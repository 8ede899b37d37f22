"""The page: its sections, its navigation, and its style sheet; it needs nothing else."""

from __future__ import annotations

from importlib.resources import files

from k8sgen.output.header import File
from k8sgen.report.contrast import contrast
from k8sgen.report.facts import EnvironmentFacts, Facts
from k8sgen.report.findings import findings
from k8sgen.report.html import Markup, join, tag
from k8sgen.report.matrix import matrix
from k8sgen.report.picture import picture
from k8sgen.report.usage import fullest, usage
from k8sgen.topology import STYLE

PAGE = "docs/index.html"
"""Its path below `dist/`."""

SOURCE = "services/ and environments/"

_SHEET = files("k8sgen.report").joinpath("page.css").read_text("utf-8")
_AT_MOST = (
    "All pods at their maximum: autoscalers at theirs, every rollout at once, every job "
    "running; compared with the quota of the namespace."
)


def page(facts: Facts) -> str:
    """Write the page that shows *facts*: it loads nothing, and runs no script."""
    html = tag("html", _head(facts), _body(facts), lang="en")
    return f"<!DOCTYPE html>\n{html}\n"


def page_file(facts: Facts) -> File:
    """Make the file of `dist/` that holds the page."""
    return File(page(facts), SOURCE)


def _head(facts: Facts) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{facts.product}: environments"),
        tag("style", Markup(f"\n{STYLE}{_SHEET}")),
    )


def _body(facts: Facts) -> Markup:
    sections = {
        "picture": ("Picture", picture(facts.places)),
        "services": ("Services", matrix(facts)),
        "quota": ("Quota", join(tag("p", _AT_MOST, class_="soft"), usage(facts.places))),
        "findings": ("Findings", findings(facts.places)),
        "differences": ("Differences", contrast(facts)),
    }
    links = (tag("a", name, href=f"#{id_}") for id_, (name, _) in sections.items())
    return tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _header(facts),
        tag("nav", *links, aria_label="Sections"),
        tag(
            "main",
            *(_section(id_, name, content) for id_, (name, content) in sections.items()),
            id="content",
            tabindex="-1",
        ),
    )


def _header(facts: Facts) -> Markup:
    return tag(
        "header",
        tag("h1", facts.product),
        tag("p", "What runs where, how it is connected, and what differs.", class_="soft"),
        tag("div", *(_card(place) for place in facts.places), class_="columns cards"),
    )


def _card(place: EnvironmentFacts) -> Markup:
    return tag("div", tag("h2", place.name), tag("dl", *_summary(place)))


def _summary(place: EnvironmentFacts) -> list[Markup]:
    keys = [key for running in place.running.values() for key in running.secrets]
    present = sum(key.state == "present" for key in keys)
    lines = {
        "Cluster": f"Kubernetes {place.kubernetes_version}, namespace {place.namespace}",
        "Runs": f"{len(place.running)} services, {place.resources} manifests",
        "Quota": fullest(place),
        "Secrets": f"{present} of {len(keys)} keys present",
        "Findings": len(place.report.findings) or "none",
    }
    return [join(tag("dt", name), tag("dd", value)) for name, value in lines.items()]


def _section(id_: str, name: str, content: Markup) -> Markup:
    head = tag("h2", name, id=f"{id_}-title")
    return tag("section", head, content, id=id_, aria_labelledby=f"{id_}-title")
