"""Single faults: one change at one place of one manifest, for every place that a pattern finds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

Body = dict[str, Any]
Change = Callable[[Any, str | int], None]
"""Changes the item of a container (dict or list) under a key."""

_PODS = {
    "Deployment": "spec.template",
    "StatefulSet": "spec.template",
    "Job": "spec.template",
    "CronJob": "spec.jobTemplate.spec.template",
}


@attrs.frozen
class Mutation:
    """
    One kind of fault.

    Args:
        kinds: Of the manifests that it is done to, parted by spaces; `pods` is every workload.
        path: Keys parted by `/`; `*` is every item, `POD` the pod template.
        missed: Why it cannot be found; empty for what must be.
    """

    name: str
    kinds: str
    path: str
    change: Change
    missed: str = ""

    def faults(self, bodies: Sequence[Body]) -> Iterator[tuple[str, list[Body]]]:
        """Return the name of each fault, and all manifests with it."""
        kinds = " ".join(_PODS) if self.kinds == "pods" else self.kinds
        for index, body in enumerate(bodies):
            if body["kind"] not in kinds.split():
                continue
            path = self.path.replace("POD", _PODS.get(body["kind"], "").replace(".", "/"))
            for place in list(_places(body, path.split("/"))):
                changed = copy.deepcopy(body)
                if _apply(changed, place, self.change):
                    where = f"{body['kind']}/{body['metadata']['name']} {'/'.join(map(str, place))}"
                    yield where, [*bodies[:index], changed, *bodies[index + 1 :]]


@attrs.frozen
class Removal:
    """A manifest that is not there; *only* keeps those whose name it is."""

    name: str
    kinds: str
    only: str = ""
    missed: str = ""

    def faults(self, bodies: Sequence[Body]) -> Iterator[tuple[str, list[Body]]]:
        """Return the name of each fault, and all other manifests."""
        for index, body in enumerate(bodies):
            name = body["metadata"]["name"]
            if body["kind"] in self.kinds.split() and self.only in ("", name):
                yield f"{body['kind']}/{name}", [*bodies[:index], *bodies[index + 1 :]]


@attrs.frozen
class Addition:
    """A manifest too many; *body* gets the namespace of the others."""

    name: str
    body: Body
    missed: str = ""

    def faults(self, bodies: Sequence[Body]) -> Iterator[tuple[str, list[Body]]]:
        """Return the one fault."""
        namespace = next(b["metadata"]["name"] for b in bodies if b["kind"] == "Namespace")
        body = copy.deepcopy(self.body)
        if not body["kind"].startswith("Cluster"):
            body["metadata"]["namespace"] = namespace
        yield f"{body['kind']}/{body['metadata']['name']}", [*bodies, body]


def _places(value: Any, keys: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Return the places that a path with `*` finds; the last key need not be there."""
    key, *rest = keys
    if key == "*":
        found: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value or [])))
    else:
        found = [key.replace("%", "/")]  # a key that has a slash in it
    for each in found:
        if not rest:
            yield (each,)
        elif (isinstance(value, dict) and each in value) or isinstance(value, list):
            for inner in _places(value[each], rest):
                yield (each, *inner)


def _apply(body: Body, place: Sequence[Any], change: Change) -> bool:
    """Do the change; say whether it changed anything."""
    before = copy.deepcopy(body)
    container: Any = body
    for key in place[:-1]:
        container = container[key]
    if not isinstance(container, dict | list):
        return False
    change(container, place[-1])
    return body != before


def put(value: Any) -> Change:
    """Set the value, whether or not there is one."""

    def change(container: Any, key: Any) -> None:
        container[key] = value

    return change


def swap(value: Any) -> Change:
    """Set another value where there is one."""
    return alter(lambda _: value)


def alter(make: Callable[[Any], Any]) -> Change:
    """Work another value out of the one that is there."""

    def change(container: Any, key: Any) -> None:
        if isinstance(container, list) or key in container:
            container[key] = make(container[key])

    return change


def typo(container: Any, key: Any) -> None:
    """Misspell a text that is there."""
    if (isinstance(container, list) or key in container) and isinstance(container[key], str):
        container[key] = container[key] + "x"


def rename(name: str) -> Change:
    """Return a field another name."""

    def change(container: Any, key: Any) -> None:
        if key in container:
            container[name] = container.pop(key)

    return change


def misspell(container: Any, key: Any) -> None:
    """Misspell the name of a field."""
    if key in container:
        container[f"{key}x"] = container.pop(key)


def drop(container: Any, key: Any) -> None:
    """Take it out."""
    if isinstance(container, list) or key in container:
        del container[key]


def again(container: Any, key: Any) -> None:
    """Repeat the first item of a list."""
    if container.get(key):
        container[key] = [*container[key], copy.deepcopy(container[key][0])]


def more(item: Any) -> Change:
    """Add an item to a list, which need not be there."""

    def change(container: Any, key: Any) -> None:
        container[key] = [*container.get(key, []), item]

    return change


def replace(old: str, new: str) -> Change:
    """Replace a part of a text that has it."""

    def change(container: Any, key: Any) -> None:
        if (isinstance(container, list) or key in container) and isinstance(container[key], str):
            container[key] = container[key].replace(old, new, 1)

    return change
