"""A topology as Mermaid text, which GitHub and many editors show as a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8sgen.topology.model import OUTSIDE, Entry, Node, Topology

_PLAIN = re.compile(r"[A-Za-z0-9 .,:/*_-]")


def to_mermaid(topology: Topology) -> str:
    """
    Write *topology* as a Mermaid flowchart.

    Source:
        https://mermaid.js.org/syntax/flowchart.html
    """
    return "".join(f"{line}\n" for line in _lines(topology))


def _lines(topology: Topology) -> Iterator[str]:
    ids = _ids(topology)
    yield "flowchart TB"
    if topology.entries:
        yield f'  outside(["{_label(OUTSIDE, *topology.urls)}"])'
    for node in topology.nodes:
        yield f'  {ids[node.name]}["{_node(node)}"]'
    for node in topology.outside:
        yield f'  {ids[node.name]}(["{_node(node)}"])'
    for entry in topology.entries:
        yield _entry(entry, ids[entry.service])
    for edge in topology.edges:
        client, server = ids[edge.client], ids[edge.server]
        yield f'  {client} -->|"{_escape(str(edge.port))}"| {server}'


def _ids(topology: Topology) -> dict[str, str]:
    """Return an id for each service without Mermaid's keywords and special characters."""
    ids: dict[str, str] = {}
    for node in (*topology.nodes, *topology.outside):
        name = "service_" + re.sub(r"[^A-Za-z0-9]", "_", node.name)
        while name in ids.values():
            name += "_"
        ids[node.name] = name
    return ids


def _entry(entry: Entry, target: str) -> str:
    return f'  outside ==>|"{_escape(str(entry.port))}"| {target}'


def _node(node: Node) -> str:
    metrics = f"<br/><i>{_escape(node.metrics())}</i>" if node.scraped else ""
    return _label(node.name, *node.lines()) + metrics


def _label(name: str, *lines: str) -> str:
    return "<br/>".join([f"<b>{_escape(name)}</b>", *map(_escape, lines)])


def _escape(text: str) -> str:
    """Escape what means something to Mermaid or HTML by its number."""
    return "".join(c if _PLAIN.fullmatch(c) else f"#{ord(c)};" for c in text)
