"""`why` from end to end: track the literals, compose one environment, follow its fields back."""

from __future__ import annotations

import ast
import difflib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from k8sgen.errors import Location, UsageError
from k8sgen.kubernetes.manifest import label
from k8sgen.project.stdout import to_stderr
from k8sgen.why import instrument
from k8sgen.why.body import Leaf, below, leaves, locate
from k8sgen.why.carrier import carrier
from k8sgen.why.explain import Answer, Contribution, Scene
from k8sgen.why.settings import with_places


@to_stderr()
def why(root: Path, environment: str, title: str, field: str = "") -> list[Answer]:
    """
    Find where the fields of a resource come from.

    Args:
        title: `KIND/NAME`, in any case.
        field: See `k8sgen.why.body.locate`; all fields when empty.

    Raises:
        UsageError: There is no such environment, resource or field.
    """
    with instrument.tracking():
        return _why(root, environment, title, field)


def _why(root: Path, environment: str, title: str, field: str) -> list[Answer]:
    # Imported only now, so that they see the tracked modules.
    from k8sgen.project import project  # noqa: PLC0415
    from k8sgen.project.compose import compose  # noqa: PLC0415

    found = project.load(root, [environment])
    value = with_places(found.environments[environment], found.overridden[environment], found.root)
    composition = compose(found.stack, value, found.root, found.revisions[value.name])
    resource = _resource(composition.resources, title)
    try:
        path = locate(resource.body, field)
    except UsageError as error:
        base = compose(found.stack, found.base, found.root)
        raise _absent(error, base.resources, title, field) from None
    homes = _homes(composition.stack.services, found.root)
    scene = Scene(
        root=found.root,
        base=found.base,
        environment=value,
        service=resource.service,
        homes=homes,
        trace=resource.trace,
    )
    files = _output(found.root / "dist")
    wanted = [leaf for leaf in leaves(resource.body) if below(leaf, path)]
    answers = []
    for leaf in wanted:
        answer = scene.explain(leaf)
        text = _peer(leaf, resource.body, composition.stack.edges())
        edge = [Contribution("edge", place, text=text) for place in scene.trace[:1] if text]
        answer = attrs.evolve(answer, links=(*answer.links, *edge))
        answers.append(_carried(answer, leaf, scene, resource.body, files))
    return answers


def _peer(leaf: Leaf, body: Mapping[str, Any], edges: Sequence[Any]) -> str:
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


def _resource(resources: Sequence[Any], title: str) -> Any:
    titles = {label(r.body): r for r in resources}
    for name, resource in titles.items():
        if name.lower() == title.lower():
            return resource
    near = difflib.get_close_matches(title, titles, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "k8sgen render lists them"
    raise UsageError(f"there is no resource {title!r} in it", hint=hint)


def _absent(error: UsageError, bases: Sequence[Any], title: str, field: str) -> UsageError:
    """Return the note where only this environment does not have the field."""
    try:
        body = _resource(bases, title).body
        path = locate(body, field)
    except UsageError:
        return error
    value = next(leaf.value for leaf in leaves(body) if below(leaf, path))
    hint = f"the base has it ({value!r}); what this environment sets takes it away"
    return UsageError(error.problem, hint=hint)


def _homes(services: Sequence[Any], root: Path) -> dict[str, Location]:
    """Find the line of each service's class."""
    found = {}
    for service in services:
        cls = type(service)
        file = Path(str(inspect.getsourcefile(cls)))
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
                short = file.relative_to(root) if file.is_relative_to(root) else file
                found[service.name] = Location(short, node.lineno)
    return found


def _carried(
    answer: Answer, leaf: Leaf, scene: Scene, body: Mapping[str, Any], files: Mapping[str, str]
) -> Answer:
    """Add the file of `dist/` that carries the field, where there is one."""
    folder = f"overlays/{scene.environment.name}/{scene.service}"
    place = carrier(files, folder, body, leaf.steps)
    if place is None:
        return answer
    link = Contribution("output", Location(Path("dist") / place.file, place.line))
    return attrs.evolve(answer, links=(*answer.links, link))


def _output(dist: Path) -> Mapping[str, str]:
    files = (file for folder in ("base", "overlays") for file in (dist / folder).rglob("*.yaml"))
    return {file.relative_to(dist).as_posix(): file.read_text("utf-8") for file in files}
