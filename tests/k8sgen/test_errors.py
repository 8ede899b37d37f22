"""Errors say where, what and what next."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8sgen.errors import K8sgenError, Location, Problems, did_you_mean, suggest


@pytest.mark.parametrize(
    ("location", "hint", "text"),
    [
        (None, "", "wrong"),
        (None, "do this", "wrong\ndo this"),
        (Path("a/b.py"), "", "a/b.py: wrong"),
        (Location(Path("a/b.py"), 3), "do this", "a/b.py:3: wrong\ndo this"),
    ],
)
def test_an_error_is_its_place_problem_and_hint(
    location: Location | Path | None, hint: str, text: str
) -> None:
    """One line, and one more for the hint."""
    assert str(K8sgenError("wrong", location=location, hint=hint)) == text


def test_several_errors_are_reported_as_one() -> None:
    """Each on lines of its own."""
    problems = Problems([K8sgenError("a", hint="x"), K8sgenError("b")])
    assert str(problems) == "a\nx\nb"


def test_the_nearest_name_is_suggested() -> None:
    """Or all of them, where none is near."""
    known = ["production", "staging"]
    assert suggest("prodution", known) == "did you mean 'production'?"
    assert suggest("qa", known) == "known: production, staging"
    assert suggest("qa", []) == "known: none"
    assert did_you_mean("qa", known) == ""
