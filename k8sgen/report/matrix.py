"""The section with one row for each service and one column for each environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8sgen.report.facts import EnvironmentFacts, Facts, Running
from k8sgen.report.html import Markup, breakable, join, tag
from k8sgen.secrets.contract.status import Status


def matrix(facts: Facts) -> Markup:
    """Compare each service over the environments."""
    head = (tag("th", place.name, scope="col") for place in facts.places)
    rows = (_row(service, facts.places) for service in facts.services)
    table = tag(
        "table",
        tag("caption", "Services by environments", class_="hidden"),
        tag("thead", tag("tr", tag("th", "Service", scope="col"), *head)),
        tag("tbody", *rows),
        class_="stack matrix",
    )
    return tag("div", table, class_="scroll")


def _row(service: str, places: Sequence[EnvironmentFacts]) -> Markup:
    cells = (tag("td", _cell(place, service), data_column=place.name) for place in places)
    return tag("tr", tag("th", service, scope="row"), *cells)


def _cell(place: EnvironmentFacts, service: str) -> Markup:
    running = place.running.get(service)
    outside = [node for node in place.topology.outside if node.name == service]
    if running:
        lines = list(_lines(running))
    elif outside:
        lines = [("Outside the cluster", [_items(outside[0].addresses, ".")])]
    else:
        return tag("span", "left out", class_="soft")
    return tag("dl", *(join(tag("dt", name), tag("dd", *values)) for name, values in lines))


def _items(texts: Sequence[str], mark: str) -> Markup:
    return join(*(tag("span", breakable(text, mark), class_="item") for text in texts))


def _lines(running: Running) -> Iterator[tuple[str, Sequence[Markup | str]]]:
    asked, most = running.resources.requests, running.resources.limits
    yield "Image", [_image(running.image)]
    if running.pods:
        yield "Pods", [", ".join(running.pods)]
    yield "CPU", [_bounds(asked.cpu, most.cpu)]
    yield "Memory", [_bounds(asked.memory, most.memory)]
    if running.storage:
        yield "Storage", [", ".join(running.storage)]
    if running.urls:
        yield "Hosts", [_items(running.urls, ".")]
    if running.secrets:
        yield "Secrets", [_secrets(running.secrets)]


def _bounds(asked: str, most: str) -> str:
    return asked if asked == most else f"{asked}, at most {most}"


def _image(image: str) -> Markup:
    """Separate the tag and the digest from the name."""
    path, slash, last = image.rpartition("/")
    name, mark, version = last.partition(":" if ":" in last.partition("@")[0] else "@")
    own = breakable(f"{path}{slash}{name}{mark}", "/")
    return tag("code", own, tag("b", breakable(version, "@")))


def _secrets(keys: Sequence[Status]) -> Markup:
    present = sum(key.state == "present" for key in keys)
    odd = [f"{key.key} {key.state}" for key in keys if key.state not in ("present", "missing")]
    text = f"{present} of {len(keys)} present"
    style = "good" if present == len(keys) else "bad" if odd else "open"
    return tag("span", "; ".join([text, *odd]), class_=f"state {style}")
