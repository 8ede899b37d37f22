"""The names of the files in a folder of manifests."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import split_api_version
from k8sgen.kustomize.build.resource import Id, identify

_LONGEST = 200
"""In characters; most file systems take 255 bytes, and an ending follows."""


def main_name(manifests: Sequence[Body]) -> str:
    """
    Find the name that most of *manifests* carry, the shortest where several do.
    """
    names = Counter(body["metadata"]["name"] for body in manifests)
    return min(names, key=lambda name: (-names[name], len(name), name), default="")


def file_stems(manifests: Sequence[Body], main: str) -> Mapping[Id, str]:
    """
    Name the files of *manifests*, without their endings.

    A manifest named *main* is in a file named by its kind, all others by kind and name; so a second
    manifest of a kind never renames the file of the first. Where that names two of them alike,
    the API group and the namespace are added.
    """
    stems: dict[Id, str] = {}
    taken = {"kustomization"}
    for body in manifests:
        identity = identify(body)
        version, kind, namespace, name = identity
        group, _ = split_api_version(version)
        short = kind if name == main else f"{kind}-{name}"
        long = "-".join(filter(None, (kind, name, group, version.rpartition("/")[2], namespace)))
        stem = next(
            s for s in (_safe(short), _safe(f"{kind}-{name}"), _safe(long)) if s not in taken
        )
        stems[identity] = stem
        taken.add(stem)
    return stems


def _safe(text: str) -> str:
    """Return a file name without its ending; a long one is cut, and told apart by a checksum."""
    safe = re.sub(r"[^a-z0-9.-]", "-", text.lower())
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[: _LONGEST - 9]}-{hashlib.sha256(safe.encode()).hexdigest()[:8]}"
