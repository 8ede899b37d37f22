"""NetworkPolicy: exactly the traffic that the stack's edges ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
from k8sgen.constructs.endpoint import NAME_LABEL

# Source: cert-manager pkg/issuer/acme/http/pod.go.
SOLVER_LABELS = {"acme.cert-manager.io/http01-solver": "true"}
SOLVER_PORT = 8089


class SolverPolicy(Manifest):
    """
    Lets the ingress controller reach the pods by which cert-manager proves that a host is ours.
    """

    def __init__(self, service: Service) -> None:
        controller = service.stack.environment.cluster.ingress_controller.peer()
        name = f"{service.name}-acme-solver"
        super().__init__(
            service,
            service.id_of("network-policy", name),
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": name, "labels": service.labels()},
                "spec": {
                    "podSelector": {"matchLabels": SOLVER_LABELS},
                    "policyTypes": ["Ingress"],
                    "ingress": _rules("from", [(controller, Port("http", SOLVER_PORT))]),
                },
            },
        )


class NetworkPolicy(Manifest):
    """
    Exactly the traffic that the stack's edges ask for, to and from the pods of one service.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        super().__init__(
            service,
            "network-policy",
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": service.name, "labels": service.labels()},
                "spec": {
                    "podSelector": {"matchLabels": {NAME_LABEL: service.name}},
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": self._ingress,
                    "egress": self._egress,
                },
            },
        )

    def _ingress(self) -> list[dict[str, Any]]:
        service = self._service
        cluster = service.stack.environment.cluster
        clients = [
            (_peer(other), endpoint.port)
            for other in service.stack.services
            for endpoint in other.given
            if endpoint.service is service
        ]
        outside = [(cluster.ingress_controller.peer(), e.port) for e in service.exposed]
        scrapes = [(cluster.scrapers.peer(), port) for port in service.metrics_ports]
        return _rules("from", [*clients, *outside, *scrapes])

    def _egress(self) -> list[dict[str, Any]]:
        service = self._service
        dns = service.stack.environment.cluster.dns.peer()
        lookups = [(dns, Port("dns", 53, "UDP")), (dns, Port("dns-tcp", 53, "TCP"))]
        servers = [(_peer(endpoint.service), endpoint.port) for endpoint in service.given]
        return _rules("to", [*lookups, *servers])


def _peer(service: Service) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {NAME_LABEL: service.name}}}


def _rules(direction: str, allowed: Iterable[tuple[dict[str, Any], Port]]) -> list[dict[str, Any]]:
    """Write one rule a peer, in the order in which the peers were first named."""
    peers: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for peer, port in allowed:
        ports = next((known for seen, known in peers if seen == peer), None)
        if ports is None:
            ports = []
            peers.append((peer, ports))
        entry = {"protocol": port.protocol, "port": port.number}
        if entry not in ports:
            ports.append(entry)
    return [{direction: [peer], "ports": ports} for peer, ports in peers]
