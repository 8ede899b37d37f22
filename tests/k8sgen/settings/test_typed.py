"""A value of another type than its annotation is refused, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.settings.typed import check_fields, misfit


class Likeness(Protocol):
    """Only a type checker tells who is like it."""

    size: int


@attrs.frozen
class Inner:
    """A value in a value."""

    size: int = 1


@attrs.frozen
class Outer:
    """A value of many types."""

    name: str = ""
    inner: Inner = Inner()
    names: Sequence[str] = ()
    sizes: Mapping[str, int | None] = attrs.field(factory=dict)


@pytest.mark.parametrize(
    ("value", "kind", "problem"),
    [
        ("3", int, "'3' is a string, not a whole number"),
        (3, str, "3 is a whole number, not a string"),
        (True, int, "True is a boolean, not a whole number"),
        (1.5, int, "1.5 is a number, not a whole number"),
        (None, str, "a string is required"),
        (3, str | None, "3 is a whole number, not a string"),
        (1.5, int | str, "1.5 is a number, not a whole number or a string"),
        (
            1.5,
            int | str | bool | None,
            "1.5 is a number, not a whole number, a string or a boolean",
        ),
        ("x", Literal["a", "b"], "'x' is not 'a' or 'b'"),
        ("ab", Sequence[str], "'ab' is a string, not a list"),
        (["a", 1], Sequence[str], "1 is a whole number, not a string"),
        (["a", 1], tuple[str, ...] | None, "1 is a whole number, not a string"),
        ({"a": "b"}, Mapping[str, int], "a: 'b' is a string, not a whole number"),
        ({1: 2}, Mapping[str, int], "1 is a whole number, not a string"),
        ([], Mapping[str, int], "[] is a list, not a mapping"),
        (Inner(), Outer, "this is an Inner, not an Outer"),
        (Outer(), int, "this is an Outer, not a whole number"),
        ("x" * 99, int, f"'{'x' * 58}… is a string, not a whole number"),
    ],
)
def test_a_misfit_is_said_in_words(value: Any, kind: Any, problem: str) -> None:
    """What it is, and what is expected."""
    assert misfit(value, kind) == problem


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (3, float),
        (None, str | None),
        (["a"], tuple[str, ...]),
        (("a",), list[str]),
        ({"a": None}, Mapping[str, int | None]),
        ("a", Literal["a"] | None),
        (Inner(), Inner | None),
        (object(), Any),
        (object(), Likeness),
        (3, Annotated[int, "read by something else"]),
        (print, Callable[[], None]),
    ],
)
def test_what_fits_or_cannot_be_judged_passes(value: Any, kind: Any) -> None:
    """The check never refuses what a type checker would accept."""
    assert misfit(value, kind) is None


@given(st.from_type(Outer))
def test_a_value_of_its_types_passes(value: Outer) -> None:
    """Whatever hypothesis makes of the annotations fits them."""
    check_fields(value)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (Outer(name=1), "name: 1 is a whole number, not a string"),  # type: ignore[arg-type]
        (Outer(inner=Inner("1")), "inner: size: '1' is a string, not a whole number"),  # type: ignore[arg-type]
    ],
)
def test_the_field_is_named(value: Outer, problem: str) -> None:
    """Also in a value in a value."""
    with pytest.raises(ValueError, match=f"^{problem}$"):
        check_fields(value)
