"""NetworkPolicy: exactly the traffic that the stack's edges ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from k8sgen.constructs.manifest import Manifest
from k8sgen.kubernetes.edges import Edge, Party

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class NetworkPolicy(Manifest):
    """
    Exactly the traffic that the stack's edges ask for, to and from one party.

    Args:
        party: Some pods, or all, of the service.
        egress: Whether it also decides where they may connect to.
    """

    def __init__(self, service: Service, name: str, party: Party, *, egress: bool = True) -> None:
        stack = service.stack
        spec: dict[str, Any] = {
            "podSelector": {"matchLabels": dict(party.labels)},
            "policyTypes": ["Ingress", "Egress"] if egress else ["Ingress"],
            "ingress": lambda: _rules("from", stack.edges(server=party)),
        }
        if egress:
            spec["egress"] = lambda: _rules("to", stack.edges(client=party))
        super().__init__(
            service,
            service.id_of("network-policy", name),
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": name, "labels": service.labels()},
                "spec": spec,
            },
        )


def _rules(direction: Literal["from", "to"], edges: Iterable[Edge]) -> list[dict[str, Any]] | None:
    """
    Return one rule a party, in the order in which the parties are first named.

    Without any it is `None`: an empty list would make each server-side apply a new generation.
    """
    ports: dict[Party, list[dict[str, Any]]] = {}
    for edge in edges:
        known = ports.setdefault(edge.client if direction == "from" else edge.server, [])
        entry = {"protocol": edge.protocol, "port": edge.port}
        if entry not in known:
            known.append(entry)
    return [{direction: party.peers(), "ports": known} for party, known in ports.items()] or None
