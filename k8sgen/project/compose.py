"""An environment as its finished manifests, each with the service and the lines that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import cdk8s
import constructs

from k8sgen.constructs.service import Service
from k8sgen.constructs.stack import Stack
from k8sgen.errors import K8sgenError, Location, Problems, SynthesisError, within
from k8sgen.kubernetes.config_file import FileFormats
from k8sgen.kubernetes.manifest import Body, Identity, get, identity
from k8sgen.kubernetes.shape import misshapen
from k8sgen.kubernetes.types import CLUSTER_SCOPED
from k8sgen.project.failure import located, translated
from k8sgen.project.foreign import remembered
from k8sgen.project.project import Project
from k8sgen.project.stdout import to_stderr
from k8sgen.secrets.contract.keys import Revisions
from k8sgen.settings.environment import Environment


@attrs.frozen(kw_only=True)
class Resource:
    """
    One finished manifest.

    Args:
        body: As it will be applied, with namespace and common labels.
        service: The id of the construct directly below the stack that contains it.
        path: The construct path.
        trace: The user's lines that made it, the innermost first.
    """

    body: Body
    service: str
    path: str
    trace: tuple[Location, ...]

    @property
    def identity(self) -> Identity:
        """The API group, kind, namespace and name, unique in a cluster."""
        return identity(self.body)


@attrs.frozen(kw_only=True)
class Composition:
    """
    All manifests of one environment, in the order in which the stack made them.
    """

    environment: Environment
    stack: Stack
    resources: tuple[Resource, ...]

    def bodies(self) -> list[Body]:
        """Return all manifests."""
        return [resource.body for resource in self.resources]

    def groups(self) -> dict[str, list[Body]]:
        """Return the manifests by service, in the stack's order."""
        found: dict[str, list[Body]] = {}
        for resource in self.resources:
            found.setdefault(resource.service, []).append(resource.body)
        return found

    def file_formats(self) -> FileFormats:
        """Return what is known of the files in the ConfigMaps."""
        return {
            (str(config_map.name), key): file
            for service in self.stack.services
            for config_map in service.config_maps
            for key, file in config_map.files.items()
        }


@to_stderr()
def compose(
    stack: type[Stack], environment: Environment, root: Path, revisions: Revisions | None = None
) -> Composition:
    """
    Make the stack of *environment* and finish its manifests.

    Args:
        stack: The project's own class.
        root: The project's directory, from which files are named in messages.
        revisions: Those of the existing secret values, for pods that roll with them.

    Raises:
        K8sgenError: The stack could not be built.
        Problems: Every construct that is invalid or not a manifest, and every resource made twice.
    """
    problems: dict[tuple[str, str], K8sgenError] = {}
    with remembered():
        with translated(root, f"environment {environment.name}"):
            made = stack(cdk8s.App(), environment)
        made.secret_revisions = revisions or {}
        resources = tuple(_resources(made, root, problems))
    live_updates = (p for service in made.services for p in service.misplaced_live_updates())
    found = [*problems.values(), *_duplicates(resources), *(located(p, root) for p in live_updates)]
    if found:
        raise Problems(found)
    return Composition(environment=environment, stack=made, resources=resources)


@to_stderr()
def compose_some(
    stack: type[Stack],
    environment: Environment,
    root: Path,
    revisions: Revisions,
    paths: Iterable[str],
) -> dict[str, Body]:
    """
    Make the stack of *environment*, and finish only the manifests at these construct paths.

    Returns:
        Construct path to manifest; one that does not exist is left out.

    Raises:
        K8sgenError: The stack could not be built, or one of the manifests.
    """
    with translated(root, f"environment {environment.name}"):
        made = stack(cdk8s.App(), environment)
        made.secret_revisions = revisions
        found: dict[str, Body] = {}
        for path in dict.fromkeys(path.partition(_ITEM)[0] for path in paths):
            construct = _at(made, path)
            own = _own_labels(_at(made, "/".join(path.split("/")[:2])))
            for place, body in _unpacked(_checked(construct) if construct else None, path):
                found[place] = _finished(body, own, made)
        return found


def _at(stack: Stack, path: str) -> constructs.IConstruct | None:
    construct: constructs.IConstruct | None = stack
    for step in path.split("/")[1:]:
        construct = construct.node.try_find_child(step) if construct else None
    return construct


