"""
What `kustomize build` makes of the files that k8sgen writes, without running it.

A pure function of texts. It knows only the fields that k8sgen writes and refuses every other.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import from_yaml
from k8sgen.kustomize.build.equality import Difference, first_difference
from k8sgen.kustomize.build.errors import BuildError, UnsureError
from k8sgen.kustomize.build.kustomization import Fields, Kustomization
from k8sgen.kustomize.build.merge import MISSING
from k8sgen.kustomize.build.patches import JsonPatch, MergePatch, Patch
from k8sgen.kustomize.build.references import mend_references
from k8sgen.kustomize.build.resource import BuiltManifest, Id, identify, require_unique

FILE = "kustomization.yaml"
_KNOWN = frozenset(
    ("apiVersion", "kind", "namespace", "resources", "labels", "patches", "images", "replicas")
)


@attrs.frozen
class Mismatch:
    """
    A manifest of a build that differs from what is wanted.

    Args:
        id: Its apiVersion, kind, namespace and name.
        difference: What the build has (left) and what is wanted (right).
    """

    id: Id
    difference: Difference

    def __str__(self) -> str:
        version, kind, namespace, name = self.id
        within = f" in {namespace}" if namespace else ""
        return f"{kind} {name}{within} ({version}): {self.difference}"


def evaluate(files: Mapping[str, str], folder: str) -> list[Body]:
    """
    Build the kustomization in *folder*.

    Args:
        files: {path: text}; the paths are relative to one folder and have slashes.
        folder: Relative to the same.

    Returns:
        The manifests, to be read and not changed: they share parts.

    Raises:
        BuildError: kustomize would refuse, or the outcome is not certain, or a field is not one
            that k8sgen writes.
    """
    try:
        return [each.finished() for each in mend_references(_accumulate(files, folder))]
    except UnsureError:
        raise BuildError(
            f"what kustomize makes of {folder} is not certain",
            hint="run `kubectl kustomize` on it to see",
        ) from None
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        msg = f"{folder} holds a kustomization or a manifest of a form that k8sgen never writes"
        raise BuildError(msg, hint="run `kubectl kustomize` on it to see") from error


def prove(files: Mapping[str, str], folder: str, wanted: Sequence[Body]) -> list[Mismatch]:
    """
    Compare what *folder* builds with what is *wanted*, manifest by manifest.

    Returns:
        What differs; empty where it is proved.

    Raises:
        BuildError: It does not build.
    """
    return compare(evaluate(files, folder), wanted)


def compare(built: Sequence[Body], wanted: Sequence[Body]) -> list[Mismatch]:
    """
    Compare two sets of manifests by their ids.
    """
    have, want = ({identify(body): body for body in side} for side in (built, wanted))
    mismatches = []
    for name in [*want, *(name for name in have if name not in want)]:
        if name not in have or name not in want:
            found: Difference | None = Difference(
                "", have.get(name, MISSING), want.get(name, MISSING)
            )
        else:
            found = first_difference(have[name], want[name])
        if found:
            mismatches.append(Mismatch(name, found))
    return mismatches


def _accumulate(files: Mapping[str, str], folder: str) -> list[BuiltManifest]:
    path = posixpath.normpath(posixpath.join(folder, FILE))
    if path not in files:
        raise BuildError(f"{path} does not exist")
    kustomization = _read(files, posixpath.dirname(path), files[path])
    resources: list[BuiltManifest] = []
    for entry in kustomization.resources:
        inner = posixpath.normpath(posixpath.join(folder, entry))
        if inner in files:
            resources += [BuiltManifest(body) for body in _documents(files[inner])]
        else:
            resources += _accumulate(files, inner)
    require_unique(each.body for each in resources)
    return kustomization.build(resources)


def _read(files: Mapping[str, str], folder: str, text: str) -> Kustomization:
    (content,) = _documents(text)
    unknown = sorted(content.keys() - _KNOWN)
    if unknown:
        raise BuildError(f"{folder}/{FILE} has the field {unknown[0]!r}, which k8sgen never writes")
    labels = [entry["pairs"] for entry in content.get("labels", ())]
    fields = Fields(
        namespace=content.get("namespace"),
        labels={name: value for pairs in labels for name, value in pairs.items()},
        replicas={entry["name"]: entry["count"] for entry in content.get("replicas", ())},
        images=content.get("images", ()),
    )
    patches = [_read_patch(files, folder, entry) for entry in content.get("patches", ())]
    return Kustomization(resources=content.get("resources", ()), patches=patches, fields=fields)


def _read_patch(files: Mapping[str, str], folder: str, entry: Mapping[str, Any]) -> Patch:
    path = posixpath.normpath(posixpath.join(folder, entry["path"]))
    if path not in files:
        raise BuildError(f"{path} does not exist")
    (content,) = _documents(files[path])
    if "target" in entry:
        return JsonPatch(entry["path"], content, entry["target"])
    return MergePatch(entry["path"], content)


@lru_cache(maxsize=4096)
def _documents(text: str) -> tuple[Any, ...]:
    """Parse once what several overlays share; the result must not be changed."""
    return tuple(from_yaml(text))
