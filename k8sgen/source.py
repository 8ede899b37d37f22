"""Where in the user's files something was written or went wrong."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from pathlib import Path
from types import FrameType

from k8sgen.errors import Location

_LIBRARY = str(Path(__file__).parent)
_FOREIGN = (_LIBRARY, "<", sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


def _is_users(file: str) -> bool:
    return not file.startswith(_FOREIGN) and "site-packages" not in file


def callers() -> tuple[Location, ...]:
    """
    Give the user's lines that led here, the innermost first.
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
    Give the innermost line below *root* that *error* passed through.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return Location(_relative(Path(error.filename), root), error.lineno or 1)
    steps = traceback.extract_tb(error.__traceback__)
    lines = tuple(Location(Path(s.filename), s.lineno or 1) for s in steps if _is_users(s.filename))
    inside = within(lines, root)
    return inside[-1] if inside else None


def _relative(file: Path, root: Path) -> Path:
    return file.relative_to(root) if file.is_relative_to(root) else file


def within(trace: tuple[Location, ...], root: Path) -> tuple[Location, ...]:
    """Keep the places below *root*, and name their files as seen from there."""
    return tuple(
        Location(place.file.relative_to(root), place.line)
        for place in trace
        if place.file.is_relative_to(root)
    )
