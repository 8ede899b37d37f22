"""What a pod takes from ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from k8sgen.checks.rendered import Body, PodTemplate, get


@attrs.frozen(kw_only=True)
class Use:
    """
    One use of a ConfigMap or a Secret.

    Args:
        key: `None` is all of it.
        where: What of the pod uses it.
    """

    kind: Literal["ConfigMap", "Secret"]
    name: str
    key: str | None
    where: str
    optional: bool = False


def uses(pod: PodTemplate, kind: Literal["ConfigMap", "Secret"]) -> Iterator[Use]:
    """Return every use of a ConfigMap, or of a Secret, that *pod* makes."""
    for container in pod.every_container:
        where = f"container {container.get('name')}"
        yield from _of_container(container, kind, where)
        yield from _sub_paths(pod, container, kind, where)
    for volume in pod.volumes:
        where = f"volume {volume.get('name')}"
        sources = [volume, *(get(volume, "projected", "sources") or [])]
        for source in sources:
            yield from _of_volume(source, kind, where)
    if kind == "Secret":
        for pull in pod.spec.get("imagePullSecrets") or []:
            yield Use(kind=kind, name=pull.get("name", ""), key=None, where="imagePullSecrets")


def _of_container(
    container: Body, kind: Literal["ConfigMap", "Secret"], where: str
) -> Iterator[Use]:
    key_ref, ref = (
        ("configMapKeyRef", "configMapRef")
        if kind == "ConfigMap"
        else ("secretKeyRef", "secretRef")
    )
    for env in container.get("env") or []:
        found = get(env, "valueFrom", key_ref)
        if found:
            yield _use(kind, found, f"{where}: {env.get('name')}", found.get("key"))
    for source in container.get("envFrom") or []:
        if ref in source:
            yield _use(kind, source[ref], f"{where}: envFrom", None)


def _use(kind: Literal["ConfigMap", "Secret"], found: Body, where: str, key: str | None) -> Use:
    optional = bool(found.get("optional"))
    return Use(kind=kind, name=found.get("name", ""), key=key, where=where, optional=optional)


def source_of(volume: Body, kind: Literal["ConfigMap", "Secret"]) -> tuple[str, Body] | None:
    """Return the name and the source where *volume* comes from a *kind*."""
    field, name = ("configMap", "name") if kind == "ConfigMap" else ("secret", "secretName")
    source = volume.get(field)
    if not isinstance(source, dict):
        return None
    return str(source.get(name) or source.get("name", "")), source


def _of_volume(volume: Body, kind: Literal["ConfigMap", "Secret"], where: str) -> Iterator[Use]:
    found = source_of(volume, kind)
    if not found:
        return
    name, source = found
    optional = bool(source.get("optional"))
    keys = [item.get("key") for item in source.get("items") or []] or [None]
    for key in keys:
        yield Use(kind=kind, name=name, key=key, where=where, optional=optional)


def _sub_paths(
    pod: PodTemplate, container: Body, kind: Literal["ConfigMap", "Secret"], where: str
) -> Iterator[Use]:
    """Return the keys that are mounted one by one; with `items` they are paths, checked there."""
    volumes = {volume.get("name"): volume for volume in pod.volumes}
    for mount in container.get("volumeMounts") or []:
        found = source_of(volumes.get(mount.get("name")) or {}, kind)
        if found and mount.get("subPath") and not found[1].get("items"):
            place = f"{where}: {mount.get('mountPath')}"
            yield Use(kind=kind, name=found[0], key=mount["subPath"], where=place)
