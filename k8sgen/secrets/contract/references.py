"""Which keys of which Secrets some manifests use; knows only dicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

_LABEL = "app.kubernetes.io/name"

Body = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Reference:
    """
    One use of a Secret.

    Args:
        key: `None` uses all that are there.
        user: `Kind/name` of the manifest.
        service: The service that the manifest is labelled with.
        way: `env NAME` or `file PATH`.
        optional: Whether the pod starts without it.
    """

    secret: str
    key: str | None
    user: str
    way: str
    service: str = ""
    optional: bool = False


def references(bodies: Iterable[Body]) -> list[Reference]:
    """
    Find every `secretKeyRef`, `secretRef`, secret volume and image pull secret in *bodies*.

    Certificates of an Ingress are not among them: their Secrets are cert-manager's.
    """
    return [
        attrs.evolve(reference, service=body["metadata"].get("labels", {}).get(_LABEL, ""))
        for body in bodies
        for reference in _of(body)
    ]


def _of(body: Body) -> Iterator[Reference]:
    user = f"{body['kind']}/{body['metadata']['name']}"
    for spec in _pod_specs(body):
        for container in [*spec.get("initContainers", ()), *spec.get("containers", ())]:
            yield from _of_env(container, user)
        for volume in spec.get("volumes", ()):
            yield from _of_volume(volume, user)
        for pull in spec.get("imagePullSecrets", ()):
            yield Reference(secret=pull["name"], key=".dockerconfigjson", user=user, way="pull")


def _pod_specs(value: Any) -> Iterator[Body]:
    """Find what has containers, at whatever depth its kind keeps it."""
    if isinstance(value, Mapping):
        if isinstance(value.get("containers"), list):
            yield value
        else:
            for item in value.values():
                yield from _pod_specs(item)


def _of_env(container: Body, user: str) -> Iterator[Reference]:
    for entry in container.get("env", ()):
        ref = entry.get("valueFrom", {}).get("secretKeyRef")
        if ref:
            yield _reference(ref["name"], ref["key"], user, f"env {entry['name']}", ref)
    for entry in container.get("envFrom", ()):
        ref = entry.get("secretRef")
        if ref:
            yield _reference(ref["name"], None, user, "env", ref)


def _of_volume(volume: Body, user: str) -> Iterator[Reference]:
    sources = [volume, *volume.get("projected", {}).get("sources", ())]
    for source in sources:
        secret = source.get("secret")
        if secret:
            name = secret.get("secretName") or secret["name"]
            items = secret.get("items")
            for item in items or [{}]:
                way = f"file {item['path']}" if items else "files"
                yield _reference(name, item.get("key"), user, way, secret)


def _reference(secret: str, key: str | None, user: str, way: str, source: Body) -> Reference:
    optional = bool(source.get("optional"))
    return Reference(secret=secret, key=key, user=user, way=way, optional=optional)
