"""Edges: who opens connections to whom, at which port."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Literal

import attrs

NAMESPACE_LABEL = "kubernetes.io/metadata.name"  # the API server sets it on every namespace


@attrs.frozen
class Block:
    """
    A block of IP addresses.

    Args:
        cidr: IPv4 or IPv6.
        excluded: Blocks inside of it that do not belong to it.
    """

    cidr: str
    excluded: tuple[str, ...] = ()

    @classmethod
    def of(cls, block: Mapping[str, Any]) -> Block:
        """Return that of an `ipBlock`."""
        return cls(str(block["cidr"]), tuple(sorted(block.get("except") or ())))

    def covers(self, other: Block) -> bool:
        """Return whether every address of *other* is one of these."""
        return contains(self.cidr, other.cidr) and all(
            any(contains(gap, excluded) for gap in other.excluded)
            for excluded in self.excluded
            if contains(other.cidr, excluded) or contains(excluded, other.cidr)
        )

    def peer(self) -> dict[str, Any]:
        """Return the form that a NetworkPolicy wants."""
        excluded = {"except": list(self.excluded)} if self.excluded else {}
        return {"ipBlock": {"cidr": self.cidr, **excluded}}


def contains(outer: str, inner: str) -> bool:
    """Return whether every address of the block *inner* is in the block *outer*."""
    try:
        one, other = (ipaddress.ip_network(each, strict=False) for each in (inner, outer))
    except ValueError:  # not a block at all, which `validate` reports
        return inner == outer
    return one.version == other.version and one.subnet_of(other)  # type: ignore[arg-type]


@attrs.frozen(kw_only=True)
class Party:
    """
    One side of an edge: pods, or addresses outside the cluster.

    Args:
        name: For people: that of the service, of the `Outside`, or of the part of the cluster.
        namespace: Of the pods; `None` is the environment's own.
        labels: That the pods have; empty is every pod of the namespace.
        blocks: The addresses, instead of pods.
        addresses: For people: the host names of the addresses, or their blocks.
    """

    name: str = attrs.field(default="", eq=False)
    namespace: str | None = None
    labels: Mapping[str, str] = attrs.field(factory=dict, eq=lambda it: tuple(sorted(it.items())))
    blocks: tuple[Block, ...] = ()
    addresses: tuple[str, ...] = attrs.field(default=(), eq=False)

    def peers(self) -> list[dict[str, Any]]:
        """Return the form that a NetworkPolicy wants."""
        if self.blocks:
            return [block.peer() for block in self.blocks]
        pods = {"podSelector": {"matchLabels": dict(self.labels)}} if self.labels else {}
        if self.namespace is None:
            return [pods]
        return [{"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: self.namespace}}, **pods}]


Reason = Literal["used", "exposed", "scraped", "lookup", "acme"]
"""`used` by a service, `exposed` to the ingress controller, `scraped`; or what every cluster does:
the `lookup` of names, and `acme`, the HTTP-01 challenge for a certificate."""


@attrs.frozen(kw_only=True)
class Edge:
    """
    *client* opens connections to *port* of *server*.

    Args:
        port: Of the pod, not of the Kubernetes Service.
        port_name: As the container names it; empty outside the cluster.
    """

    client: Party
    server: Party
    port: int
    protocol: str = "TCP"
    port_name: str = ""
    reason: Reason = "used"
