"""The network policies as traffic between actors, as a cluster's network decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import attrs

from k8sgen.checks.rendered import Rendered
from k8sgen.kubernetes.edges import Block
from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.selectors import matches

Direction = Literal["Ingress", "Egress"]
_SIDES: Mapping[Direction, tuple[str, str]] = {
    "Ingress": ("ingress", "from"),
    "Egress": ("egress", "to"),
}


@attrs.frozen(kw_only=True)
class Actor:
    """
    Who may open or accept connections: pods of one workload, other pods, or addresses outside.

    Args:
        name: As messages name it.
        namespace: `None` is outside the cluster.
        block: The addresses outside.
        governed: Whether the environment's policies decide for it; elsewhere it is unknown.
        pod: What it is made of, where the environment makes it.
    """

    name: str
    namespace: str | None
    labels: Mapping[str, str] = attrs.field(factory=dict)
    namespace_labels: Mapping[str, str] = attrs.field(factory=dict)
    block: Block | None = None
    governed: bool = False
    pod: PodTemplate | None = None


@attrs.frozen(order=True)
class Ports:
    """
    Some ports of one protocol; both ends of the range are in it.
    """

    protocol: str
    first: int
    last: int

    def __str__(self) -> str:
        if (self.first, self.last) == (1, 65535):
            return f"every {self.protocol} port"
        numbers = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{numbers}/{self.protocol}"

    def holds(self, protocol: str, number: int) -> bool:
        """Return whether a port is among them."""
        return protocol == self.protocol and self.first <= number <= self.last


EVERY_PORT = tuple(Ports(protocol, 1, 65535) for protocol in ("TCP", "UDP", "SCTP"))


@attrs.frozen(slots=False)
class Policies:
    """
    All network policies of one environment.

    Source:
        networking.k8s.io/v1 NetworkPolicySpec: policies add up, and a pod that none selects for a
        direction is open in that direction
    """

    bodies: Sequence[Body]

    @classmethod
    def of(cls, rendered: Rendered) -> Policies:
        """Take those of *rendered*."""
        return cls(rendered.of("NetworkPolicy"))

    @cached_property
    def _selecting(self) -> dict[tuple[int, Direction], list[Body]]:
        return {}

    def selecting(self, actor: Actor, direction: Direction) -> list[Body]:
        """Return the policies that hold for *actor*."""
        key = (id(actor), direction)
        found = self._selecting.get(key)
        if found is None:
            found = [b for b in self.bodies if _selects(b, actor) and direction in _types(b)]
            self._selecting[key] = found
        return found

    def open_ports(self, actor: Actor, direction: Direction, peer: Actor) -> tuple[Ports, ...]:
        """Return the ports that *actor* may be reached at by, or may reach at, *peer*."""
        if not actor.governed:
            return EVERY_PORT
        policies = self.selecting(actor, direction)
        if not policies:
            return EVERY_PORT
        server = actor if direction == "Ingress" else peer
        found: set[Ports] = set()
        for body in policies:
            field, side = _SIDES[direction]
            for each in get(body, "spec", field) or []:
                peers = each.get(side)
                if not peers or any(_is(p, peer, body) for p in peers):
                    found.update(_ports(each.get("ports"), server))
        return tuple(sorted(found))


def _types(body: Body) -> Sequence[str]:
    spec = body.get("spec") or {}
    default = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    return spec.get("policyTypes") or default


def _selects(body: Body, actor: Actor) -> bool:
    if body["metadata"].get("namespace", "") != actor.namespace:
        return False
    return matches(get(body, "spec", "podSelector") or {}, actor.labels)


def _is(peer: Mapping[str, Any], actor: Actor, policy: Body) -> bool:
    block = peer.get("ipBlock")
    if block is not None:
        return actor.block is not None and Block.of(block).covers(actor.block)
    if actor.namespace is None:
        return False
    if "namespaceSelector" in peer:
        if not matches(peer["namespaceSelector"], actor.namespace_labels):
            return False
    elif policy["metadata"].get("namespace", "") != actor.namespace:
        return False
    return "podSelector" not in peer or matches(peer["podSelector"], actor.labels)


def _ports(entries: Any, server: Actor) -> list[Ports]:
    if not entries:
        return list(EVERY_PORT)
    found = []
    for entry in entries:
        protocol, port = entry.get("protocol", "TCP"), entry.get("port")
        if port is None:
            found.append(Ports(protocol, 1, 65535))
        elif isinstance(port, int):
            found.append(Ports(protocol, port, entry.get("endPort", port)))
        else:
            named = server.pod.ports() if server.pod else ()
            found += [
                Ports(protocol, n, n) for name, n, p in named if (name, p) == (port, protocol)
            ]
    return found
