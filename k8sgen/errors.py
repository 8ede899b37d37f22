"""The errors that users see; they carry data and build their text in `__str__`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs


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
    Something that the user can put right; the command line shows it without a traceback.

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
    """Give the hint that names what *name* is most like; empty where nothing is."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """Give the hint that names what *name* is most like, or else all that there is."""
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
    """What was computed does not come out as the classes say; nothing was written."""


class Problems(K8sgenError):
    """Several errors that were found together and are reported at once."""

    def __init__(self, problems: Sequence[K8sgenError]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
