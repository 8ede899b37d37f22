"""What a pod uses of ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from k8sgen.kubernetes.manifest import get

Source = Literal["ConfigMap", "Secret"]


@attrs.frozen(kw_only=True)
class Use:
    """
    One use of a ConfigMap or a Secret.

    Args:
        key: `None` is all of it.
        where: The part of the pod that uses it.
        way: `env NAME`, `file PATH`, `env` or `files` for all keys, `pull`; empty for what a mount
            takes of a volume that is a use itself.
    """

    kind: Source
    name: str
    key: str | None
    where: str
    way: str = ""
    optional: bool = False


def pod_specs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Return each pod spec in a manifest, at whatever depth its kind keeps it."""
    if isinstance(value, Mapping):
        if isinstance(value.get("containers"), list):
            yield value
        else:
            for item in value.values():
                yield from pod_specs(item)


def uses(spec: Mapping[str, Any], kind: Source) -> Iterator[Use]:
    """Return every use of a ConfigMap, or of a Secret, that pods of *spec* make."""
    for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
        where = f"container {container.get('name')}"
        yield from _of_container(container, kind, where)
        yield from _sub_paths(spec, container, kind, where)
    for volume in spec.get("volumes") or ():
        where = f"volume {volume.get('name')}"
        for source in [volume, *get(volume, "projected", "sources", default=[])]:
            yield from _of_volume(source, kind, where)
    if kind == "Secret":
        for pull in spec.get("imagePullSecrets") or ():
            name = pull.get("name", "")
            yield Use(kind=kind, name=name, key=None, where="imagePullSecrets", way="pull")


def _of_container(container: Mapping[str, Any], kind: Source, where: str) -> Iterator[Use]:
    field = "configMap" if kind == "ConfigMap" else "secret"
    for env in container.get("env") or ():
        name, found = env.get("name"), get(env, "valueFrom", f"{field}KeyRef")
        if found:
            yield _use(kind, found, f"{where}: {name}", f"env {name}", found.get("key"))
    for source in container.get("envFrom") or ():
        if f"{field}Ref" in source:
            yield _use(kind, source[f"{field}Ref"], f"{where}: envFrom", "env", None)


def _use(kind: Source, found: Mapping[str, Any], where: str, way: str, key: str | None) -> Use:
    optional, name = bool(found.get("optional")), found.get("name", "")
    return Use(kind=kind, name=name, key=key, where=where, way=way, optional=optional)


def source_of(volume: Mapping[str, Any], kind: Source) -> tuple[str, Mapping[str, Any]] | None:
    """Return the name and the source where *volume* comes from a *kind*."""
    field, name = ("configMap", "name") if kind == "ConfigMap" else ("secret", "secretName")
    source = volume.get(field)
    if not isinstance(source, dict):
        return None
    return str(source.get(name) or source.get("name", "")), source


def _of_volume(volume: Mapping[str, Any], kind: Source, where: str) -> Iterator[Use]:
    found = source_of(volume, kind)
    if not found:
        return
    name, source = found
    optional = bool(source.get("optional"))
    for item in source.get("items") or [None]:
        key, way = (item.get("key"), f"file {item.get('path')}") if item else (None, "files")
        yield Use(kind=kind, name=name, key=key, where=where, way=way, optional=optional)


def _sub_paths(
    spec: Mapping[str, Any], container: Mapping[str, Any], kind: Source, where: str
) -> Iterator[Use]:
    """Return the keys that are mounted one by one; with `items` they are paths, checked there."""
    volumes = {volume.get("name"): volume for volume in spec.get("volumes") or ()}
    for mount in container.get("volumeMounts") or ():
        found = source_of(volumes.get(mount.get("name")) or {}, kind)
        if found and mount.get("subPath") and not found[1].get("items"):
            place = f"{where}: {mount.get('mountPath')}"
            yield Use(kind=kind, name=found[0], key=mount["subPath"], where=place)
