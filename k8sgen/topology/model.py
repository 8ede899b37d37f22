"""Topology: the services of one environment and the edges between them, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from k8sgen.kubernetes.edges import Edge
from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.public_paths import public_paths
from k8sgen.project.stdout import to_stderr

if TYPE_CHECKING:
    from k8sgen.project.compose import Composition

SERVERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Pod")
JOBS = ("CronJob", "Job")
OUTSIDE = "outside"


@attrs.frozen
class Pin:
    """The port at which an edge ends; it has no name outside the cluster."""

    name: str
    number: int
    protocol: str

    @classmethod
    def of(cls, edge: Edge) -> Pin:
        """Return that of *edge*."""
        return cls(edge.port_name, edge.port, edge.protocol)

    def __str__(self) -> str:
        protocol = "" if self.protocol == "TCP" else f"/{self.protocol}"
        return f"{self.name} {self.number}{protocol}".lstrip()


@attrs.frozen(kw_only=True)
class Runner:
    """
    One workload of a service.

    Args:
        pods: How many, as in "3" or "3-12" or "1 a node"; empty for one that runs to completion.
        schedule: In cron's five fields; empty where it does not run at set times.
    """

    kind: str
    name: str
    pods: str = ""
    schedule: str = ""


@attrs.frozen(kw_only=True)
class Node:
    """
    One service, or what services use outside the cluster.

    Args:
        running: Its workloads; empty where it is outside.
        scraped: The ports whose metrics are read from outside the namespace.
        addresses: Outside the cluster: the hosts, or else the blocks of addresses.
    """

    name: str
    running: tuple[Runner, ...] = ()
    scraped: tuple[Pin, ...] = ()
    addresses: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Return the lines below its name."""
        for each in self.running:
            own = each.pods and each.name == self.name
            yield (each.kind if own else f"{each.kind} {each.name}") + _counted(each.pods)
        yield from self.addresses

    def metrics(self) -> str:
        """Return which ports are scraped, in words."""
        return f"metrics {', '.join(str(p.number) for p in self.scraped)}" if self.scraped else ""


@attrs.frozen(kw_only=True)
class Arrow:
    """The service *client* uses *port* of the node *server*."""

    client: str
    server: str
    port: Pin


