"""The layout: nothing overlaps, whatever is drawn."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.topology.layers import Link
from k8sgen.topology.layout import PIN_HEIGHT, Box, lay_out, spread
from k8sgen.topology.model import Topology
from tests.k8sgen.topology.pictures import topologies

Rectangle = tuple[int, int, int, int]


def boxes_of(topology: Topology) -> list[Box]:
    """Make boxes of odd and even sizes, with the pins that edges end at."""
    return [
        Box(
            name=node.name,
            width=270 + 2 * len(node.name),
            height=50 + len(node.name),
            pins={str(e.port): 80 for e in topology.edges if e.server == node.name},
        )
        for node in topology.nodes
    ]


@pytest.mark.parametrize("narrow", [False, True])
@given(drawn=topologies())
def test_nothing_overlaps(narrow: bool, drawn: Topology) -> None:
    """Boxes stand apart and inside the drawing, and the pins of a box beside each other on it."""
    boxes = boxes_of(drawn)
    links = [Link(e.client, e.server, str(e.port)) for e in drawn.edges]
    drawing = lay_out(boxes, links, narrow=narrow)
    frames = {
        box.name: (x, y, x + box.width, y + box.height)
        for box in boxes
        for x, y in [drawing.corners[box.name]]
    }
    assert not any(_overlap(a, b) for a, b in combinations(frames.values(), 2))
    assert all(x >= 0 and r <= drawing.width for x, _, r, _ in frames.values())
    assert all(y >= 0 and b <= drawing.height for _, y, _, b in frames.values())
    for (name, pin), (x, y) in drawing.pins.items():
        left, top, right, _ = frames[name]
        assert left < x - 40 < x + 40 < right
        assert y == top - PIN_HEIGHT // 2
        others = (at for key, at in drawing.pins.items() if key[0] == name and key[1] != pin)
        assert all(abs(x - other) > 80 for other, _ in others)


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("narrow", [False, True])
@given(drawn=topologies())
def test_no_line_runs_through_a_box(narrow: bool, drawn: Topology) -> None:
    """Lines pass a layer straight down beside its boxes, and bend only between layers."""
    boxes = boxes_of(drawn)
    links = [Link(e.client, e.server, str(e.port)) for e in drawn.edges]
    drawing = lay_out(boxes, links, narrow=narrow)
    for box in boxes:
        left, top = drawing.corners[box.name]
        right, bottom = left + box.width, top + box.height
        for line in drawing.lines:
            (x, y), (_, end) = line.start, line.end
            assert not (left < x < right and y < bottom and line.bend > top)
            assert end <= top or line.bend >= bottom


@given(
    wanted=st.lists(st.floats(-1000, 1000), min_size=1, max_size=12),
    step=st.floats(1, 100),
)
def test_places_are_spread_in_order_and_no_further_than_needed(
    wanted: list[float], step: float
) -> None:
    """They keep their order and distance, and their mean stays where it was wanted."""
    found = spread(wanted, [step] * (len(wanted) - 1))
    assert all(b - a >= step - 1e-6 for a, b in pairwise(found))
    assert sum(found) == pytest.approx(sum(wanted), abs=1e-6)


def test_what_has_room_stays_where_it_is_wanted() -> None:
    """Only neighbours that are too close are pushed apart, both by the same."""
    assert spread([0, 100, 104], [10, 10]) == [0, 97, 107]
