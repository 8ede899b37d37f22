"""Topology: the services of one environment and the edges between them, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from k8sgen.settings.port import Port
from k8sgen.settings.service import ServiceSettings

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
    from k8sgen.project.compose import Composition

SERVERS = ("Deployment", "StatefulSet", "DaemonSet")
JOBS = ("CronJob", "Job")
OUTSIDE = "outside"


@attrs.frozen(kw_only=True)
class Job:
    """
    Pods of a service that run to an end.

    Args:
        schedule: In cron's five fields; empty where it runs once.
    """

    kind: str
    name: str
    schedule: str = ""


@attrs.frozen(kw_only=True)
class Node:
    """
    One service.

    Args:
        workloads: The kinds that keep its pods running.
        pods: How many run, as in "3" or "3-12".
        scraped: The ports whose metrics are read from outside the namespace.
    """

    name: str
    workloads: tuple[str, ...] = ()
    pods: str = ""
    jobs: tuple[Job, ...] = ()
    scraped: tuple[Port, ...] = ()

    def lines(self) -> Iterator[str]:
        """Return what is said of it below its name, a line each."""
        if self.workloads:
            pods = "1 pod" if self.pods == "1" else f"{self.pods} pods"
            yield f"{', '.join(self.workloads)}, {pods}"
        for job in self.jobs:
            yield f"{job.kind} {job.name}"

    def metrics(self) -> str:
        """Say which ports are scraped."""
        return f"metrics {', '.join(str(p.number) for p in self.scraped)}" if self.scraped else ""


@attrs.frozen(kw_only=True)
class Edge:
    """The service *client* was given *port* of the service *server*."""

    client: str
    server: str
    port: Port


@attrs.frozen(kw_only=True)
class Entry:
    """
    A port that the ingress controller brings requests to.

    Args:
        urls: The public ones without a path, in alphabetical order.
    """

    service: str
    port: Port
    urls: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Topology:
    """
    All of one environment, in the order in which its stack makes the services.
    """

    environment: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """All that is open to the outside."""
        return tuple(dict.fromkeys(url for entry in self.entries for url in entry.urls))

    def uses(self) -> Iterator[tuple[str, list[str]]]:
        """Say in words who uses what, first of all the outside."""
        if self.entries:
            yield OUTSIDE, [f"{entry.service} ({shown(entry.port)})" for entry in self.entries]
        for node in reversed(self.nodes):  # those that use before those that are used
            used = [f"{e.server} ({shown(e.port)})" for e in self.edges if e.client == node.name]
            if used:
                yield node.name, used

    def as_json(self) -> dict[str, Any]:
        """Return the form that programs read."""
        return attrs.asdict(self)


def shown(port: Port) -> str:
    """Name a port by its name and number."""
    protocol = "" if port.protocol == "TCP" else f"/{port.protocol}"
    return f"{port.name} {port.number}{protocol}"


def replicas(settings: ServiceSettings) -> str:
    """Say how many pods run at once."""
    scaling = settings.autoscaling
    return f"{scaling.min_replicas}-{scaling.max_replicas}" if scaling else str(settings.replicas)


def topology(composition: Composition) -> Topology:
    """Read off *composition* which services there are and which edges its stack has."""
    services = composition.stack.services
    bodies = composition.groups()
    edges = (
        Edge(client=service.name, server=endpoint.service.name, port=endpoint.port)
        for service in services
        for endpoint in service.given
    )
    return Topology(
        environment=composition.environment.name,
        nodes=tuple(_node(service, bodies.get(service.name, ())) for service in services),
        edges=tuple(dict.fromkeys(edges)),
        entries=tuple(_entries(services, composition)),
    )


def _node(service: Service, bodies: Sequence[dict[str, Any]]) -> Node:
    return Node(
        name=service.name,
        workloads=tuple(body["kind"] for body in bodies if body["kind"] in SERVERS),
        pods=replicas(service.settings),
        jobs=tuple(_jobs(bodies)),
        scraped=tuple(dict.fromkeys(service.metrics_ports)),
    )


def _jobs(bodies: Iterable[dict[str, Any]]) -> Iterator[Job]:
    for body in bodies:
        if body["kind"] in JOBS:
            schedule = body["spec"].get("schedule", "")
            yield Job(kind=body["kind"], name=body["metadata"]["name"], schedule=schedule)


def _entries(services: Iterable[Service], composition: Composition) -> Iterator[Entry]:
    urls = _urls(composition)
    for service in services:
        for endpoint in dict.fromkeys(service.exposed):
            found = tuple(sorted(urls.get(endpoint.host, ())))
            yield Entry(service=service.name, port=endpoint.port, urls=found)


def _urls(composition: Composition) -> dict[str, set[str]]:
    """Find the public URLs by the Kubernetes Service that answers them."""
    found: dict[str, set[str]] = {}
    for resource in composition.resources:
        if resource.body["kind"] != "Ingress":
            continue
        spec = resource.body["spec"]
        secure = {host for tls in spec.get("tls") or () for host in tls.get("hosts") or ()}
        for rule in spec.get("rules") or ():
            host = rule.get("host", "*")
            url = f"{'https' if host in secure else 'http'}://{host}"
            for path in rule["http"]["paths"]:
                found.setdefault(path["backend"]["service"]["name"], set()).add(url)
    return found
