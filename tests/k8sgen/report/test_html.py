"""Elements: what is not HTML already is escaped, wherever it stands."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from k8sgen.report.html import Markup, breakable, join, tag


class Reader(HTMLParser):
    """Collects what a parser makes of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data = ""
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)
        self.close()

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self.data += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect elements and attributes."""
        self.tags.append(tag)
        self.attributes.update(attrs)


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"))


@given(text=PLAIN)
def test_text_comes_out_of_a_parser_as_it_was(text: str) -> None:
    """No text makes an element, neither as content nor in an attribute."""
    read = Reader(tag("b", text, title=text))
    assert read.tags == ["b"]
    assert read.data == text
    assert read.attributes == {"title": text}


def test_elements_are_not_escaped_twice() -> None:
    """Elements stand in each other as they are."""
    assert tag("b", tag("i", "<"), "&") == "<b><i>&lt;</i>&amp;</b>"
    assert join(Markup("<hr>"), "<hr>", None, 3, by=" ") == "<hr> &lt;hr&gt; 3"


def test_attributes_are_there_or_not() -> None:
    """True is an attribute without a value; False and None are none."""
    made = tag("input", type="radio", checked=True, name=None, disabled=False, aria_label="x")
    assert made == '<input type="radio" checked aria-label="x">'


@given(text=PLAIN)
def test_a_name_that_may_break_is_the_same_name(text: str) -> None:
    """Only places to break are added."""
    read = Reader(breakable(text, "/."))
    assert read.data == text
    assert set(read.tags) <= {"wbr"}
