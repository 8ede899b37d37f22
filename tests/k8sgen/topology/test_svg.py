"""The SVG: well-formed, self-contained, readable by machines and people."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given

from k8sgen.project.compose import Composition
from k8sgen.topology import Topology, figure, to_svg, topology
from tests.k8sgen.topology.pictures import HOSTILE, hostile, topologies

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[3]


def texts(svg: str) -> list[str]:
    """Return all that is written in the drawing."""
    root = ElementTree.fromstring(svg.encode())  # noqa: S314 - our own
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


@given(drawn=topologies())
def test_it_is_well_formed_and_names_every_service(drawn: Topology) -> None:
    """An XML parser reads it, and each service is a text in it."""
    assert {node.name for node in drawn.nodes} <= set(texts(to_svg(drawn)))


def test_every_port_and_host_is_written(compositions: Mapping[str, Composition]) -> None:
    """The port of each edge stands at its end, each host in the box of the outside."""
    drawn = topology(compositions["production"])
    written = texts(to_svg(drawn))
    assert {str(e.port) for e in drawn.edges} <= set(written)
    assert set(drawn.urls) <= set(written)


def test_hostile_names_stay_text() -> None:
    """What looks like markup is escaped, and comes out of a parser as it was."""
    svg = to_svg(hostile())
    assert set(HOSTILE) <= set(texts(svg))
    assert "<script" not in svg


def test_it_refers_to_nothing(compositions: Mapping[str, Composition]) -> None:
    """Neither fonts, images, links nor scripts are loaded, so it can be shown anywhere."""
    svg = to_svg(topology(compositions["production"]))
    root = ElementTree.fromstring(svg.encode())  # noqa: S314 - our own
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names == {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
    assert "url(" not in svg
    assert "@import" not in svg


def test_it_can_be_read_aloud(compositions: Mapping[str, Composition]) -> None:
    """Its title names the environment, and its description every edge."""
    drawn = topology(compositions["production"])
    for svg in (figure(drawn), figure(drawn, narrow=True)):
        root = ElementTree.fromstring(svg.encode())  # noqa: S314 - our own
        assert root.get("role") == "img"
        assert root.findtext(f"{SVG}title") == "Topology of production"
        said = root.findtext(f"{SVG}desc") or ""
        assert all(f"{e.server} ({e.port})" in said for e in drawn.edges)


def test_it_is_the_same_whatever_the_hash_seed() -> None:
    """Two processes with other hash seeds draw the same bytes."""
    program = (
        "from tests.k8sgen.topology.pictures import hostile\n"
        "from k8sgen.topology import to_mermaid, to_svg\n"
        "print(to_svg(hostile()), to_mermaid(hostile()))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1
