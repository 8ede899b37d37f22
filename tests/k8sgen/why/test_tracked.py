"""Values that remember where they were written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.why.tracked import Number, Source, Text, origins, track

HERE, THERE = Source("here.py", 1), Source("there.py", 2)
TEXT: Any = track("a-b", HERE)
OTHER: Any = track("c", THERE)
NUMBER: Any = track(7, HERE)


@pytest.mark.parametrize(
    ("make", "plain"),
    [
        (lambda: TEXT + OTHER, "a-bc"),
        (lambda: TEXT.join([OTHER, "x"]), "ca-bx"),
        (lambda: track("{}/{}", HERE).format(1, OTHER), "1/c"),
        (lambda: track("%s", HERE) % OTHER, "c"),
        (lambda: TEXT.replace("b", OTHER), "a-c"),
    ],
)
def test_what_is_put_together_remembers_all_parts(make: Callable[[], Any], plain: str) -> None:
    """
    As if it were a plain text, and with the origins of its parts.
    """
    assert make() == plain
    assert set(origins(make())) == {HERE, THERE}


@pytest.mark.parametrize(
    ("make", "plain"),
    [
        (lambda: "x" + TEXT, "xa-b"),
        (TEXT.upper, "A-B"),
        (lambda: TEXT.split("-")[1], "b"),
        (lambda: TEXT[0], "a"),
        (lambda: NUMBER + 1, 8),
        (lambda: 10 - NUMBER, 3),
        (lambda: NUMBER * 2, 14),
        (lambda: format(NUMBER, "03"), "007"),
        (lambda: track(["a"], HERE)[0], "a"),
    ],
)
def test_what_is_made_of_it_remembers_too(make: Callable[[], Any], plain: Any) -> None:
    """
    Whatever is done to a value, its origin stays.
    """
    assert make() == plain
    assert origins(make()) == (HERE,)


def test_it_is_still_a_text_and_a_number() -> None:
    """
    Equality, hashing, JSON and indexing are those of the plain value.
    """
    assert {TEXT: 1}["a-b"] == 1
    assert json.dumps([TEXT, NUMBER]) == '["a-b", 7]'
    assert [0, 1, 2][track(1, HERE)] == 1
    assert (type(TEXT), type(NUMBER)) == (Text, Number)
    assert type(str(TEXT)) is str, "pathlib asks for it"


def test_yaml_writes_the_plain_value() -> None:
    """
    Services write configuration files of tracked values.
    """
    assert to_yaml({TEXT: [NUMBER, TEXT]}) == to_yaml({"a-b": [7, "a-b"]})
    assert yaml.safe_dump({TEXT: [NUMBER]}) == "a-b:\n- 7\n"


@pytest.mark.parametrize("value", [True, None, 1.5, object()])
def test_what_cannot_remember_is_left_alone(value: Any) -> None:
    """
    Only texts and whole numbers are tracked.
    """
    assert track(value, HERE) is value
