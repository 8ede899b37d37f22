"""Places in files: the user's own count, those of the library and of Python do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from k8sgen.errors import Location, callers, raised_at, within
from tests.stacks import Settings, Web, composed

HERE = Path(__file__)


def line_of(text: str) -> int:
    """
    Find the one line of this file that holds *text*.
    """
    lines = HERE.read_text("utf-8").splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if text in line and "line_of" not in line]
    return number


def here() -> tuple[Location, ...]:
    """
    Ask for the callers.
    """
    return callers()  # the innermost


def test_callers_come_innermost_first() -> None:
    """The function that asks, then who called it."""
    places = here()  # the outer
    lines = [place.line for place in places if place.file == HERE]
    assert lines[:2] == [line_of("# the innermost"), line_of("# the outer")]


def test_installed_packages_and_python_itself_are_not_the_users() -> None:
    """pytest, which called this, is not one of theirs."""
    assert all("site-packages" not in str(p.file) and "<" not in str(p.file) for p in callers())


def test_a_manifest_knows_the_line_that_made_it() -> None:
    """In the service, not in the library that helped."""
    composition = composed(lambda stack: Web(stack, Settings()).deployment())
    (resource,) = [r for r in composition.resources if r.body["kind"] == "Deployment"]
    assert resource.trace[0].file == Path("tests/stacks.py")
    assert resource.trace[1].file == HERE.relative_to(HERE.parents[2])


def test_the_innermost_line_below_the_root_is_where_an_error_was_raised() -> None:
    """Functions of Python that were called from there are left out."""

    def fail(function: Callable[[], object]) -> BaseException:
        try:
            function()
        except ValueError as error:
            return error
        raise AssertionError

    error = fail(lambda: Path("\0").stat())  # it fails here
    assert raised_at(error, HERE.parent) == Location(Path(HERE.name), line_of("# it fails here"))
    assert raised_at(error, HERE.parent / "elsewhere") is None


def test_a_syntax_error_is_where_it_stands() -> None:
    """Not where the import stands."""
    error = SyntaxError("wrong", (str(HERE.parent / "x.py"), 7, 1, "!", 7, 2))
    assert raised_at(error, HERE.parent) == Location(Path("x.py"), 7)


def test_places_are_named_as_seen_from_the_root() -> None:
    """Those outside are left out."""
    places = (Location(Path("/a/b.py"), 1), Location(Path("/c.py"), 2))
    assert within(places, Path("/a")) == (Location(Path("b.py"), 1),)
    assert str(within(places, Path("/a"))[0]) == "b.py:1"
