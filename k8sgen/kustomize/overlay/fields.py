"""
Which fields of a kustomization express a part of the difference, before any patch does.

A field is used only where it leaves every wanted manifest unchanged, and brings some manifest of
the base nearer to what is wanted; so a patch from the untouched base is right with it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import ambiguous
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.images import ImageField, container_images, is_safe_name, rewrite, split
from k8sgen.kustomize.build.kustomization import Fields
from k8sgen.kustomize.build.transform import SCALED

Pair: TypeAlias = tuple[Body, Body]
"""A manifest of the base, and the wanted one."""


def choose_fields(
    pairs: Sequence[Pair], wanted: Sequence[Body], *, namespace: str | None
) -> Fields:
    """
    Choose the fields that bring the base manifests of *pairs* nearer to the wanted ones.

    Args:
        pairs: What base and environment both have.
        wanted: All that the environment has, the same and more.
        namespace: Where the environment lives, if it is of one namespace.
    """
    chosen = Fields()
    for propose in (_namespace(namespace), _labels, _replicas, _images):
        for candidate in propose(pairs, wanted):
            if _is_harmless(candidate, wanted):
                chosen = _joined(chosen, candidate)
    return chosen


_Proposal: TypeAlias = Callable[[Sequence[Pair], Sequence[Body]], list[Fields]]


def _joined(left: Fields, right: Fields) -> Fields:
    return Fields(
        namespace=left.namespace or right.namespace,
        labels={**left.labels, **right.labels},
        replicas={**left.replicas, **right.replicas},
        images=[*left.images, *right.images],
    )


def _is_harmless(candidate: Fields, wanted: Sequence[Body]) -> bool:
    try:
        return all(candidate.transform(body) == body for body in wanted)
    except BuildError:
        return False


def _namespace(namespace: str | None) -> _Proposal:
    def propose(pairs: Sequence[Pair], _: Sequence[Body]) -> list[Fields]:
        moved = any(old["metadata"].get("namespace") != namespace for old, _ in pairs)
        return [Fields(namespace=namespace)] if namespace and moved else []

    return propose


def _labels(pairs: Sequence[Pair], wanted: Sequence[Body]) -> list[Fields]:
    every = [set(_labels_of(body).items()) for body in wanted]
    common = set.intersection(*every) if every else set()
    lacking = {pair for pair in common if any(_lacks(old, pair) for old, _ in pairs)}
    return [Fields(labels={name: value}) for name, value in sorted(lacking)]


def _labels_of(body: Body) -> dict[str, str]:
    labels = body["metadata"].get("labels")
    if not isinstance(labels, dict):
        return {}
    return {k: v for k, v in labels.items() if not ambiguous(k) and "\n" not in v}


def _lacks(body: Body, pair: tuple[str, str]) -> bool:
    return pair not in _labels_of(body).items()


def _replicas(pairs: Sequence[Pair], _: Sequence[Body]) -> list[Fields]:
    counts = {}
    for old, new in pairs:
        count = _count(new)
        if count is not None and count != _count(old):
            counts[new["metadata"]["name"]] = count
    return [Fields(replicas={name: count}) for name, count in sorted(counts.items())]


def _count(body: Body) -> int | None:
    spec = body.get("spec")
    count = spec.get("replicas") if isinstance(spec, dict) and body["kind"] in SCALED else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _images(pairs: Sequence[Pair], _: Sequence[Body]) -> list[Fields]:
    entries: dict[str, ImageField] = {}
    for old, new in pairs:
        for before, after in _image_pairs(old, new):
            entry = _entry(before, after)
            if entry:
                entries.setdefault(entry["name"], entry)
    return [Fields(images=[entry]) for _, entry in sorted(entries.items())]


def _image_pairs(old: Body, new: Body) -> list[tuple[str, str]]:
    """Pair the images of the containers that both have."""
    before, after = dict(container_images(old)), dict(container_images(new))
    return [(image, after[place]) for place, image in before.items() if place in after]


def _entry(before: str, after: str) -> ImageField | None:
    """Make the entry of `images` that turns one reference into the other, if there is one."""
    (name, tag, digest), (new_name, new_tag, new_digest) = split(before), split(after)
    if before == after or not is_safe_name(name) or ambiguous(after):
        return None  # kustomize writes what it sets without quotes
    entry = {"name": name}
    if new_name != name:
        entry["newName"] = new_name
    if (new_tag, new_digest) != (tag, digest):
        if new_tag:
            entry["newTag"] = new_tag
        if new_digest:
            entry["digest"] = new_digest
    return entry if rewrite(entry, before) == after else None
