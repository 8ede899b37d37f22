"""The Mermaid text: its structure, and that no name can break out of a label."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given

from k8sgen.project.compose import Composition
from k8sgen.topology import Topology, to_mermaid, topology
from tests.k8sgen.topology.pictures import HOSTILE, hostile, topologies

ID = r"service_[A-Za-z0-9_]+|outside"
LABEL = r"(?:[A-Za-z0-9 .,:/*_-]|#[0-9]+;|</?[bi]>|<br/>)+"
LINE = re.compile(
    rf'  (?:(?P<node>{ID})(?:\["{LABEL}"\]|\(\["{LABEL}"\]\))'
    rf'|(?P<source>{ID}) (?:-->|==>)\|"{LABEL}"\| (?P<target>{ID}))'
)


def check(text: str) -> None:
    """Check that each line is a node or an edge between nodes."""
    first, *lines = text.splitlines()
    assert first == "flowchart TB"
    matches = [LINE.fullmatch(line) for line in lines]
    assert all(matches)
    nodes = [m["node"] for m in matches if m and m["node"]]
    ends = {end for m in matches if m and not m["node"] for end in (m["source"], m["target"])}
    assert len(nodes) == len(set(nodes))
    assert ends <= set(nodes)


@given(drawn=topologies())
def test_each_line_is_a_node_or_an_edge(drawn: Topology) -> None:
    """Whatever the services are called, there is one node each and one line an edge."""
    text = to_mermaid(drawn)
    check(text)
    assert text.count("-->") == len(drawn.edges)
    assert text.count("==>") == len(drawn.entries)


@pytest.mark.parametrize("environment", ["base", "staging", "production"])
def test_environments_are_drawn(environment: str, compositions: Mapping[str, Composition]) -> None:
    """Each has all of its services."""
    drawn = topology(compositions[environment])
    text = to_mermaid(drawn)
    check(text)
    assert all(f"<b>{node.name}</b>" in text for node in drawn.nodes)


def test_hostile_names_are_written_by_number() -> None:
    """Nothing that Mermaid or HTML could read is left of them, and no two share an id."""
    text = to_mermaid(hostile())
    check(text)
    assert "<script" not in text
    assert len(re.findall(rf"^  ({ID})\[", text, re.MULTILINE)) == len(HOSTILE)
