"""What an exception in the user's code, or below it, means to the user."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from k8sgen.errors import (
    K8sgenError,
    Location,
    ProjectError,
    SynthesisError,
    did_you_mean,
    raised_at,
    suggest,
    within,
)
from k8sgen.settings.overrides import CONFLICT
from k8sgen.tools import node

DEBUG_HINT = "--debug shows the traceback"

_MISSING = re.compile(r"([\w.]+)\(\) missing \d+ required .*?arguments?: (.+)")
_UNKNOWN = re.compile(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'")
_UNBOUND = re.compile(r"cannot access (?:local|free) variable '(\w+)'")
_UNCONVERTIBLE = re.compile(r"Don't know how to convert object to JSON: <([\w.]+) object")
_NOT_IN = re.compile(r"cannot import name '(\w+)' from (partially initialized module )?'([\w.]+)'")

Explained = tuple[type[K8sgenError], str, str] | None


@contextmanager
def translated(root: Path, subject: str, trace: tuple[Location, ...] = ()) -> Iterator[None]:
    """
    Turn what the user's code raises into an error that users understand, at their line.

    Args:
        subject: What is being made: a construct path, an environment, a file.
        trace: Where it was made, for errors that pass through none of the user's lines.

    Raises:
        K8sgenError: In place of any other exception.
    """
    try:
        yield
    except K8sgenError as error:
        located(error, root)
        raise
    except (Exception, SystemExit) as error:
        raise _translate(error, root, subject, trace) from error


def located(error: K8sgenError, root: Path) -> K8sgenError:
    """Name the file of *error* as seen from *root*."""
    if isinstance(error.location, Location):
        error.location = next(iter(within((error.location,), root)), error.location)
    return error


def _translate(
    error: BaseException, root: Path, subject: str, trace: tuple[Location, ...]
) -> K8sgenError:
    place = raised_at(error, root) or next(iter(within(trace, root)), None)
    explained = (explain(error) for explain in _EXPLANATIONS)
    kind, problem, hint = next((found for found in explained if found), _plain(error))
    return kind(problem if place else f"{subject}: {problem}", hint=hint, location=place)


def _plain(error: BaseException) -> tuple[type[K8sgenError], str, str]:
    if isinstance(error, ValueError):
        return ProjectError, str(error), ""
    return ProjectError, f"{type(error).__name__}: {error}", DEBUG_HINT


def _none(error: BaseException) -> Explained:
    if isinstance(error, AttributeError) and error.name and error.obj is None:
        problem = f"what should have .{error.name} is None"
        hint = "if its service is left out here, leave out what needs it too"
        return ProjectError, problem, hint
    return None


def _unbound(error: BaseException) -> Explained:
    match = _UNBOUND.search(str(error)) if isinstance(error, UnboundLocalError) else None
    if not match:
        return None
    problem = f"{match[1]!r} is used, but was not made: its service is left out here"
    return ProjectError, problem, "give the environment that service, or leave out this one too"


def _no_super(error: BaseException) -> Explained:
    hint = "call super().__init__(…) first in its __init__"
    match = _UNCONVERTIBLE.search(str(error)) if isinstance(error, TypeError) else None
    if match:
        problem = f"an object of {match[1]} is passed to a construct that cannot hold it"
        return ProjectError, problem, f"if it is a construct itself: {hint}"
    if not isinstance(error, AttributeError) or error.obj is None:
        return None
    if not hasattr(type(error.obj), "__jsii_type__") or hasattr(error.obj, "__jsii_ref__"):
        return None
    return ProjectError, f"{type(error.obj).__name__} is used before it is a construct", hint


def _unknown_attribute(error: BaseException) -> Explained:
    if not isinstance(error, AttributeError) or not error.name:
        return None
    return ProjectError, str(error), did_you_mean(error.name, dir(error.obj)) or DEBUG_HINT


def _unknown_name(error: BaseException) -> Explained:
    if not isinstance(error, NameError):
        return None
    frame = _frame(error)
    known = {**frame.f_globals, **frame.f_locals} if frame else {}
    return ProjectError, str(error), did_you_mean(error.name or "", known) or "import or define it"


def _missing_argument(error: BaseException) -> Explained:
    match = _MISSING.search(str(error)) if isinstance(error, TypeError) else None
    if not match:
        return None
    names = re.findall(r"'(\w+)'", match[2])
    hint = "pass " + ", ".join(f"{name}=…" for name in names) + " where it is made"
    return ProjectError, f"{_callee(match)} is not given {', '.join(names)}", hint


def _unknown_argument(error: BaseException) -> Explained:
    match = _UNKNOWN.search(str(error)) if isinstance(error, TypeError) else None
    if not match:
        return None
    callee, name = _callee(match), match[2]
    known = _parameters(error, callee)
    hint = suggest(name, known) if known else f"look at the arguments of {callee}"
    return ProjectError, f"{callee} takes no {name!r}", hint


def _callee(match: re.Match[str]) -> str:
    """Return the class, function or method as it is called."""
    return match[1].removesuffix(".__init__")


def _parameters(error: BaseException, callee: str) -> list[str]:
    """Return the arguments of *callee*, as the innermost function that knows it calls it."""
    name, *method = callee.split(".")
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        found = {**frame.f_globals, **frame.f_locals}.get(name)
        for part in method:
            found = getattr(found, part, None)
        if callable(found):
            known = inspect.signature(found).parameters
            return [each for each in known if each not in ("scope", "self")]
    return []


def _import(error: BaseException) -> Explained:
    if isinstance(error, ModuleNotFoundError):
        hint = "correct its name, or install it beside k8sgen"
        return ProjectError, f"there is no module {error.name!r}", hint
    match = _NOT_IN.search(str(error)) if isinstance(error, ImportError) else None
    if not match:
        return None
    name, circular, module = match.groups()
    if circular:
        hint = "move what both need into a file of its own, or import it under TYPE_CHECKING"
        return ProjectError, f"{module} and this file import each other", hint
    problem = f"{module} has no {name!r}"
    return (
        ProjectError,
        problem,
        did_you_mean(name, dir(sys.modules.get(module))) or "correct the name",
    )


def _syntax(error: BaseException) -> Explained:
    if not isinstance(error, SyntaxError):
        return None
    if (error.text or "").startswith(CONFLICT):
        return ProjectError, "merge conflict marker", "resolve the merge"
    return ProjectError, f"{type(error).__name__}: {error.msg}", (error.text or "").strip()


def _endless(error: BaseException) -> Explained:
    if isinstance(error, RecursionError):
        return ProjectError, "this calls or contains itself endlessly", DEBUG_HINT
    return None


def _exit(error: BaseException) -> Explained:
    if isinstance(error, SystemExit):
        return ProjectError, "this ends the program", "remove the call of exit()"
    return None


def _jsii(error: BaseException) -> Explained:
    last = _last_file(error)
    if isinstance(error, OSError) and "jsii" in last.parts:
        return SynthesisError, "Node.js, which cdk8s runs on, has stopped", node.HINT
    if isinstance(error, TypeError) and str(error).startswith("type of argument"):
        return SynthesisError, str(error), ""
    if not isinstance(error, RuntimeError) or "jsii" not in last.parts:
        return None
    problem = _reason(str(error)) or type(error).__name__
    twice = "give it a name of its own (name=…), or an id where it takes one"
    return SynthesisError, problem, twice if "already a Construct" in problem else ""


def _reason(text: str) -> str:
    """Return the lines of a jsii error that hold a reason, in one."""
    if "Failure reason" in text:
        return _mistyped(text)
    lines = [
        re.sub(r"^(@jsii/kernel\.\w+: )?(\w*Error: )*", "", line.strip()) for line in _lines(text)
    ]
    return "; ".join(lines).replace(":; ", ": ")


def _lines(text: str) -> list[str]:
    """Leave out of a jsii error what Node.js shows of its own code."""
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"\w*Error: ", line)]
    if text.startswith("Command failed") and errors:
        return errors[-1:]
    return [line for line in lines if not _OF_NODE.match(line)]


def _mistyped(text: str) -> str:
    """Say in one line which part of an argument has the wrong type."""
    call = re.sub(
        r"^(@jsii/kernel\.\w+: )?Passed to parameter (\w+) of (new |method )?", r"\2 of ", text
    )
    steps = re.findall(r"(?:Key '([^']*)'|Index (\d+)):", text)
    path = "".join(f"[{index}]" if index else f".{key}" for key, index in steps)
    value = re.findall(r"Failing value is [^\n]*\n[^\w'\"\[{]*([^\n]*)", text)[-1]
    why = text.splitlines()[-1].strip("│╰─├ ").replace(_BY_REFERENCE, "is not a construct")
    parameter, _, function = call.partition(":")[0].partition(" of ")
    where = path.lstrip(".") or parameter
    return f"{function}: {where}: {why[:1].lower()}{why[1:]}: {value}"


_BY_REFERENCE = 'does not have the "$jsii.byref" key'
_OF_NODE = re.compile(r"\s+at |file://|\s*\^|\s+throw |Node\.js v")


_EXPLANATIONS: tuple[Callable[[BaseException], Explained], ...] = (
    _none,
    _unbound,
    _no_super,
    _unknown_attribute,
    _unknown_name,
    _missing_argument,
    _unknown_argument,
    _import,
    _syntax,
    _endless,
    _exit,
    _jsii,
)


def _frame(error: BaseException) -> FrameType | None:
    """Find where *error* was raised."""
    steps = list(traceback.walk_tb(error.__traceback__))
    return steps[-1][0] if steps else None


def _last_file(error: BaseException) -> Path:
    frame = _frame(error)
    return Path(frame.f_code.co_filename) if frame else Path()
