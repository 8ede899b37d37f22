"""The settings of an environment: where each has its default, and what overrides it."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from k8sgen.errors import Location
from k8sgen.settings.leaves import Setting, settings
from k8sgen.why.tracked import Number, Source, Text, origins, track


def feeding(environment: Any, service: str, places: Sequence[Source]) -> list[Setting]:
    """
    Find the settings that were written at one of *places*.

    Several services share the defaults of the library: those of *service* count, or else those of
    the environment itself.
    """
    own = service.replace("-", "_")
    written = [
        setting
        for setting in settings(environment)
        if isinstance(setting.value, Text | Number) and set(origins(setting.value)) & set(places)
    ]
    nearest = [s for s in written if s.path.partition(".")[0] == own]
    shared = [s for s in written if not _is_service(environment, s)]
    return nearest or shared or written


def _is_service(environment: Any, setting: Setting) -> bool:
    head = setting.path.partition(".")[0]
    return hasattr(getattr(environment, head, None), "image")


def at(value: Any, path: str) -> Any:
    """Return the setting at a dotted path; `None` where a part of it does not exist."""
    return next((s.value for s in settings(value) if s.path == path), None)


def declared(value: Any, path: str) -> tuple[Location, str] | None:
    """Find the line of the class that declares a setting, or its group; and its name."""
    found = None
    for step in path.split("."):
        name = step.partition("[")[0]
        if not attrs.has(type(value)) or name not in attrs.fields_dict(type(value)):
            break
        line = _line(type(value), name)
        found = (line, f"{type(value).__name__}.{name}") if line else found
        value = getattr(value, name)
    return found


def _line(cls: type, name: str) -> Location | None:
    for owner in cls.__mro__:
        if name in inspect.get_annotations(owner):
            file = inspect.getsourcefile(owner)
            return _field_line(Path(file), owner.__name__, name) if file else None
    return None


def _field_line(file: Path, cls: str, name: str) -> Location | None:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name == cls:
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and getattr(each.target, "id", "") == name:
                    return Location(file, each.lineno)
    return None


def with_places(environment: Any, lines: Mapping[str, Location], root: Path) -> Any:
    """Record for every overridden setting its line in the override file."""
    for path, place in lines.items():
        origin = Source(str(root / place.file), place.line)
        environment = _placed(environment, path.split("."), origin)
    return environment


def _placed(value: Any, path: Sequence[str], origin: Source) -> Any:
    if not path:
        return track(value, origin)
    return attrs.evolve(value, **{path[0]: _placed(getattr(value, path[0]), path[1:], origin)})


def as_written(name: str) -> Any:
    """Return the value of `environments/<name>.py`, before its overrides."""
    attribute = name.replace("-", "_")
    return getattr(sys.modules[f"environments.{attribute}"], attribute)
