"""Two sets of manifests, resource by resource, with what each change does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from k8sgen.changes.fields import Field, fields
from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import related
from k8sgen.changes.rules import judge
from k8sgen.changes.states import Case, Pair, States
from k8sgen.kubernetes.config_file import FileFormats
from k8sgen.kubernetes.manifest import NAME_LABEL, Body, identity

Groups = Mapping[str, Sequence[Body]]
"""Service to its manifests."""
PLATFORM = "platform"


@attrs.frozen
class Change:
    """
    One resource that differs.

    Args:
        fields: What differs in it; empty where it is added or removed.
        verdicts: What that does, the worst first.
    """

    pair: Pair
    fields: tuple[Field, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def level(self) -> Level:
        """The worst consequence."""
        return max((verdict.level for verdict in self.verdicts), default=Level.NONE)

    @property
    def word(self) -> str:
        """What happens to the resource: `added`, `removed` or `changed`."""
        if self.pair.before is None:
            return "added"
        return "removed" if self.pair.after is None else "changed"

    def by_verdict(self) -> list[tuple[list[Verdict], list[Field]]]:
        """
        Return the fields with the verdicts that follow from them, the worst first.

        Each field and each verdict appears once; fields without consequence come last.
        """
        left = list(self.fields)
        found: list[tuple[list[Verdict], list[Field]]] = []
        for verdict in self.verdicts:
            own = [field for field in left if related(field.path, verdict.path)]
            left = [field for field in left if field not in own]
            with_it = (vs for vs, fs in found if any(related(f.path, verdict.path) for f in fs))
            if own or not (beside := next(with_it, None)):
                found.append(([verdict], own))
            else:
                beside.append(verdict)
        return [*found, ([], left)] if left else found


@attrs.frozen
class Changes:
    """
    How two states of one environment differ.

    Args:
        name: What is compared, for a heading.
        resources: What differs, by service in the order of the stack.
        everywhere: Fields that change alike in most resources, and how many; not repeated there.
        unread: What could not be read of the old state, and so was not compared.
    """

    name: str
    resources: tuple[Change, ...]
    everywhere: tuple[tuple[Field, int], ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The worst consequence."""
        return max((change.level for change in self.resources), default=Level.NONE)

    @property
    def count(self) -> int:
        """The number of resources that differ, and of what differs everywhere."""
        return len(self.resources) + len(self.everywhere)

    def services(self) -> dict[str, list[Change]]:
        """Return the changes by service."""
        found: dict[str, list[Change]] = {}
        for change in self.resources:
            found.setdefault(change.pair.service, []).append(change)
        return found

    def counts(self) -> Counter[Level]:
        """Count the resources by their worst consequence."""
        return Counter(change.level for change in self.resources)


def compare(
    name: str,
    before: Iterable[Body],
    after: Groups,
    *,
    fold: bool = True,
    file_formats: FileFormats | None = None,
) -> Changes:
    """
    Compare two states of one environment.

    Args:
        name: What is compared, for a heading.
        before: The old manifests.
        after: The new ones, by service; an old one that is gone is placed by its label.
        fold: Report once, apart, what changes alike in most resources.
        file_formats: What is known of the files in ConfigMaps.
    """
    states = States(list(_pairs(before, after)), file_formats or {})
    found = [fields(*pair.states) if pair.states else [] for pair in states.pairs]
    every = _everywhere(found) if fold else {}
    resources = []
    for pair, differing in zip(states.pairs, found, strict=True):
        own = tuple(field for field in differing if _key(field) not in every)
        if own or not pair.states:
            resources.append(Change(pair, own, judge(Case(pair, own, states))))
    return Changes(name, tuple(_in_order(resources)), tuple(every.values()))


def _pairs(before: Iterable[Body], after: Groups) -> Iterator[Pair]:
    old = {identity(body): body for body in before}
    for service, bodies in after.items():
        for body in bodies:
            yield Pair(old.pop(identity(body), None), body, service)
    for body in old.values():
        labels = body["metadata"].get("labels") or {}
        yield Pair(body, None, str(labels.get(NAME_LABEL, PLATFORM)))


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """Keep each service's changes together, the worst first; services as they first come."""
    place: dict[str, int] = {}
    for change in changes:
        place.setdefault(change.pair.service, len(place))
    return sorted(changes, key=lambda change: (place[change.pair.service], -change.level))


def _key(field: Field) -> tuple[object, ...]:
    return field.path, repr(field.before), repr(field.after)


def _everywhere(changed: Sequence[Sequence[Field]]) -> dict[tuple[object, ...], tuple[Field, int]]:
    """Find the labels that change alike in at least half of the resources, and in three."""
    counts = Counter(_key(f) for found in changed for f in found if f.path[0] == "metadata")
    first = {_key(field): field for found in changed for field in found}
    least = max(3, len(changed) / 2)
    return {key: (first[key], n) for key, n in counts.items() if n >= least}


def renamed(bodies: Iterable[Body], old: str, new: str) -> list[Body]:
    """Return manifests as they would be in the namespace *new* instead of *old*."""
    return [_renamed(body, old, new) for body in bodies]


def _renamed(body: Body, old: str, new: str) -> Body:
    metadata = dict(body["metadata"])
    if metadata.get("namespace") == old:
        metadata["namespace"] = new
    if body["kind"] == "Namespace" and metadata["name"] == old:
        metadata["name"] = new
    result = {**body, "metadata": metadata}
    if subjects := body.get("subjects"):
        result["subjects"] = [
            {**each, "namespace": new} if each.get("namespace") == old else each
            for each in subjects
        ]
    return result
