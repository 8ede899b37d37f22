"""What the API server refuses in the volumes of pods."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.accepted.fault import (
    LABEL,
    Fault,
    Part,
    at,
    between,
    each,
    is_relative,
    named,
    needs,
)
from k8sgen.kubernetes.manifest import get


def volume(volume: Part) -> Iterator[Fault]:
    """Judge a volume."""
    yield from needs("name")(volume)
    yield from named(volume, "name", LABEL)
    sources = [name for name, value in volume.items() if name != "name" and value is not None]
    if len(sources) > 1:
        yield Fault(sources[1], f"the volume is a {sources[0]} already")
    if ".." in str(get(volume, "hostPath", "path", default="")).split("/"):
        yield Fault("hostPath.path", "it has ..")
    yield from at(volume, "persistentVolumeClaim", needs("claimName"))
    yield from at(volume, "secret", needs("secretName"), _files)
    yield from at(volume, "configMap", needs("name"), _files)
    yield from at(volume, "projected", _projected)


def _projected(projected: Part) -> Iterator[Fault]:
    yield from between(projected, "defaultMode", 0, 0o777)
    yield from each(
        projected,
        "sources",
        lambda source: at(source, "configMap", needs("name"), _files),
        lambda source: at(source, "secret", needs("name"), _files),
        lambda source: at(source, "serviceAccountToken", needs("path")),
    )


def _files(source: Part) -> Iterator[Fault]:
    yield from between(source, "defaultMode", 0, 0o777)
    yield from each(source, "items", needs("key", "path"), _file)


def _file(item: Part) -> Iterator[Fault]:
    yield from between(item, "mode", 0, 0o777)
    if item.get("path") and not is_relative(item["path"]):
        yield Fault("path", f"{item['path']!r} leaves the volume")