@attrs.frozen(kw_only=True)
class Entry:
    """
    A port that the ingress controller forwards requests to.

    Args:
        urls: The public ones without a path, in alphabetical order.
    """

    service: str
    port: Pin
    urls: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Topology:
    """
    All of one environment, in the order in which its stack makes the services.

    Args:
        outside: What services use that is not in the cluster.
    """

    environment: str
    nodes: tuple[Node, ...]
    outside: tuple[Node, ...] = ()
    edges: tuple[Arrow, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """All that is open to the outside."""
        return tuple(dict.fromkeys(url for entry in self.entries for url in entry.urls))

    def uses(self) -> Iterator[tuple[str, list[str]]]:
        """Return in words who uses what, first of all the outside."""
        if self.entries:
            yield OUTSIDE, [f"{entry.service} ({entry.port})" for entry in self.entries]
        for node in reversed(self.nodes):  # clients before servers
            used = [f"{e.server} ({e.port})" for e in self.edges if e.client == node.name]
            if used:
                yield node.name, used

    def returning(self) -> frozenset[Arrow]:
        """Return the edges that would close a circle with those before them."""
        below: dict[str, set[str]] = {}
        found = []
        for edge in self.edges:
            if edge.client in _reached(edge.server, below):
                found.append(edge)
            else:
                below.setdefault(edge.client, set()).add(edge.server)
        return frozenset(found)

    def as_json(self) -> dict[str, Any]:
        """Return the form that programs read."""
        return attrs.asdict(self)


def _counted(pods: str) -> str:
    """Return `, 1 pod`, `, 3-12 pods`, `, 1 pod a node`, or nothing."""
    number, space, rest = pods.partition(" ")
    return f", {number} pod{'' if number == '1' else 's'}{space}{rest}" if pods else ""


def _reached(start: str, below: Mapping[str, set[str]]) -> set[str]:
    """Return *start* and all that it uses, directly or not."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += below.get(name, ())
    return found


@to_stderr()
def topology(composition: Composition) -> Topology:
    """Return the services of *composition* and the edges of its stack."""
    services = composition.stack.services
    bodies = composition.groups()
    scalers = dict(_scalers(composition.bodies()))
    edges = composition.stack.edges()
    used = [e for e in edges if e.reason == "used" and e.client.name != e.server.name]
    outside = {edge.server.name: edge.server for edge in used if edge.server.blocks}
    return Topology(
        environment=composition.environment.name,
        nodes=tuple(_node(s.name, bodies.get(s.name, ()), edges, scalers) for s in services),
        outside=tuple(Node(name=name, addresses=p.addresses) for name, p in outside.items()),
        edges=tuple(
            dict.fromkeys(
                Arrow(client=edge.client.name, server=edge.server.name, port=Pin.of(edge))
                for edge in used
            )
        ),
        entries=tuple(_entries(composition)),
    )


Scalers = Mapping[tuple[str, str], str]
"""The kind and name of a workload, to the bounds of its autoscaler."""


def _scalers(bodies: Iterable[Body]) -> Iterator[tuple[tuple[str, str], str]]:
    """Return the bounds of each autoscaler, wherever it was made."""
    for spec in (body["spec"] for body in bodies if body["kind"] == "HorizontalPodAutoscaler"):
        target = spec["scaleTargetRef"]
        least, most = get(spec, "minReplicas", default=1), spec["maxReplicas"]
        yield (target["kind"], target["name"]), str(most) if least == most else f"{least}-{most}"


def _node(name: str, bodies: Sequence[Body], edges: Iterable[Edge], scalers: Scalers) -> Node:
    scraped = (e for e in edges if e.reason == "scraped" and e.server.name == name)
    return Node(
        name=name,
        running=(*_serving(bodies, scalers), *_jobs(bodies)),
        scraped=tuple(dict.fromkeys(Pin.of(edge) for edge in scraped)),
    )


def _serving(bodies: Sequence[Body], scalers: Scalers) -> Iterator[Runner]:
    for body in bodies:
        kind, name = body["kind"], body["metadata"]["name"]
        if kind in SERVERS:
            count = str(get(body, "spec", "replicas", default=1))
            fixed = "1 a node" if kind == "DaemonSet" else count
            yield Runner(kind=kind, name=name, pods=scalers.get((kind, name), fixed))


def _jobs(bodies: Iterable[Body]) -> Iterator[Runner]:
    for body in bodies:
        if body["kind"] in JOBS:
            job = (
                body["spec"] if body["kind"] == "Job" else get(body, "spec", "jobTemplate", "spec")
            )
            count = get(job, "parallelism", default=1)
            yield Runner(
                kind=body["kind"],
                name=body["metadata"]["name"],
                pods=str(count) if count != 1 else "",
                schedule=body["spec"].get("schedule", ""),
            )


def _entries(composition: Composition) -> Iterator[Entry]:
    urls = _urls(composition)
    exposed = {
        (endpoint.host, endpoint.port): endpoint
        for service in composition.stack.services
        for endpoint in service.exposed
    }
    for endpoint in exposed.values():
        pin = Pin(endpoint.port.name, endpoint.port.number, endpoint.port.protocol)
        found = tuple(sorted(urls.get(endpoint.host, ())))
        yield Entry(service=endpoint.server.party.name, port=pin, urls=found)


def _urls(composition: Composition) -> dict[str, set[str]]:
    """Find the public URLs by the Kubernetes Service that answers them."""
    default = composition.environment.cluster.scheme
    found: dict[str, set[str]] = {}
    secure = set()
    for resource in composition.resources:
        for path in public_paths(resource.body):
            scheme = default if path.encrypted is None else "https" if path.encrypted else "http"
            found.setdefault(path.service, set()).add(f"{scheme}://{path.host}")
            secure |= {path.host} if scheme == "https" else set()
    redirected = {f"http://{host}" for host in secure}
    return {service: urls - redirected for service, urls in found.items()}
