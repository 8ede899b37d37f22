"""
The search for an overlay that is proved: fields first, then for each manifest the first change
that works, of three that go from readable to certain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.equality import equal
from k8sgen.kustomize.build.errors import BuildError, UnsureError
from k8sgen.kustomize.build.evaluate import compare
from k8sgen.kustomize.build.images import set_images
from k8sgen.kustomize.build.kustomization import Fields, Kustomization
from k8sgen.kustomize.build.merge import DIRECTIVE
from k8sgen.kustomize.build.patches import JsonPatch, MergePatch, Patch, target_of
from k8sgen.kustomize.build.references import mend_references
from k8sgen.kustomize.build.resource import BuiltManifest, Id, identify
from k8sgen.kustomize.build.transform import set_replicas
from k8sgen.kustomize.overlay.difference import Edit, json_change, mixed_change
from k8sgen.kustomize.overlay.fields import Pair, choose_fields


def pair(base: Sequence[Body], wanted: Sequence[Body], namespace: str | None) -> list[Pair]:
    """
    Find the manifests that are in both, whatever namespace they are in.

    Args:
        namespace: Preferred where a name is wanted in several.
    """
    found: dict[Id, Pair] = {}
    for exact in (True, False):
        taken = {identify(new) for _, new in found.values()}
        free = [new for new in wanted if identify(new) not in taken]
        free.sort(key=lambda body: body["metadata"].get("namespace") != namespace)
        for old in base:
            if identify(old) in found:
                continue
            new = next((new for new in free if _is_same(old, new, exact=exact)), None)
            if new is not None:
                free.remove(new)
                found[identify(old)] = (old, new)
    return [found[identify(old)] for old in base if identify(old) in found]


def _is_same(old: Body, new: Body, *, exact: bool) -> bool:
    (version, kind, namespace, name), other = identify(old), identify(new)
    return (version, kind, name) == (other[0], other[1], other[3]) and (
        not exact or namespace == other[2]
    )


_HEAD = ("apiVersion", "kind", "metadata")

_Step: TypeAlias = Callable[[Body, Body, Fields], Edit]
_STEPS: Sequence[_Step] = (
    lambda old, new, fields: mixed_change(fields.transform(old), new),
    lambda old, new, _: mixed_change(old, new),
    lambda old, new, _: json_change(old, new),
)
"""The ways to express what the fields leave, from the most readable to the most certain."""


@attrs.frozen(kw_only=True)
class Plan:
    """
    The contents of an overlay, proved on the manifests themselves.

    Args:
        fields: The fields of the kustomization.
        patches: For what the fields leave.
    """

    fields: Fields
    patches: Sequence[Patch]


def make_plan(
    base: Sequence[Body],
    wanted: Sequence[Body],
    pairs: Sequence[Pair],
    stems: Mapping[Id, str],
    namespace: str | None,
) -> Plan | None:
    """
    Find the plan that turns *base* into *wanted*; None if no patch can.

    Args:
        pairs: As `pair` finds them.
        stems: The names of the patch files, by the ids of *base*.
        namespace: Where the environment lives, if it is of one namespace.
    """
    fields = choose_fields(pairs, wanted, namespace=namespace)
    search = _Search(base, wanted, pairs, stems)
    for attempt in (fields, attrs.evolve(fields, namespace=None), Fields()):
        patches = search.run(attempt)
        if patches is not None:
            return Plan(fields=search.without_idle(attempt, patches), patches=patches)
    return None


@attrs.frozen
class _Search:
    """The search for the patches that go with some fields."""

    base: Sequence[Body]
    wanted: Sequence[Body]
    pairs: Sequence[Pair]
    stems: Mapping[Id, str]

    def run(self, fields: Fields) -> list[Patch] | None:
        """Find the patches, each by the first step that works; None if no step does."""
        first = [0] * len(self.pairs)
        while True:
            found = [
                self._first_change(*both, fields, start)
                for both, start in zip(self.pairs, first, strict=True)
            ]
            patches = [patch for _, each in found for patch in each] + self._deletions()
            wrong = self._wrong(fields, patches)
            if not wrong:
                return patches
            retry = [
                index
                for index, (_, new) in enumerate(self.pairs)
                if identify(new) in wrong and found[index][0] < len(_STEPS)
            ]
            if not retry:
                return None
            for index in retry:
                first[index] = found[index][0] + 1

    def _first_change(
        self, old: Body, new: Body, fields: Fields, start: int
    ) -> tuple[int, list[Patch]]:
        """Find the first step from *start* on whose change works for this manifest alone."""
        for step in range(start, len(_STEPS)):
            try:
                patches = self._patches(old, _STEPS[step](old, new, fields))
                built = _alone(old, patches, fields)
            except (BuildError, UnsureError):
                continue
            if built is not None and equal(built, new):
                return step, patches
        return len(_STEPS), []

    def _patches(self, old: Body, change: Edit) -> list[Patch]:
        patches: list[Patch] = []
        stem, identity = self.stems[identify(old)], identify(old)
        if change.operations:
            path = f"{stem}.json6902.yaml"
            patches.append(JsonPatch(path, change.operations, target_of(identity)))
        if change.patch:
            patches.append(MergePatch(f"{stem}.patch.yaml", _addressed(old, change.patch)))
        return patches

    def _deletions(self) -> list[Patch]:
        kept = {identify(old) for old, _ in self.pairs}
        gone = [body for body in self.base if identify(body) not in kept]
        return [
            MergePatch(
                f"{self.stems[identify(body)]}.delete.yaml", _addressed(body, {DIRECTIVE: "delete"})
            )
            for body in gone
        ]

    def _resources(self) -> list[BuiltManifest]:
        paired = [new for _, new in self.pairs]
        extras = [body for body in self.wanted if not any(body is new for new in paired)]
        return [BuiltManifest(body) for body in (*self.base, *extras)]

    def _wrong(self, fields: Fields, patches: Sequence[Patch]) -> set[Id]:
        """Build it all in process; find what is not as wanted (all of it if it does not build)."""
        kustomization = Kustomization(resources=(), patches=patches, fields=fields)
        try:
            built = mend_references(kustomization.build(self._resources()))
            return {each.id for each in compare([r.finished() for r in built], self.wanted)}
        except BuildError:
            return {identify(body) for body in self.wanted}

    def without_idle(self, fields: Fields, patches: Sequence[Patch]) -> Fields:
        """Leave out the entries that change nothing any more, because the patches do it all."""
        bodies = [
            each.body
            for each in Kustomization(resources=(), patches=patches).build(self._resources())
        ]
        images = []
        for entry in fields.images:
            after = [set_images(body, entry) for body in bodies]
            if after != bodies:
                images.append(entry)
            bodies = after
        replicas = {
            name: count
            for name, count in fields.replicas.items()
            if any(set_replicas(body, name, count) != body for body in bodies)
        }
        return attrs.evolve(fields, images=images, replicas=replicas)


def _alone(old: Body, patches: Sequence[Patch], fields: Fields) -> Body | None:
    resources: Sequence[BuiltManifest] = [BuiltManifest(old)]
    for patch in patches:
        resources = patch.apply(resources)
    return fields.transform(resources[0].body) if resources else None


def _addressed(old: Body, patch: Body) -> Body:
    """Add the name of its target to a patch."""
    metadata = {"name": old["metadata"]["name"]}
    if "namespace" in old["metadata"]:
        metadata["namespace"] = old["metadata"]["namespace"]
    rest = {name: value for name, value in patch.items() if name not in _HEAD}
    metadata |= {k: v for k, v in patch.get("metadata", {}).items() if k not in metadata}
    directive = {DIRECTIVE: rest.pop(DIRECTIVE)} if DIRECTIVE in rest else {}
    return {
        **directive,
        "apiVersion": old["apiVersion"],
        "kind": old["kind"],
        "metadata": metadata,
        **rest,
    }
