"""The addresses in configuration files, variables and secrets' templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.rules.network import resolve_port, service_port
from k8sgen.checks.texts import told
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate

_PORTS: Mapping[str, int] = {
    "http": 80, "https": 443, "ws": 80, "wss": 443, "grpc": 443, "postgres": 5432,
    "postgresql": 5432, "redis": 6379, "rediss": 6379, "mysql": 3306, "amqp": 5672,
    "nats": 4222, "mongodb": 27017, "smtp": 25, "tcp": 0,
}  # fmt: skip
"""The port that each scheme means when a URL names none."""

_URL = re.compile(
    rf"\b({'|'.join(_PORTS)})://(?:[^/@\s\"'<>]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d+))?(?![\w<{{$])"
)
_PAIR = re.compile(r"([a-z][a-z0-9.-]*):(\d{2,5})")
_HOST = re.compile(r"[a-z]([-a-z0-9.]*[a-z0-9])?")
_COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)
_LOCAL = ("localhost", "host")


@attrs.frozen(kw_only=True)
class Address:
    """
    One address that is configured for pods.

    Args:
        manifest: The one that contains it; `None` is a secret's contract.
        where: In it.
        client: The pods that read it.
    """

    manifest: Body | None
    where: str
    host: str
    port: int
    client: PodTemplate


def addresses(rendered: Rendered) -> Iterator[Address]:
    """Return every address in a pod's configuration that may be one of the cluster's own."""
    for pod in rendered.pods:
        for text in told(rendered, pod):
            for host, port in _in(_COMMENT.sub("", text.text)):
                yield Address(
                    manifest=text.manifest, where=text.where, host=host, port=port, client=pod
                )
        for container in pod.every_container:
            yield from _variable_pairs(pod, container)


def _in(text: str) -> Iterator[tuple[str, int]]:
    for scheme, host, port in _URL.findall(text):
        yield host, int(port) if port else _PORTS[scheme]
    whole = _PAIR.fullmatch(text.strip())
    if whole:
        yield whole[1], int(whole[2])


def _variable_pairs(pod: PodTemplate, container: Body) -> Iterator[Address]:
    """Return the addresses that are split over two variables, such as DB_HOST and DB_PORT."""
    values = {e["name"]: e.get("value") for e in container.get("env") or []}
    for name, value in values.items():
        if not name.endswith("HOST") or not isinstance(value, str) or not _HOST.fullmatch(value):
            continue
        port = str(values.get(name.removesuffix("HOST") + "PORT") or "0")
        where = f"container {container.get('name')}: {name}"
        number = int(port) if port.isdecimal() else 0
        yield Address(manifest=pod.owner, where=where, host=value, port=number, client=pod)


def service_of(rendered: Rendered, address: Address) -> tuple[str, Body | None] | None:
    """
    Return the Kubernetes Service that *address* names, by its name and its manifest.

    Returns:
        `None` where the host is not one of this namespace; a manifest of `None` where it should be
        there but is not.
    """
    like = address.client.owner
    name, *rest = address.host.rstrip(".").split(".")
    found = rendered.find("Service", name, like)
    if not rest:
        return None if name in _LOCAL else (name, found)
    namespace = address.client.namespace
    if rest[0] == namespace and rest[1:] in ([], ["svc"], ["svc", "cluster", "local"]):
        return name, found
    if rest[1:2] == ["svc"] and rest[0] in rendered.namespaces:
        return name, None
    headless = rendered.find("Service", rest[0], like)
    if headless and get(headless, "spec", "clusterIP") == "None" and rest[1:2] in ([], [namespace]):
        return rest[0], headless if _is_pod(rendered, name, rest[0], like) else None
    return None


def _is_pod(rendered: Rendered, name: str, service: str, like: Body) -> bool:
    """Return whether *name* is the host name of a StatefulSet's pod."""
    workload, _, number = name.rpartition("-")
    found = rendered.find("StatefulSet", workload, like)
    replicas = get(found, "spec", "replicas")
    count = 1 if replicas is None else int(replicas)
    governs = get(found, "spec", "serviceName") == service
    return found is not None and governs and number.isdecimal() and int(number) < count


@rule("address", fix="name a Kubernetes Service and one of its ports")
def in_cluster(rendered: Rendered) -> Iterator[Issue]:
    """Every cluster address in a pod's configuration is a Kubernetes Service and port."""
    for address in addresses(rendered):
        found = service_of(rendered, address)
        if found is None:
            continue
        name, body = found
        place = label(address.manifest) + ": " if address.manifest else ""
        where = f"{place}{address.where}"
        target = address.manifest or address.client.owner
        if body is None:
            message = f"{where}: there is no Kubernetes Service {name!r} (in {address.host!r})"
            yield Issue(target, message, nearest(name, rendered.names("Service")))
        elif address.port and service_port(body, address.port) is None:
            known = [str(port.get("port")) for port in get(body, "spec", "ports") or []]
            message = f"{where}: the Kubernetes Service {name!r} has no port {address.port}"
            yield Issue(target, message, nearest(address.port, known))


def target(rendered: Rendered, address: Address) -> Iterator[tuple[PodTemplate, int]]:
    """Return the pods, and their port, that *address* leads to."""
    found = service_of(rendered, address)
    body: Any = found[1] if found else None
    if body is None:
        return
    port = service_port(body, address.port)
    for pod in rendered.selected({"matchLabels": get(body, "spec", "selector") or {}}, body):
        if port is not None:
            number = resolve_port(pod, port.get("targetPort", port.get("port")))
            if number is not None:
                yield pod, number


RULES = (in_cluster,)
