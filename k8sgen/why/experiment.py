"""Which settings move a field: the environment is composed again with other values of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import attrs

from k8sgen.changes.fields import label
from k8sgen.changes.meaning import Kind
from k8sgen.changes.path import Path, item
from k8sgen.errors import K8sgenError
from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import MergeList, merge_type
from k8sgen.project.compose import compose_some
from k8sgen.project.project import Project
from k8sgen.project.stdout import to_stderr
from k8sgen.why.alternatives import Alternative, put_back, variations, with_changes
from k8sgen.why.body import labels

Place = tuple[str, Path]
"""A construct path, and the path of a field in what the construct makes."""
_GONE: Any = object()


@attrs.frozen(kw_only=True)
class Experiment:
    """
    One environment that is composed again and again.

    Each setting is put back to what the base has, and set to a value that neither has. Many are
    changed at once, and only where that moves a field, each half of them, and so on down to one.

    Args:
        bodies: Construct path to the manifest as it is.
        within: The path that leads to the fields in question; all when empty.
    """

    project: Project
    name: str
    bodies: Mapping[str, Body]
    within: Path = ()

    @to_stderr()
    def movers(self) -> dict[Place, list[str]]:
        """Return, for every field that any setting moves, these settings in their order."""
        environment, base = self.project.environments[self.name], self.project.base
        untried = variations(environment, base)
        back = put_back(environment, base)
        groups = [change.setting for change in back if change.setting not in untried]
        effects = {setting: set[Place]() for setting in (*groups, *untried)}
        self._try(back, effects)
        while untried:
            changes = [
                Alternative(setting, values[0]) for setting, values in untried.items() if values
            ]
            refused = self._try(changes, effects)
            untried = {setting: untried[setting][1:] for setting in refused}
        found: dict[Place, list[str]] = {}
        for setting, places in effects.items():
            for place in places:
                found.setdefault(place, []).append(setting)
        return found

    def _try(self, changes: Sequence[Alternative], effects: Mapping[str, set[Place]]) -> list[str]:
        """Add to *effects* what each change moves, and return the settings that were refused."""
        every = sum(1 for _ in self._moved_by({}))
        useful = [change for change in changes if len(effects[change.setting]) < every]
        # Of all resources, nearly every setting moves something.
        size = len(useful) if len(self.bodies) == 1 else 1
        groups = [useful[i : i + size] for i in range(0, len(useful), size or 1)]
        refused = []
        for change, places in chain.from_iterable(map(self._alone, groups)):
            if places is None:
                refused.append(change.setting)
            else:
                effects[change.setting].update(places)
        return refused

    def _alone(
        self, changes: Sequence[Alternative], *, moves: bool = False
    ) -> Iterator[tuple[Alternative, set[Place] | None]]:
        """
        Return each change that by itself moves a field, or cannot be made: with `None`.

        Args:
            moves: Whether it is known that they move something together.
        """
        if not changes:
            return
        places = None if moves and len(changes) > 1 else self._moved(changes)
        known = places is not None
        if known and not places:
            return
        if len(changes) == 1:
            yield changes[0], places
            return
        half = len(changes) // 2
        first = list(self._alone(changes[:half]))
        yield from first
        yield from self._alone(changes[half:], moves=(known or moves) and not first)

    def _moved(self, changes: Sequence[Alternative]) -> set[Place] | None:
        """Return what moves when all of *changes* are made; `None` where they cannot be."""
        project, name = self.project, self.name
        try:
            environment = with_changes(project.environments[name], changes)
            bodies = compose_some(
                project.stack, environment, project.root, project.revisions[name], self.bodies
            )
        except (K8sgenError, TypeError, ValueError):
            return None
        return set(self._moved_by(bodies))

    def _moved_by(self, bodies: Mapping[str, Body]) -> Iterator[Place]:
        for construct, body in self.bodies.items():
            for path in moved(body, bodies.get(construct), merge_type(body)):
                if path[: len(self.within)] == self.within:
                    yield construct, path


def moved(before: Any, after: Any, kind: Kind, path: Path = ()) -> Iterator[Path]:
    """
    Return the fields of *before* that *after* has otherwise, or not at all.

    An item of a list is compared with that of its name, or else with the next that is new.
    """
    if isinstance(before, Mapping) and before:
        of = kind if isinstance(kind, Mapping) else {}
        for key, value in before.items():
            there = after.get(key, _GONE) if isinstance(after, Mapping) else _GONE
            yield from moved(value, there, of.get(key, {}), (*path, key))
    elif isinstance(before, list) and before:
        of = kind.item if isinstance(kind, MergeList) else {}
        there = _paired(before, after, kind) if isinstance(after, list) else [_GONE] * len(before)
        for name, old, new in zip(labels(before, kind), before, there, strict=True):
            yield from moved(old, new, of, (*path, item(name)))
    elif before != after or type(before) is not type(after):
        yield path


def _paired(before: list[Any], after: list[Any], kind: Kind) -> Iterator[Any]:
    """Return for each item its counterpart."""
    named = label(before, after, kind.keys if isinstance(kind, MergeList) else ())
    old, new = named or (_numbered(before), _numbered(after))
    unknown = (value for name, value in new.items() if name not in old)
    return (new[name] if name in new else next(unknown, _GONE) for name in old)


def _numbered(items: list[Any]) -> dict[str, Any]:
    return {str(index): value for index, value in enumerate(items)}
