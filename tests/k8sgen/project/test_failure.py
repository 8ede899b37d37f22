"""An exception becomes an error at the user's own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8sgen.errors import K8sgenError, Location, ProjectError, UsageError
from k8sgen.project.failure import translated

HERE = Path(__file__)
FOLDER = HERE.parent


def translation(error: BaseException, *trace: Location) -> K8sgenError:
    """
    Raise *error* from code that is not the user's, and give what becomes of it.
    """
    nowhere = FOLDER / "no-project"
    with pytest.raises(K8sgenError) as caught, translated(nowhere, "stack/web", trace):
        raise error
    return caught.value


def test_the_users_innermost_line_is_named() -> None:
    """The library's own lines below it are not."""
    with pytest.raises(ProjectError) as caught, translated(FOLDER, "stack/web"):
        Path("/nowhere/at/all").read_text("utf-8")
    place = caught.value.location
    assert isinstance(place, Location)
    assert place.file == Path(HERE.name)
    assert "read_text" in HERE.read_text("utf-8").splitlines()[place.line - 1]


def test_without_such_a_line_the_trace_is_named() -> None:
    """Where the construct was made that failed."""
    made = Location(FOLDER / "no-project/services/web.py", 12)
    error = translation(ValueError("odd"), made)
    assert str(error) == "services/web.py:12: odd"


def test_without_any_line_the_subject_is_named() -> None:
    """A construct path, an environment, a module."""
    assert str(translation(ValueError("odd"))) == "stack/web: odd"


def test_our_own_errors_pass_as_they_are() -> None:
    """They know their place already."""
    error = UsageError("wrong")
    assert translation(error) is error


def test_interruptions_pass() -> None:
    """They are no fault of the project."""
    with pytest.raises(KeyboardInterrupt), translated(FOLDER, "stack/web"):
        raise KeyboardInterrupt


@pytest.mark.parametrize("error", [SystemExit(0), SystemExit(1), SystemExit("bye")])
def test_nobody_but_the_command_line_ends_the_program(error: SystemExit) -> None:
    """An exit would pass for success."""
    assert translation(error).problem == "stack/web: this ends the program"


def test_the_cause_stays_for_who_debugs() -> None:
    """`--debug` shows it."""
    error = KeyError("x")
    assert translation(error).__cause__ is error


def test_what_node_says_of_its_own_code_is_left_out(tmp_path: Path) -> None:
    """Of a program that cdk8s runs, the error counts; of a list of findings, all of them."""
    import cdk8s  # noqa: PLC0415

    with pytest.raises(K8sgenError) as caught, translated(FOLDER, "stack/web"):
        cdk8s.Include(cdk8s.Chart(cdk8s.App(), "chart"), "x", url=str(tmp_path / "none"))
    assert caught.value.problem == f"unable to determine protocol from url: {tmp_path}/none"
