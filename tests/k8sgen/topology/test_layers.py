"""Layers: which box stands above which, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given

from k8sgen.topology import Topology
from k8sgen.topology.layers import Item, Link, Segment, crossings, make_layers
from tests.k8sgen.topology.pictures import topologies


def links_of(topology: Topology) -> list[Link]:
    """Return the lines between the services."""
    return [Link(e.client, e.server, str(e.port)) for e in topology.edges]


@pytest.mark.parametrize("narrow", [False, True])
@given(drawn=topologies())
def test_every_line_goes_one_layer_down(narrow: bool, drawn: Topology) -> None:
    """Each segment joins two neighbouring layers, and every box is in exactly one."""
    names = [node.name for node in drawn.nodes]
    layers = make_layers(names, links_of(drawn), narrow=narrow)
    layer = {item: n for n, row in enumerate(layers.rows) for item in row}
    boxes = [item for row in layers.rows for item in row if isinstance(item, str)]
    assert sorted(boxes) == sorted(names)
    assert all(layer[s.lower] == layer[s.upper] + 1 for s in layers.segments)
    if narrow:
        assert all(sum(isinstance(i, str) for i in row) == 1 for row in layers.rows)


@given(drawn=topologies())
def test_every_link_can_be_followed_to_its_pin(drawn: Topology) -> None:
    """From the source, the segments of a pin lead to its box and nowhere else."""
    links = links_of(drawn)
    segments = make_layers([node.name for node in drawn.nodes], links).segments
    for link in links:
        ends: set[Item] = {link.source}
        while ends != {link.target}:
            ends = {s.lower for s in segments if s.upper in ends and _leads_to(s, link)}
            assert len(ends) == 1


def _leads_to(segment: Segment, link: Link) -> bool:
    target = segment.lower if isinstance(segment.lower, str) else segment.lower.target
    return (target, segment.pin) == (link.target, link.pin)


def test_lines_do_not_cross_where_they_need_not() -> None:
    """Boxes swap places until the lines run side by side."""
    links = [Link("top", "b", ""), Link("top", "a", ""), Link("a", "y", ""), Link("b", "x", "")]
    layers = make_layers(["top", "a", "b", "x", "y"], links)
    assert crossings([["top"], ["a", "b"], ["x", "y"]], layers.segments) == 1
    assert crossings(layers.rows, layers.segments) == 0


def test_lines_to_one_pin_share_a_lane() -> None:
    """Two lines that pass the same layer on their way to the same pin pass it as one."""
    links = [
        Link("one", "middle", "p"),
        Link("middle", "last", "p"),
        Link("one", "last", "p"),
        Link("other", "last", "p"),
        Link("other", "middle", "p"),
    ]
    layers = make_layers(["one", "other", "middle", "last"], links)
    assert len(layers.rows[1]) == 2
