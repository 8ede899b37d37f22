"""The errors that users see, and the lines in their files that these name."""

from __future__ import annotations

import difflib
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType

import attrs

_LIBRARY = str(Path(__file__).parent)
_PATHS = map(sysconfig.get_path, ("stdlib", "purelib", "scripts"))
_FOREIGN = (_LIBRARY, "<", *_PATHS)


@attrs.frozen
class Location:
    """
    A place in a user's file.

    Args:
        file: Relative to the project directory where that is possible.
        line: Counted from 1.
    """

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file.as_posix()}:{self.line}"


class K8sgenError(Exception):
    """
    Something that the user can correct; the command line shows it without a traceback.

    Args:
        problem: What is wrong, in one line.
        hint: The next step, in one line.
        location: The user's file and line, or only the file.
    """

    def __init__(
        self, problem: str, *, hint: str = "", location: Location | Path | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        place = self.location.as_posix() if isinstance(self.location, Path) else self.location
        first = f"{place}: {self.problem}" if place else self.problem
        return f"{first}\n{self.hint}" if self.hint else first


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the hint that names what *name* resembles most; empty where nothing is like it."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the hint that names what *name* resembles most, or else all names."""
    names = list(known)
    return did_you_mean(name, names) or f"known: {', '.join(names) or 'none'}"


class UsageError(K8sgenError):
    """The command line asks for what does not exist."""


class ProjectError(K8sgenError):
    """A file of the project (a service, an environment, an override) is wrong."""


class SynthesisError(K8sgenError):
    """A construct could not be built or synthesized."""


class OutputError(K8sgenError):
    """The output folder cannot be written as asked."""


class NotProvedError(K8sgenError):
    """What was computed does not build what the classes describe; nothing was written."""


class Problems(K8sgenError):
    """Several errors that were found together and are reported at once."""

    def __init__(self, problems: Sequence[K8sgenError]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _is_users(file: str) -> bool:
    return not file.startswith(_FOREIGN) and "site-packages" not in file


def callers() -> tuple[Location, ...]:
    """
    Return the user's lines that led here, the innermost first.
    """
    found = []
    frame: FrameType | None = sys._getframe(1)
    while frame:
        if _is_users(frame.f_code.co_filename):
            found.append(Location(Path(frame.f_code.co_filename), frame.f_lineno))
        frame = frame.f_back
    return tuple(found)


def raised_at(error: BaseException, root: Path) -> Location | None:
    """
    Return the innermost line below *root* that *error* passed through.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return Location(_relative(Path(error.filename), root), error.lineno or 1)
    steps = traceback.extract_tb(error.__traceback__)
    lines = tuple(Location(Path(s.filename), s.lineno or 1) for s in steps if _is_users(s.filename))
    inside = within(lines, root)
    return inside[-1] if inside else None


def _relative(file: Path, root: Path) -> Path:
    return file.relative_to(root) if file.is_relative_to(root) else file


def shortened(place: Location, root: Path) -> Location:
    """Name the file of a place as seen from *root*, or the library's as seen from outside it."""
    library = Path(_LIBRARY)
    if place.file.is_relative_to(library):
        return Location(place.file.relative_to(library.parent), place.line)
    return Location(_relative(place.file, root), place.line)


def within(trace: tuple[Location, ...], root: Path) -> tuple[Location, ...]:
    """Keep the places below *root*, and name their files as seen from there."""
    return tuple(
        Location(place.file.relative_to(root), place.line)
        for place in trace
        if place.file.is_relative_to(root)
    )
