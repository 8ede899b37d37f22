"""HTML elements whose text and attributes are always escaped."""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | int | Markup | None
_VOID = frozenset({"input", "meta", "wbr"})
_OWN_LINE = frozenset(
    {"body", "dd", "div", "figcaption", "h1", "h2", "h3", "head", "header", "label", "li", "meta"}
    | {"nav", "p", "section", "style", "table", "tbody", "td", "thead", "title", "tr", "ul"}
)
"""What ends a line, so that a change shows as changed lines."""


def tag(element: str, /, *children: Content, **attributes: str | bool | None) -> Markup:
    """
    Make one element.

    Args:
        children: What is not `Markup` is escaped; a `None` is left out.
        attributes: `class_` and `for_` for what Python reserves, `_` for `-`; `True` is an
            attribute without a value, and `None` or `False` none at all.
    """
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    rest = "" if element in _VOID else f"{join(*children)}</{element}>"
    end = "\n" if element in _OWN_LINE else ""
    return Markup(f"<{element}{opening}>{rest}{end}")


def join(*parts: Content, by: str = "") -> Markup:
    """Put *parts* one after the other, escaped where they have to be."""
    return Markup(by.join(_text(part) for part in parts if part is not None))


def breakable(text: str, after: str) -> Markup:
    """Let a long name break after some characters."""
    found = escape(text)
    for mark in after:
        found = found.replace(mark, f"{mark}<wbr>")
    return Markup(found)


def _text(part: Content) -> str:
    return part if isinstance(part, Markup) else escape(str(part))


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
