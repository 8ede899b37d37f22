"""A ConfigMap is the texts of some files."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stacks import Settings, Web, composed, found

DOCUMENT = st.dictionaries(
    st.text("abc", min_size=1), st.booleans() | st.integers() | st.text("yn01e:"), min_size=1
)


def data(files: dict[str, Any]) -> dict[str, str]:
    """
    Compose a ConfigMap of *files* and give its data.
    """
    made = found(composed(lambda stack: Web(stack, Settings()).config(files)), "ConfigMap")["data"]
    assert all(isinstance(text, str) for text in made.values())
    return dict(made)


@given(document=DOCUMENT)
@settings(max_examples=25)
def test_what_is_no_text_is_written_by_the_suffix(document: dict[str, Any]) -> None:
    """As JSON or as YAML, and reads back as the same."""
    made = data({"a.json": document, "a.yaml": document})
    assert json.loads(made["a.json"]) == document
    assert yaml.safe_load(made["a.yaml"]) == document


def test_a_text_stays_as_it_is() -> None:
    """Whatever the suffix."""
    assert data({"a.json": "{ }", "b.conf": "x\n"}) == {"a.json": "{ }", "b.conf": "x\n"}


def test_a_file_may_be_written_when_all_services_are_there() -> None:
    """By a function, which may also leave it out."""
    assert data({"a": lambda: "late", "b": lambda: None}) == {"a": "late"}


def test_a_checksum_is_of_the_contents() -> None:
    """Not of the order, nor of how they were made."""

    def checksum(files: dict[str, Any]) -> str:
        made: list[str] = []
        composed(lambda stack: made.append(Web(stack, Settings()).config(files).checksum()))
        return made[0]

    one = checksum({"a": "x", "b": "y"})
    assert one == checksum({"b": lambda: "y", "a": "x"})
    assert one != checksum({"a": "x", "b": "z"})
    assert one != checksum({"a": "y", "b": "x"})
