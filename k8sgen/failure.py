"""What an exception in the user's code, or below it, means to the user."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from k8sgen.errors import K8sgenError, Location, ProjectError, SynthesisError
from k8sgen.source import raised_at, within

_MISSING = re.compile(r"(\w+)\.__init__\(\) missing \d+ required .*?arguments?: (.+)")
_UNKNOWN = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'(.*)")


def translate(
    error: Exception, root: Path, subject: str, trace: tuple[Location, ...] = ()
) -> K8sgenError:
    """
    Give the error that a user understands, placed at the user's line.

    Args:
        subject: What was being made: a construct path, an environment, a file.
        trace: Where it was made, for errors that passed through none of the user's lines.
    """
    place = raised_at(error, root) or next(iter(within(trace, root)), None)
    for explain in (_none, _missing_argument, _unknown_argument, _syntax, _jsii):
        found = explain(error)
        if found:
            kind, problem, hint = found
            return kind(problem, hint=hint, location=place)
    name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    problem = f"{name}{error}" if place else f"{subject}: {name}{error}"
    hint = "put the value right" if isinstance(error, ValueError) else "--debug shows the traceback"
    return ProjectError(problem, hint=hint, location=place)


Explained = tuple[type[K8sgenError], str, str] | None


def _none(error: Exception) -> Explained:
    if isinstance(error, AttributeError) and error.name and error.obj is None:
        problem = f"what should have .{error.name} is None: its service is left out here"
        return ProjectError, problem, "give the environment that service, or leave out this one too"
    return None


def _missing_argument(error: Exception) -> Explained:
    match = _MISSING.search(str(error)) if isinstance(error, TypeError) else None
    if not match:
        return None
    names = re.findall(r"'(\w+)'", match[2])
    hint = "pass " + ", ".join(f"{name}=…" for name in names) + " where it is made"
    return ProjectError, f"{match[1]} is not given {', '.join(names)}", hint


def _unknown_argument(error: Exception) -> Explained:
    match = _UNKNOWN.search(str(error)) if isinstance(error, TypeError) else None
    if not match:
        return None
    hint = match[3].strip(". ") or f"look at the fields of {match[1]}"
    return ProjectError, f"{match[1]} has no setting {match[2]!r}", hint


def _syntax(error: Exception) -> Explained:
    if isinstance(error, SyntaxError):
        return ProjectError, f"{type(error).__name__}: {error.msg}", "put the Python syntax right"
    return None


def _jsii(error: Exception) -> Explained:
    if not _is_jsii(error):
        return None
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    problem = re.sub(r"^(@jsii/kernel\.\w+: )?((Runtime)?Error: )*", "", first)
    return SynthesisError, problem, "put right what the construct is given"


def _is_jsii(error: Exception) -> bool:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return "jsii" in Path(last.filename).parts and isinstance(error, RuntimeError)
