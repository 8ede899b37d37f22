"""Environments that would meet: what two of them would both write in one cluster, or serve."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from k8sgen.errors import Location, Problems, ProjectError
from k8sgen.kubernetes.public_paths import public_paths
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project, environment_file
from k8sgen.settings.environment import Environment

_HINT = "give one of them another, or name two clusters: cluster=Cluster(context=…)"


def require_apart(project: Project, compositions: Mapping[str, Composition]) -> None:
    """
    Refuse environments that have in common what they must not.

    On one cluster that is the namespace, the PriorityClass and every other resource; anywhere a
    public host. Environments are on one cluster unless both name a context, and not the same.

    Args:
        project: With all of its environments.
        compositions: Of some of them; the others are compared by their settings alone.

    Raises:
        Problems: Each at the line of the setting to change.
    """
    problems = list(_meetings(project, compositions))
    if problems:
        raise Problems(problems)


def _meetings(project: Project, compositions: Mapping[str, Composition]) -> Iterator[ProjectError]:
    for one, other in combinations(project.environments.values(), 2):
        made = [compositions[e.name] for e in (one, other) if e.name in compositions]
        for field, what, hint in _common(one, other, made):
            msg = f"{what} is that of {one.name} too"
            yield ProjectError(msg, hint=hint, location=_line(project, other.name, field))


def _common(
    one: Environment, other: Environment, made: Sequence[Composition]
) -> Iterator[tuple[str, str, str]]:
    """Return the setting to change, what both have, and what to do."""
    contexts = {one.cluster.context, other.cluster.context}
    if None in contexts or len(contexts) == 1:
        spaces = [environment.namespace or environment.name for environment in (one, other)]
        if spaces[0] == spaces[1]:
            yield "namespace", f"the namespace {spaces[0]}", _HINT
        elif one.priority and other.priority and one.priority.name == other.priority.name:
            yield "priority", f"the PriorityClass {one.priority.name}", _HINT
        elif len(made) > 1:
            yield from _resources(*made)
    if len(made) > 1:
        for host in sorted(_hosts(made[0]) & _hosts(made[1])):
            yield "domain", f"the host {host}", "give one of them another"


def _resources(one: Composition, other: Composition) -> Iterator[tuple[str, str, str]]:
    there = {resource.identity for resource in one.resources}
    for resource in other.resources:
        if resource.identity in there:
            _, kind, _, name = resource.identity
            yield "name", f"{kind}/{name}", _HINT


def _hosts(composition: Composition) -> set[str]:
    return {p.host for r in composition.resources for p in public_paths(r.body)} - {"*"}


def _line(project: Project, environment: str, field: str) -> Location | Path:
    """Find where the environment's files set *field*, or at least its name."""
    file = environment_file(environment)
    tree = ast.parse((project.root / file).read_text("utf-8"))
    lines = {n.arg: n.value.lineno for n in ast.walk(tree) if isinstance(n, ast.keyword)}
    line = lines.get(field) or lines.get("name")
    written = Location(file, line) if line else file
    return project.overridden[environment].get(field, written)
