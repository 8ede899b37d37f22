"""A topology as SVG: text that can be read aloud, light and dark, equal to the byte each time."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

import attrs

from k8sgen.topology.layers import Link
from k8sgen.topology.layout import PIN_HEIGHT, Box, Drawing, Line, lay_out, pins_width
from k8sgen.topology.model import OUTSIDE, Arrow, Node, Topology

STYLE = files("k8sgen.topology").joinpath("picture.css").read_text("utf-8")
"""The style sheet of the picture, for the page that embeds `figure`."""

_OUTSIDE = "\0outside"  # no service has that name
_HEAD = 22  # the line of the name
_LINE = 16
_PADDING = 12
_NAME_ADVANCE = 8.0  # pixels a character, of the widest monospace fonts at the sizes of picture.css
_TEXT_ADVANCE = 6.7


@attrs.frozen(kw_only=True)
class _Card:
    """What is written in one box."""

    key: str
    name: str
    lines: tuple[str, ...]
    metrics: str = ""
    pins: tuple[str, ...] = ()
    kind: str = "service"

    def box(self) -> Box:
        pins = {pin: _width(pin, _TEXT_ADVANCE) + 14 for pin in self.pins}
        texts = [_width(line, _TEXT_ADVANCE) for line in (*self.lines, self.metrics)]
        inner = max(_width(self.name, _NAME_ADVANCE), *texts, pins_width(pins))
        rows = len(self.lines) + bool(self.metrics)
        height = PIN_HEIGHT // 2 + _HEAD + rows * _LINE + _PADDING
        return Box(name=self.key, width=_even(inner + 2 * _PADDING), height=height, pins=pins)


def to_svg(topology: Topology) -> str:
    """Draw *topology* as a file of its own."""
    style = f"<style>\n{STYLE}</style>"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _svg(topology, style) + "\n"


def figure(topology: Topology, *, narrow: bool = False) -> str:
    """Draw *topology* as an element of a page that has `STYLE`, *narrow* for a phone."""
    return _svg(topology, narrow=narrow)


def _svg(topology: Topology, *head: str, narrow: bool = False) -> str:
    back = topology.returning()
    cards = list(_cards(topology, back))
    drawing = lay_out([card.box() for card in cards], _links(topology, back), narrow=narrow)
    size = f'width="{drawing.width}" height="{drawing.height}"'
    box = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="topology" role="img" {size} {box}>',
        f"<title>{escape(f'Topology of {topology.environment}')}</title>",
        f"<desc>{escape('; '.join(_sentences(topology)))}.</desc>",
        *head,
        *(_path(line) for line in drawing.lines),
        *(part for card in cards for part in _draw(card, drawing)),
        "</svg>",
    ]
    return "\n".join(parts)


def _sentences(topology: Topology) -> Iterator[str]:
    if topology.urls:
        yield f"open to the outside: {', '.join(topology.urls)}"
    for user, used in topology.uses():
        yield f"{user} uses {', '.join(used)}"


def _cards(topology: Topology, back: frozenset[Arrow]) -> Iterator[_Card]:
    if topology.entries:
        yield _Card(key=_OUTSIDE, name=OUTSIDE, lines=topology.urls, kind="outside")
    for node in topology.nodes:
        keeps = any(each.kind == "StatefulSet" for each in node.running)
        yield _card(node, topology, back, "service keeps" if keeps else "service")
    for node in topology.outside:
        yield _card(node, topology, back, "outside")


def _card(node: Node, topology: Topology, back: frozenset[Arrow], kind: str) -> _Card:
    edges = (edge.port for edge in topology.edges if edge.server == node.name)
    entries = (entry.port for entry in topology.entries if entry.service == node.name)
    written = (e for e in topology.edges if e in back and e.client == node.name)
    return _Card(
        key=node.name,
        name=node.name,
        lines=(*node.lines(), *(f"uses {edge.server} ({edge.port})" for edge in written)),
        metrics=node.metrics(),
        pins=tuple(dict.fromkeys(map(str, [*entries, *edges]))),
        kind=kind,
    )


def _links(topology: Topology, back: frozenset[Arrow]) -> list[Link]:
    """Return the lines to draw; an edge that would close a circle is written in its client."""
    entries = (Link(_OUTSIDE, entry.service, str(entry.port)) for entry in topology.entries)
    edges = (Link(e.client, e.server, str(e.port)) for e in topology.edges if e not in back)
    return [*dict.fromkeys(entries), *dict.fromkeys(edges)]


def _path(line: Line) -> str:
    (x, y), (end_x, end_y) = line.start, line.end
    middle = (line.bend + end_y) // 2
    curve = f"C{x} {middle} {end_x} {middle} {end_x} {end_y}"
    return f'<path class="edge" d="M{x} {y}V{line.bend}{curve}"/>'


def _draw(card: _Card, drawing: Drawing) -> Iterator[str]:
    box = card.box()
    left, top = drawing.corners[card.key]
    x, y = left + box.width // 2, top + PIN_HEIGHT // 2 + _HEAD
    yield f'<g class="{card.kind}">'
    radius = box.height // 2 if card.kind == "outside" else 8
    size = f'width="{box.width}" height="{box.height}" rx="{min(radius, 24)}"'
    yield f'<rect class="box" x="{left}" y="{top}" {size}/>'
    yield _text("name", card.name, x, y)
    for line in card.lines:
        y += _LINE
        yield _text("line", line, x, y)
    if card.metrics:
        yield _text("metrics", card.metrics, x, y + _LINE)
    yield "</g>"
    for pin in card.pins:
        yield from _pin(pin, box.pins[pin], *drawing.pins[card.key, pin])


def _pin(pin: str, width: int, x: int, y: int) -> Iterator[str]:
    yield f'<path class="tip" d="M{x - 4} {y - 6}H{x + 4}L{x} {y}Z"/>'
    size = f'width="{width}" height="{PIN_HEIGHT}" rx="{PIN_HEIGHT // 2}"'
    yield f'<rect class="pin" x="{x - width // 2}" y="{y}" {size}/>'
    yield _text("port", pin, x, y + 14)


def _text(kind: str, text: str, x: int, y: int) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _width(text: str, advance: float) -> int:
    return round(len(text) * advance)


def _even(number: int) -> int:
    return number + number % 2
