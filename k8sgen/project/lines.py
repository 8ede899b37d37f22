"""Where an environment's files set a setting."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from k8sgen.errors import Location
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
    steps = _INDEX.sub("", setting).split(".")
    override = project.overridden[environment].get(".".join(steps))
    if override:
        return override
    file = environment_file(environment)
    tree = ast.parse((project.root / file).read_text("utf-8"))
    found = next((node for node in tree.body if _name(node) == file.stem), None)
    line = found.lineno if found else 1
    value = getattr(found, "value", None)
    for step in steps:
        written = value.keywords if isinstance(value, ast.Call) else []
        argument = next((each for each in written if each.arg == step), None)
        if argument is None:
            break
        line, value = argument.lineno, argument.value
    return Location(file, line)


def _name(node: ast.stmt) -> str:
    """Return the variable that a statement sets; empty where it sets none."""
    if isinstance(node, ast.Assign):
        return next((each.id for each in node.targets if isinstance(each, ast.Name)), "")
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""
