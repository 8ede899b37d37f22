"""Where a project's files set a setting."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import attrs

from k8sgen.errors import Location, shortened
from k8sgen.project.files import environment_file

if TYPE_CHECKING:
    from k8sgen.project.project import Project

_INDEX = re.compile(r"\[\d+\]")


def line_of(project: Project, environment: str, setting: str) -> Location:
    """
    Find the line to change a setting at: its override, or else the innermost group that is set.

    Args:
        setting: Dotted, as in `cluster.context`; empty is the environment itself.
    """
    steps = _steps(setting)
    override = project.overridden[environment].get(".".join(steps))
    if override:
        return override
    file = environment_file(environment)
    written = [place for place in _written(project, environment, steps) if place.file == file]
    return written[-1] if written else Location(file, 1)


def set_at(project: Project, environment: str, setting: str) -> Location:
    """Find the line that sets a setting below its override: the environment's, or a default."""
    return list(_written(project, environment, _steps(setting)))[-1]


def default_at(project: Project, setting: str) -> Location | None:
    """Find the line of the default of a setting, or of the group that it is in."""
    found = list(_default(type(project.base), _steps(setting)))
    return shortened(found[-1], project.root) if found else None


def _steps(setting: str) -> list[str]:
    return _INDEX.sub("", setting).split(".")


def _written(project: Project, environment: str, steps: Sequence[str]) -> Iterator[Location]:
    """Return the lines of a setting and of the groups that it is in, the outermost first."""
    file = environment_file(environment)
    module = sys.modules[f"environments.{file.stem}"]
    yield Location(file, 1)
    for place in _follow(ast.Name(file.stem), module, steps):
        yield shortened(place, project.root)


def _follow(node: ast.expr | None, module: ModuleType, steps: Sequence[str]) -> Iterator[Location]:
    """Go into an expression of *module* along *steps*: through names, arguments and defaults."""
    if not steps:
        return
    if isinstance(node, ast.Name):
        yield from _follow_name(node.id, module, steps)
    elif isinstance(node, ast.Call):
        made = _named(node.func, module)
        if not isinstance(made, type) or not attrs.has(made):
            return
        argument = _argument(node, made, steps[0])
        if argument is None:
            yield from _default(made, steps)
        else:
            yield Location(Path(str(module.__file__)), argument.lineno)
            yield from _follow(_value(argument), module, steps[1:])


def _follow_name(name: str, module: ModuleType, steps: Sequence[str]) -> Iterator[Location]:
    for statement in _tree(Path(str(module.__file__))).body:
        if _sets(statement) == name and isinstance(statement, ast.Assign | ast.AnnAssign):
            yield Location(Path(str(module.__file__)), statement.lineno)
            yield from _follow(statement.value, module, steps)
        elif isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                source = sys.modules.get(statement.module or "")
                if (alias.asname or alias.name) == name and source and source.__file__:
                    yield from _follow_name(alias.name, source, steps)


def _argument(node: ast.Call, made: type[Any], name: str) -> ast.expr | ast.keyword | None:
    fields = [field.name for field in attrs.fields(made) if field.init and not field.kw_only]
    positional = dict(zip(fields, node.args, strict=False))
    return next((each for each in node.keywords if each.arg == name), positional.get(name))


def _value(argument: ast.expr | ast.keyword) -> ast.expr:
    return argument.value if isinstance(argument, ast.keyword) else argument


def _default(made: type[Any], steps: Sequence[str]) -> Iterator[Location]:
    for owner in made.__mro__:
        if steps[0] not in inspect.get_annotations(owner):
            continue
        module = sys.modules[owner.__module__]
        file = Path(str(module.__file__))
        for node in ast.walk(_tree(file)):
            if not isinstance(node, ast.ClassDef) or node.name != owner.__name__:
                continue
            for each in node.body:
                if _sets(each) == steps[0] and isinstance(each, ast.AnnAssign):
                    yield Location(file, each.lineno)
                    yield from _follow(_of_field(each.value), module, steps[1:])
        return


def _of_field(value: ast.expr | None) -> ast.expr | None:
    """Return the default in `attrs.field(default=…)` or `attrs.field(factory=…)`."""
    if not isinstance(value, ast.Call) or ast.unparse(value.func) not in ("attrs.field", "field"):
        return value
    given = {each.arg: each.value for each in value.keywords}
    return ast.Call(given["factory"], [], []) if "factory" in given else given.get("default")


def _named(node: ast.expr, module: ModuleType) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_named(node.value, module), node.attr, None)
    return getattr(module, node.id, None) if isinstance(node, ast.Name) else None


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def _sets(node: ast.stmt) -> str:
    """Return the variable that a statement sets; empty where it sets none."""
    if isinstance(node, ast.Assign):
        return next((each.id for each in node.targets if isinstance(each, ast.Name)), "")
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""
