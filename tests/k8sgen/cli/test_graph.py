"""`graph`: how the services of one environment are connected."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from tests.projects import run


def test_it_prints_mermaid_unless_told(synthesized: Path) -> None:
    """The edge of the stack is a line of it."""
    ran = run(synthesized, "graph", "staging")
    assert ran.status == 0
    assert ran.out.startswith("flowchart TB\n")
    assert '  service_web -->|"redis 6379"| service_cache\n' in ran.out


def test_it_prints_svg(synthesized: Path) -> None:
    """A whole document, which an XML parser reads."""
    ran = run(synthesized, "graph", "staging", "--format", "svg")
    root = ElementTree.fromstring(ran.out.encode())  # noqa: S314 - our own
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Topology of staging"


def test_it_prints_json(synthesized: Path) -> None:
    """Nodes, edges and what is open to the outside."""
    found = json.loads(run(synthesized, "graph", "staging", "--json").out)
    assert [node["name"] for node in found["nodes"]] == ["cache", "web"]
    assert [(edge["client"], edge["server"]) for edge in found["edges"]] == [("web", "cache")]
    (entry,) = found["entries"]
    assert (entry["service"], entry["urls"]) == ("web", ["http://www.example.localhost"])


def test_an_environment_that_is_not_there_is_named(synthesized: Path) -> None:
    """With the one that is meant."""
    ran = run(synthesized, "graph", "stagign")
    assert ran.status == 2
    assert "did you mean 'staging'?" in ran.err
