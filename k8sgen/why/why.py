"""`why` from end to end: compose one environment, experiment with it, name the lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from k8sgen.changes.path import Path as FieldPath
from k8sgen.errors import Location, UsageError
from k8sgen.kubernetes.edges import Edge
from k8sgen.kubernetes.manifest import Body, label
from k8sgen.project import project
from k8sgen.project.compose import Composition, Resource, compose, compose_base
from k8sgen.project.project import Project
from k8sgen.why.body import Leaf, below, leaves, locate
from k8sgen.why.carrier import carrier
from k8sgen.why.experiment import Experiment
from k8sgen.why.explain import Answer, Contribution, Scene


def why(root: Path, environment: str, title: str = "", field: str = "") -> list[Answer]:
    """
    Find where the fields of a resource come from.

    Args:
        title: `KIND/NAME`, in any case; all resources when empty.
        field: See `k8sgen.why.body.locate`; all fields when empty.

    Raises:
        UsageError: There is no such environment, resource or field.
    """
    found = project.load(root, [environment])
    value = found.environments[environment]
    composition = compose(found.stack, value, found.root, found.revisions[environment])
    resources = composition.resources
    path: FieldPath = ()
    if title:
        resources = (_resource(resources, title),)
        path = _path(found, resources[0], field)
    bodies = {resource.path: resource.body for resource in resources}
    experiment = Experiment(project=found, name=environment, bodies=bodies, within=path)
    movers = experiment.movers()
    files = _output(found.root / "dist")
    answers = []
    for resource in resources:
        scene = Scene(project=found, environment=environment, resource=resource)
        for leaf in leaves(resource.body):
            if below(leaf, path):
                answer = scene.explain(leaf, movers.get((resource.path, leaf.path), []))
                rest = [*_edge(leaf, scene, composition), *_carrier(leaf, scene, files)]
                answers.append(attrs.evolve(answer, links=(*answer.links, *rest)))
    return answers


def _path(found: Project, resource: Resource, field: str) -> FieldPath:
    try:
        return locate(resource.body, field)
    except UsageError as error:
        title = label(resource.body)
        raise _absent(error, compose_base(found).resources, title, field) from None


def _edge(leaf: Leaf, scene: Scene, composition: Composition) -> Iterator[Contribution]:
    text = _peer(leaf, scene.resource.body, composition.stack.edges())
    if text:
        yield Contribution("edge", scene.made, text=text)


def _carrier(leaf: Leaf, scene: Scene, files: Mapping[str, str]) -> Iterator[Contribution]:
    """Return the file of `dist/` that carries the field, where there is one."""
    folder = f"overlays/{scene.environment}/{scene.resource.service}"
    place = carrier(files, folder, scene.resource.body, leaf.steps)
    if place:
        yield Contribution("output", Location(Path("dist") / place.file, place.line))


def _peer(leaf: Leaf, body: Body, edges: Sequence[Edge]) -> str:
    """Return in words whom the rule of a network policy that has the field is about."""
    match leaf.steps if body["kind"] == "NetworkPolicy" else ():
        case ("spec", "egress", int(rule), *_):
            word, peers = "to", body["spec"]["egress"][rule].get("to")
            parties = [edge.server for edge in edges]
        case ("spec", "ingress", int(rule), *_):
            word, peers = "from", body["spec"]["ingress"][rule].get("from")
            parties = [edge.client for edge in edges]
        case _:
            return ""
    party = next((party for party in parties if party.peers() == peers), None)
    if party is None:
        return ""
    outside = f", outside the cluster: {', '.join(party.addresses)}" if party.addresses else ""
    return f"{word} {party.name}{outside}"


def _resource(resources: Sequence[Resource], title: str) -> Resource:
    titles = {label(r.body): r for r in resources}
    for name, resource in titles.items():
        if name.lower() == title.lower():
            return resource
    near = difflib.get_close_matches(title, titles, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "k8sgen render lists them"
    raise UsageError(f"there is no resource {title!r} in it", hint=hint)


def _absent(error: UsageError, bases: Sequence[Resource], title: str, field: str) -> UsageError:
    """Return the note where only this environment does not have the field."""
    try:
        body = _resource(bases, title).body
        path = locate(body, field)
    except UsageError:
        return error
    value = next(leaf.value for leaf in leaves(body) if below(leaf, path))
    hint = f"the base has it ({value!r}); what this environment sets takes it away"
    return UsageError(error.problem, hint=hint)


def _output(dist: Path) -> Mapping[str, str]:
    files = (file for folder in ("base", "overlays") for file in (dist / folder).rglob("*.yaml"))
    return {file.relative_to(dist).as_posix(): file.read_text("utf-8") for file in files}
