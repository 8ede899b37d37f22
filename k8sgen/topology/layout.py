"""Where boxes, pins and lines are in a drawing, in whole pixels; knows no SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import attrs

from k8sgen.topology.layers import Item, Lane, Layers, Link, Segment, make_layers

MARGIN = 12
PIN_HEIGHT = 20
_BESIDE = 20  # between two boxes
_BESIDE_LANE = 10  # between two lines
_BETWEEN = 52  # between two layers, where the lines bend
_LANE = 8
_PIN_GAP = 6
_SWEEPS = 8


@attrs.frozen(kw_only=True)
class Box:
    """
    What has to be placed.

    Args:
        pins: The width of each, by the name by which links end at it; they stand on the box's
            upper edge.
    """

    name: str
    width: int
    height: int
    pins: Mapping[str, int] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Line:
    """
    Straight down from *start* to the height *bend*, then in a curve to *end*.
    """

    start: tuple[int, int]
    bend: int
    end: tuple[int, int]


@attrs.frozen(kw_only=True)
class Drawing:
    """
    The finished layout.

    Args:
        corners: The left upper one of each box.
        pins: The middle of each pin's upper edge, by box and pin.
    """

    width: int
    height: int
    corners: Mapping[str, tuple[int, int]]
    pins: Mapping[tuple[str, str], tuple[int, int]]
    lines: tuple[Line, ...]


def lay_out(boxes: Sequence[Box], links: Sequence[Link], *, narrow: bool = False) -> Drawing:
    """
    Place *boxes* in layers so that all links point down, and neither boxes nor pins overlap.
    """
    known = {box.name: box for box in boxes}
    layers = make_layers([box.name for box in boxes], links, narrow=narrow)
    middles = _middles(layers, known)
    bands = _bands(layers, known)
    pins = {
        (box.name, pin): (x, bands[box.name][0])
        for box in boxes
        for pin, x in _pins(box, middles, layers).items()
    }
    return Drawing(
        width=max((middles[box.name] + box.width // 2 for box in boxes), default=0) + MARGIN,
        height=max((bottom for _, bottom in bands.values()), default=0) + MARGIN,
        corners={
            box.name: (middles[box.name] - box.width // 2, bands[box.name][0] + PIN_HEIGHT // 2)
            for box in boxes
        },
        pins=pins,
        lines=tuple(_lines(layers, known, middles, bands, pins)),
    )


def _bands(layers: Layers, boxes: Mapping[str, Box]) -> dict[Item, tuple[int, int]]:
    """Return the upper and lower end of each item's layer."""
    bands = {}
    top = MARGIN
    for row in layers.rows:
        tallest = max(boxes[item].height for item in row if isinstance(item, str))
        bottom = top + PIN_HEIGHT // 2 + tallest
        bands.update(dict.fromkeys(row, (top, bottom)))
        top = bottom + _BETWEEN
    return bands


def _middles(layers: Layers, boxes: Mapping[str, Box]) -> dict[Item, int]:
    """Place all items near their neighbours, sweeping down and up, and then near both."""
    above: dict[Item, list[Item]] = {}
    below: dict[Item, list[Item]] = {}
    for segment in layers.segments:
        above.setdefault(segment.lower, []).append(segment.upper)
        below.setdefault(segment.upper, []).append(segment.lower)
    both = {i: above.get(i, []) + below.get(i, []) for row in layers.rows for i in row}
    place = {item: 0.0 for row in layers.rows for item in row}
    for sweep in range(_SWEEPS):
        near = both if sweep > _SWEEPS - 3 else below if sweep % 2 else above
        for row in reversed(layers.rows) if sweep % 2 else layers.rows:
            wanted = [_mean([place[n] for n in near.get(i) or [i]]) for i in row]
            steps = [_step(left, right, boxes) for left, right in pairwise(row)]
            place.update(zip(row, spread(wanted, steps), strict=True))
    left = min((place[b.name] - b.width / 2 for b in boxes.values()), default=0)
    left = min([left, *place.values()])
    return {item: round(x - left) + MARGIN for item, x in place.items()}


def _step(left: Item, right: Item, boxes: Mapping[str, Box]) -> float:
    """Return the least distance between the middles of two neighbours."""
    widths = [boxes[item].width if isinstance(item, str) else _LANE for item in (left, right)]
    lanes = isinstance(left, Lane) and isinstance(right, Lane)
    return sum(widths) / 2 + (_BESIDE_LANE if lanes else _BESIDE)


def spread(wanted: Sequence[float], steps: Sequence[float]) -> list[float]:
    """
    Return the places nearest to *wanted* (by least squares) that are at least *steps* apart.

    Source:
        The pool-adjacent-violators algorithm of isotonic regression.
    """
    offsets = list(accumulate(steps, initial=0.0))
    pools: list[list[float]] = []
    for middle, offset in zip(wanted, offsets, strict=True):
        pools.append([middle - offset])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    starts = [_mean(pool) for pool in pools for _ in pool]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]


def _pins(box: Box, middles: Mapping[Item, int], layers: Layers) -> dict[str, int]:
    """Place the pins side by side, in the order in which lines arrive from left to right."""
    arrivals: dict[str, list[float]] = {pin: [] for pin in box.pins}
    for segment in layers.segments:
        if segment.lower == box.name:
            arrivals[segment.pin].append(middles[segment.upper])
    order = sorted(box.pins, key=lambda pin: _mean(arrivals[pin] or [0]))
    x = middles[box.name] - pins_width(box.pins) // 2
    found = {}
    for pin in order:
        found[pin] = x + box.pins[pin] // 2
        x += box.pins[pin] + _PIN_GAP
    return found


def pins_width(pins: Mapping[str, int]) -> int:
    """Return the width of all pins of a box side by side."""
    return sum(pins.values()) + _PIN_GAP * max(len(pins) - 1, 0)


def _lines(
    layers: Layers,
    boxes: Mapping[str, Box],
    middles: Mapping[Item, int],
    bands: Mapping[Item, tuple[int, int]],
    pins: Mapping[tuple[str, str], tuple[int, int]],
) -> Iterator[Line]:
    def end(segment: Segment) -> tuple[int, int]:
        if isinstance(segment.lower, Lane):
            return middles[segment.lower], bands[segment.lower][0]
        return pins[segment.lower, segment.pin]

    for item, leaving in _leaving(layers).items():
        top, bottom = bands[item]
        ordered = sorted(leaving, key=end)
        for n, segment in enumerate(ordered, 1):
            x, y = middles[item], top
            if isinstance(item, str):
                width = boxes[item].width
                x += round(width * n / (len(ordered) + 1)) - width // 2
                y += PIN_HEIGHT // 2 + boxes[item].height
            yield Line(start=(x, y), bend=bottom, end=end(segment))


def _leaving(layers: Layers) -> dict[Item, list[Segment]]:
    found: dict[Item, list[Segment]] = {}
    for segment in layers.segments:
        found.setdefault(segment.upper, []).append(segment)
    return found


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
