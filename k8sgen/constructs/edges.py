"""Edges: who talks to whom in a stack, derived once from what its services declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from k8sgen.constructs.endpoint import Endpoint
from k8sgen.kubernetes.edges import Edge, Party, Reason
from k8sgen.settings.outside import Outside
from k8sgen.settings.port import Port
from k8sgen.settings.typed import misfit

if TYPE_CHECKING:
    from k8sgen.constructs.stack import Stack

# Source: cert-manager pkg/issuer/acme/http/pod.go.
SOLVER = Party(name="acme solver", labels={"acme.cert-manager.io/http01-solver": "true"})
SOLVER_PORT = Port("acme", 8089)
_DNS = (Port("dns", 53, "UDP"), Port("dns-tcp", 53, "TCP"))


class Connected:
    """
    A service, or one workload of it, whose pods open and accept connections.

    Args:
        party: Its side of an edge.
    """

    def __init__(self, stack: Stack, party: Party) -> None:
        self.stack = stack
        self.party = party
        self.used: list[Endpoint | Outside] = []
        self.metrics: dict[Port, str] = {}

    def uses(self, *endpoints: Endpoint | Outside) -> None:
        """
        Declare what it opens connections to; the network policies then allow each.

        It may come after the construction of both sides, so that two services can use each other.

        Raises:
            ValueError: The stack is being synthesized, and the edges have been read; or an
                `Outside` has the name of a service or of another one.
        """
        self.stack.refuse_late(f"{self.party.name} uses something new")
        if problem := misfit(endpoints, tuple[Endpoint | Outside, ...]):
            msg = f"{self.party.name} uses what it cannot: {problem}"
            raise ValueError(msg)
        for used in endpoints:
            server = used if isinstance(used, Outside) else used.server
            if isinstance(server, Outside):
                self.stack.add_outside(server)
        self.used.extend(endpoints)

    def scrape(self, port: Port, *, path: str = "/metrics") -> None:
        """Let the cluster's scrapers read the metrics."""
        self.stack.refuse_late(f"{self.party.name} has new metrics")
        self.metrics[port] = path


@attrs.frozen(kw_only=True)
class Edges:
    """The edges of a stack, each kind in the order of the services."""

    all: Sequence[Edge]
    by_client: Mapping[Party, Sequence[Edge]]
    by_server: Mapping[Party, Sequence[Edge]]

    @classmethod
    def of(cls, stack: Stack) -> Edges:
        """Derive those of *stack*."""
        found = list(dict.fromkeys(_edges(stack)))
        by_client: dict[Party, list[Edge]] = {}
        by_server: dict[Party, list[Edge]] = {}
        for edge in found:
            by_client.setdefault(edge.client, []).append(edge)
            by_server.setdefault(edge.server, []).append(edge)
        return cls(all=found, by_client=by_client, by_server=by_server)


def _edges(stack: Stack) -> Iterator[Edge]:
    cluster = stack.environment.cluster
    dns = cluster.dns.party("dns")
    controller = cluster.ingress_controller.party("ingress controller")
    scrapers = cluster.scrapers.party("scrapers")
    everyone = [side for service in stack.services for side in (service, *service.workloads)]
    for service in stack.services:
        for port in _DNS:
            yield _edge(service.party, dns, port, "lookup")
    for client in everyone:
        for used in client.used:
            yield from _used(client.party, used)
    for service in stack.services:
        for endpoint in service.exposed:
            yield _edge(controller, endpoint.server.party, endpoint.port, "exposed")
    if any(service.solver for service in stack.services):
        yield _edge(controller, SOLVER, SOLVER_PORT, "acme")
    for server in everyone:
        for port in server.metrics:
            yield _edge(scrapers, server.party, port, "scraped")


def _used(client: Party, used: Endpoint | Outside) -> Iterator[Edge]:
    if isinstance(used, Outside):
        for number in used.ports:
            yield Edge(client=client, server=used.party, port=number, protocol=used.protocol)
    else:
        yield _edge(client, used.server.party, used.port, "used")


def _edge(client: Party, server: Party, port: Port, reason: Reason) -> Edge:
    return Edge(
        client=client,
        server=server,
        port=port.number,
        protocol=port.protocol,
        port_name=port.name,
        reason=reason,
    )