def compose_each(project: Project) -> dict[str, Composition]:
    """
    Compose every environment of *project*, in this one process.

    Raises:
        Problems: What is wrong in any of them; where not in all, it says in which.
    """
    made: dict[str, Composition] = {}
    failed: dict[str, tuple[K8sgenError, list[str]]] = {}
    cause: K8sgenError | None = None
    for name, environment in project.environments.items():
        try:
            made[name] = compose(project.stack, environment, project.root, project.revisions[name])
        except K8sgenError as error:
            cause = cause or error
            for problem in getattr(error, "problems", [error]):
                failed.setdefault(str(problem), (problem, []))[1].append(name)
    if failed:
        every = len(project.environments)
        raise Problems([_placed(*found, every) for found in failed.values()]) from cause
    return made


def _placed(error: K8sgenError, names: Sequence[str], every: int) -> K8sgenError:
    """Name the environments where there are others without the error."""
    if len(names) < every:
        error.problem += f" (in {', '.join(names)})"
    return error


def compose_base(project: Project) -> Composition:
    """Compose the default settings of *project*."""
    return compose(project.stack, project.base, project.root)


def _resources(
    stack: Stack, root: Path, problems: dict[tuple[str, str], K8sgenError]
) -> Iterator[Resource]:
    """Return what is valid, and keep the rest in *problems*, each once a service."""
    for child in stack.node.children:
        own = _own_labels(child)
        near: dict[str, tuple[Location, ...]] = {}
        for construct in child.node.find_all():  # parents first
            path = str(construct.node.path)
            around = near.get(path.rpartition("/")[0], stack.trace)
            trace = near[path] = getattr(construct, "trace", around)
            try:
                with translated(root, path, trace):
                    bodies = dict(_unpacked(_checked(construct), path))
            except K8sgenError as error:
                problems.setdefault((child.node.id, error.problem), error)
                continue
            for place, body in bodies.items():
                yield Resource(
                    body=_finished(body, own, stack),
                    service=child.node.id,
                    path=place,
                    trace=within(trace, root),
                )


def _unpacked(body: Body | None, path: str) -> Iterator[tuple[str, Body]]:
    """Return the resources of a List, or the one that it is, each with a path of its own."""
    if body is None:
        return
    items = body.get("items")
    if not str(body.get("kind")).endswith("List") or not isinstance(items, list):
        yield path, body
        return
    for index, item in enumerate(items):
        names = (get(item, "apiVersion"), get(item, "kind"), get(item, "metadata", "name"))
        if not all(names):
            msg = f"{path}: item {index} of the {body['kind']} has no apiVersion, kind or name"
            raise ValueError(msg)
        yield from _unpacked(item, f"{path}{_ITEM}{index}")


_ITEM = "#"
"""Stands before the number of an item of a List, in the path."""


def _checked(construct: constructs.IConstruct) -> Body | None:
    """Return the body of a resource, and fail where the construct's own validations do."""
    invalid = construct.node.validate()
    if invalid:
        msg = f"{construct.node.path}: {'; '.join(invalid)}"
        raise ValueError(msg)
    body = construct.to_json() if isinstance(construct, cdk8s.ApiObject) else None
    if problem := misshapen(body):
        raise ValueError(problem)
    return body


def _own_labels(construct: constructs.IConstruct | None) -> Mapping[str, str]:
    return construct.labels() if isinstance(construct, Service) else {}


def _finished(body: Body, own_labels: Mapping[str, str], stack: Stack) -> Body:
    """Add what every manifest has; a namespace or a service's label that is set already wins."""
    metadata = body["metadata"]
    labels = {**own_labels, **metadata.get("labels", {}), **stack.common_labels()}
    namespace = metadata.get("namespace") or stack.namespace_name
    if (body["apiVersion"], body["kind"]) in CLUSTER_SCOPED or not namespace:
        placed = {"name": metadata["name"]}
    else:
        placed = {"name": metadata["name"], "namespace": namespace}
    rest = {k: v for k, v in metadata.items() if k not in ("name", "namespace", "labels")}
    head = {"apiVersion": body["apiVersion"], "kind": body["kind"]}
    return {**head, "metadata": {**placed, "labels": labels, **rest}, **_rest(body)}


def _rest(body: Body) -> Body:
    return {k: v for k, v in body.items() if k not in ("apiVersion", "kind", "metadata")}


def _duplicates(resources: tuple[Resource, ...]) -> Iterator[SynthesisError]:
    seen: dict[tuple[str, str, str, str], Resource] = {}
    for resource in resources:
        first = seen.setdefault(resource.identity, resource)
        if first is not resource:
            _, kind, _, name = resource.identity
            msg = f"{kind}/{name} is made twice: by {first.path} and by {resource.path}"
            hint = "give one of them another name"
            place = resource.trace[0] if resource.trace else None
            yield SynthesisError(msg, location=place, hint=hint)
