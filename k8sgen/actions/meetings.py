"""Environments that would meet: what two of them would both write in one cluster, or serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from k8sgen.actions.written import on_disk, overlay
from k8sgen.checks.finding import Finding
from k8sgen.errors import K8sgenError, Problems, ProjectError
from k8sgen.kubernetes.manifest import Body, identity, label
from k8sgen.kubernetes.public_paths import public_paths
from k8sgen.kubernetes.scope import is_cluster_scoped
from k8sgen.project.compose import Composition, Resource
from k8sgen.project.lines import line_of
from k8sgen.project.project import Project
from k8sgen.settings.environment import Environment
from k8sgen.settings.leaves import settings

RULE = "environments-meet"
_HOST = "host"
_OWN_MACHINE = ".localhost"  # RFC 6761: it always resolves to the machine that asks


@attrs.frozen
class _Thing:
    """What a cluster has only once: a resource, or a public host."""

    kind: str
    name: str
    group: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        within = f" in {self.namespace}" if self.namespace else ""
        return f"the {self.kind} {self.name}{within}"


def require_apart(project: Project, made: Mapping[str, Composition], dist: Path) -> None:
    """
    Refuse environments that would meet; see `meetings`.

    Raises:
        Problems: Each at the line to change.
    """
    problems = [
        ProjectError(finding.message, hint=finding.hint, location=finding.location)
        for finding in meetings(project, made, dist)
    ]
    if problems:
        raise Problems(problems)


def meetings(project: Project, made: Mapping[str, Composition], dist: Path) -> Iterator[Finding]:
    """
    Find what two environments have in common and must not.

    On one cluster that is every resource, such as the Namespace and the PriorityClass; anywhere a
    public host. They are on one cluster unless both name a context, and not the same.

    Args:
        project: With all of its environments.
        made: Those to judge; every other one is taken as it is in *dist*.
    """
    files = {} if len(made) == len(project.environments) else on_disk(dist)
    for name, composition in made.items():
        for other, environment in project.environments.items():
            if other in made and other >= name:
                continue  # reported once
            pair = _Pair(project, composition, environment, is_made=other in made)
            theirs = made[other].bodies() if other in made else _written(files, other)
            yield from pair.findings(theirs)


def _written(files: Mapping[str, str], environment: str) -> list[Body]:
    try:
        return overlay(files, environment)
    except K8sgenError:  # synth reports a damaged overlay, and writes it again
        return []


def _things(body: Body) -> Iterator[_Thing]:
    group, kind, namespace, name = identity(body)
    yield _Thing(kind, name, group, "" if is_cluster_scoped(body) else namespace)
    for path in public_paths(body):
        if path.host != "*":
            yield _Thing(_HOST, path.host)


@attrs.frozen
class _Pair:
    """
    Two environments.

    Args:
        judged: The one to name lines of.
        is_made: Whether the manifests of the other one are made now, and not those in `dist/`.
    """

    project: Project
    judged: Composition
    other: Environment
    is_made: bool

    def findings(self, bodies: Sequence[Body]) -> Iterator[Finding]:
        """Compare with the manifests of the other one."""
        theirs = {thing for body in bodies for thing in _things(body)}
        found: dict[_Thing, Resource] = {}
        for resource in self.judged.resources:
            for thing in _things(resource.body):
                if thing in theirs:
                    found.setdefault(thing, resource)
        contexts = {self.judged.environment.cluster.context, self.other.cluster.context}
        apart = None not in contexts and len(contexts) == 2
        spaces = {thing.name for thing in found if thing.kind == "Namespace"}
        for thing, resource in found.items():
            public = thing.kind == _HOST and not thing.name.endswith(_OWN_MACHINE)
            if public or not (apart or thing.namespace in spaces):
                yield self._finding(thing, resource, told_apart=None not in contexts)

    def _finding(self, thing: _Thing, resource: Resource, *, told_apart: bool) -> Finding:
        environment = self.judged.environment
        other = self.other.name if self.is_made else f"{self.other.name} (as it is in dist/)"
        setting = _setting(environment, thing)
        hint = f"give one of them another {setting or 'name'}"
        if not told_apart and thing.kind != _HOST:
            hint += ', or name the clusters of both, if they are two: Cluster(context="…")'
        of_code = resource.trace if not setting else ()
        return Finding(
            rule=RULE,
            severity="error",
            message=f"{environment.name} and {other} would meet: both have {thing}",
            hint=hint,
            environment=environment.name,
            resource=label(resource.body),
            path=resource.path,
            location=next(iter(of_code), line_of(self.project, environment.name, setting)),
        )


def _setting(environment: Environment, thing: _Thing) -> str:
    """Find the setting that the name is, or that a host ends in; empty where there is none."""
    found = [
        (len(each.value), each.path.count("."), each.path)
        for each in settings(environment)
        if isinstance(each.value, str) and _names(each.value, thing)
    ]
    return max(found, default=(0, 0, ""))[2]


def _names(value: str, thing: _Thing) -> bool:
    return value == thing.name or (thing.kind == _HOST and thing.name.endswith(f".{value}"))
