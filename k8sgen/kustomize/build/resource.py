"""A manifest on its way through a kustomize build, and how kustomize tells manifests apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs

from k8sgen.kubernetes.manifest import POD_TEMPLATES, Body
from k8sgen.kubernetes.types import CLUSTER_SCOPED
from k8sgen.kubernetes.yaml import ambiguous, breaks_go_yaml, from_yaml
from k8sgen.kustomize.build.errors import BuildError

Id: TypeAlias = tuple[str, str, str, str]
"""apiVersion, kind, effective namespace, name."""


_UNREADABLE = re.compile("[\x7f-\x9f\ufffe\uffff]")
_TAKEN = (
    "alpha.config.kubernetes.io/transformations",
    "config.k8s.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/local-config",
    "config.kubernetes.io/origin",
    "config.kubernetes.io/path",
    "internal.config.kubernetes.io/",
)
"""
The prefixes of the annotations that kustomize reserves: it drops them, or obeys them.

Source:
    kyaml kio/kioutil/kioutil.go, api/internal/utils/annotations.go
"""


@attrs.frozen
class BuiltManifest:
    """
    A manifest and its earlier ids, which patches and references may still use.

    Args:
        body: The manifest as it is now.
        previous: Oldest first. kustomize notes an id where a namespace or a JSON patch is applied.
    """

    body: Body
    previous: tuple[Id, ...] = ()

    @property
    def ids(self) -> tuple[Id, ...]:
        """Every id that it is found by, oldest first."""
        return (*self.previous, identify(self.body))

    def noted(self) -> BuiltManifest:
        """Record the present id."""
        return attrs.evolve(self, previous=self.ids)

    def finished(self) -> Body:
        """
        Return the manifest as the build prints it.

        kustomize rewrites the annotations of everything, and drops the empty ones.
        """
        metadata = self.body["metadata"]
        if metadata.get("annotations", True):
            return self.body
        rest = {name: value for name, value in metadata.items() if name != "annotations"}
        return {**self.body, "metadata": rest}


def identify(body: Body) -> Id:
    """
    Name a manifest as kustomize does.

    Source:
        kustomize v5.8.1 kyaml/resid/resid.go EffectiveNamespace
    """
    metadata = body["metadata"]
    version, kind = body["apiVersion"], body["kind"]
    if (version, kind) in CLUSTER_SCOPED:
        return version, kind, "", metadata["name"]
    return version, kind, metadata.get("namespace") or "default", metadata["name"]


def require_sound(bodies: Sequence[Body]) -> None:
    """
    Refuse manifests that no kustomization can hold.

    Raises:
        BuildError: Names it, and the reason.
    """
    for body in bodies:
        flaw = (
            _flaw_of_head(body)
            or _flaw_of_kind(body)
            or _flaw(body, f"{body['kind']} {body['metadata']['name']}")
        )
        if flaw:
            raise BuildError(flaw, hint="correct it where the manifest is made")
    require_unique(bodies)


def _flaw_of_head(body: Body) -> str:
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return f"a manifest has no metadata: {str(body)[:80]}"
    names = (body.get("apiVersion"), body.get("kind"), metadata.get("name"))
    if not all(isinstance(name, str) and name for name in names):
        return f"a manifest has no apiVersion, kind or metadata.name: {names}"
    flaw = _flaw_of_pairs(metadata, "labels") or _flaw_of_pairs(metadata, "annotations")
    return flaw and f"{names[1]} {names[2]} has {flaw}"


def _flaw_of_kind(body: Body) -> str:
    """
    Return what kustomize refuses in some kinds, or panics at.

    Source:
        kustomize v5.8.1 api/filters/nameref/nameref.go, api/internal/accumulator, and
        api/resource/factory.go inlineAnyEmbeddedLists
    """
    kind, name = body["kind"], body["metadata"]["name"]
    if kind.endswith("List") and "items" in body:
        return f"{kind} {name} is a list, which kustomize takes apart"
    place: object = body
    for step in (*POD_TEMPLATES.get(kind, ()), "spec"):
        place = place.get(step) if isinstance(place, dict) else None
        if place is not None and not isinstance(place, dict):
            return f"{kind} {name} has {place!r} for its {step}, which is a map"
    for subject in body.get("subjects") or () if kind.endswith("RoleBinding") else ():
        if not isinstance(subject, dict) or not subject.get("name"):
            return f"{kind} {name} has a subject without a name"
        if kind == "RoleBinding" and _misleads(subject):
            return f"{kind} {name} has a subject whose kind or namespace is no text"
    return ""


def _misleads(subject: Body) -> bool:
    """
    Return whether kustomize cannot tell whose namespace a subject has.

    It asks for the kind of one with a namespace, or that a namespace is set in: one named default.
    """
    if "namespace" not in subject and subject["name"] != "default":
        return False
    kind, namespace = subject.get("kind", ""), subject.get("namespace", "")
    if kind != "ServiceAccount" and not isinstance(namespace, list | dict):
        return not isinstance(kind, str)
    return not isinstance(namespace, str)


def _flaw_of_pairs(metadata: Body, field: str) -> str:
    pairs = metadata.get(field) or {}
    if not isinstance(pairs, dict):
        return f"{field} that are not a map"
    for name, value in pairs.items():
        if not isinstance(name, str) or not isinstance(value, str):
            return f"{value!r} in {field}.{name}: both must be strings"
        if field == "annotations" and name.startswith(_TAKEN):
            return f"the annotation {name}, which kustomize reserves"
        if field == "annotations" and _is_misread(name, value):
            return f"the annotation {name!r}, which kustomize cannot read back"
    return ""


def _is_misread(name: str, value: str) -> bool:
    """Return whether kustomize, which loses the quotes of every annotation, then misreads it."""
    is_string = not ambiguous(name) or isinstance(next(iter(from_yaml(name)), None), str)
    return not is_string or breaks_go_yaml(value)


def _flaw(value: object, path: str) -> str:
    """Return what in *value* kustomize cannot read; "" if there is nothing."""
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        bad = next((key for key in value if not isinstance(key, str) or not key), None)
        if bad is not None:
            return f"{path} has the key {bad!r}"
        inner = ((f"{path}.{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        if None in value:
            return f"{path} holds a null, which kustomize refuses in a list"
        inner = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    else:
        return _flaw_of_scalar(value, path)
    return next(filter(None, (_flaw(item, place) for place, item in inner)), "")


def _flaw_of_scalar(value: object, path: str) -> str:
    if isinstance(value, str) and _UNREADABLE.search(value):
        return f"{path} holds a control character that kustomize cannot read"
    if value is None or isinstance(value, str | int):
        return ""
    if isinstance(value, float) and math.isfinite(value):
        return ""
    return f"{path} is {value!r}, a {type(value).__name__}"


def require_unique(bodies: Iterable[Body]) -> None:
    """
    Refuse two manifests of one id, as kustomize does.

    Raises:
        BuildError: Names the first pair.
    """
    seen = set()
    for body in bodies:
        name = identify(body)
        if name in seen:
            version, kind, namespace, called = name
            raise BuildError(
                f"two manifests are {kind} {called!r} ({version}) in the namespace {namespace!r}",
                hint="give one of them another name",
            )
        seen.add(name)
