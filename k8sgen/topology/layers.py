"""Which layer of a drawing each box is in, and in which order; without coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import attrs


@attrs.frozen
class Link:
    """A line from one box to a pin of another."""

    source: str
    target: str
    pin: str


@attrs.frozen
class Lane:
    """Where the lines to one pin pass through a layer that lies between, as a single line."""

    target: str
    pin: str
    layer: int


Item = str | Lane


@attrs.frozen
class Segment:
    """A part of a line, between one layer and the next."""

    upper: Item
    lower: Item
    pin: str


@attrs.frozen(kw_only=True)
class Layers:
    """
    The boxes and lanes from top to bottom, each layer from left to right.
    """

    rows: tuple[tuple[Item, ...], ...]
    segments: tuple[Segment, ...]


_SWEEPS = 12


def make_layers(boxes: Sequence[str], links: Sequence[Link], *, narrow: bool = False) -> Layers:
    """
    Put each box below all that have a line to it, and order the layers so that few lines cross.

    The lines to one pin run together from the first layer on that they share.

    Args:
        links: Without a circle.
        narrow: Put only one box in each layer.

    Source:
        Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures
        (1981); longest-path layers, barycentre ordering.
    """
    depth = _depths(boxes, links)
    if narrow:
        depth = {box: n for n, box in enumerate(sorted(boxes, key=depth.__getitem__))}
    segments = _segments(links, depth)
    rows: list[list[Item]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for box in boxes:
        rows[depth[box]].append(box)
    lanes = dict.fromkeys(s.lower for s in segments if isinstance(s.lower, Lane))
    for lane in lanes:
        rows[lane.layer].append(lane)
    ordered = _order(rows, segments)
    return Layers(rows=tuple(map(tuple, ordered)), segments=tuple(segments))


def _depths(boxes: Iterable[str], links: Sequence[Link]) -> dict[str, int]:
    depth = dict.fromkeys(boxes, 0)
    for _ in range(len(depth)):  # the longest path has no more steps than that
        for link in links:
            depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    return depth


def _segments(links: Iterable[Link], depth: Mapping[str, int]) -> list[Segment]:
    found: dict[Segment, None] = {}
    for link in links:
        between = range(depth[link.source] + 1, depth[link.target])
        lanes = [Lane(link.target, link.pin, layer) for layer in between]
        way: list[Item] = [link.source, *lanes, link.target]
        for upper, lower in pairwise(way):
            found[Segment(upper, lower, link.pin)] = None
    return list(found)


def _order(rows: list[list[Item]], segments: Sequence[Segment]) -> list[list[Item]]:
    """Sweep down and up, sorting each layer by the mean place of its neighbours; keep the best."""
    above = _neighbours((s.lower, s.upper) for s in segments)
    below = _neighbours((s.upper, s.lower) for s in segments)
    best, fewest = rows, crossings(rows, segments)
    for sweep in range(_SWEEPS):
        neighbours = below if sweep % 2 else above
        indices = range(len(rows))
        for index in reversed(indices) if sweep % 2 else indices:
            rows = [*rows[:index], _sorted(rows, index, neighbours), *rows[index + 1 :]]
        count = crossings(rows, segments)
        if count < fewest:
            best, fewest = rows, count
    return best


def _sorted(
    rows: Sequence[Sequence[Item]], index: int, neighbours: Mapping[Item, Sequence[Item]]
) -> list[Item]:
    """Sort a layer by the mean place of the neighbours; what has none stays where it is."""
    place = {item: n for row in rows for n, item in enumerate(row)}
    means = {
        item: sum(place[n] for n in neighbours[item]) / len(neighbours[item])
        for item in rows[index]
        if item in neighbours
    }
    movable = iter(sorted(means, key=means.__getitem__))
    return [next(movable) if item in means else item for item in rows[index]]


def crossings(rows: Sequence[Sequence[Item]], segments: Sequence[Segment]) -> int:
    """Count the pairs of segments that cross."""
    place = {item: n for row in rows for n, item in enumerate(row)}
    layer = {item: n for n, row in enumerate(rows) for item in row}
    ends: dict[int, list[tuple[int, int]]] = {}
    for segment in segments:
        pair = place[segment.upper], place[segment.lower]
        ends.setdefault(layer[segment.upper], []).append(pair)
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for between in ends.values()
        for one, other in combinations(between, 2)
    )


def _neighbours(pairs: Iterable[tuple[Item, Item]]) -> dict[Item, list[Item]]:
    found: dict[Item, list[Item]] = {}
    for item, neighbour in pairs:
        found.setdefault(item, []).append(neighbour)
    return found
