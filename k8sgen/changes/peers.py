"""What one rule of a NetworkPolicy opens, and when one opening covers another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.edges import NAMESPACE_LABEL, Block
from k8sgen.kubernetes.manifest import get
from k8sgen.kubernetes.selectors import is_wider

Selector = Mapping[str, Any]
Peer = Mapping[str, Any]
_ANY_PORT: Mapping[str, Any] = {}


@attrs.frozen
class Opening:
    """
    One peer and one port that a policy allows.

    Args:
        peer: As in the policy; `None` is everybody, inside and outside the cluster.
        port: As in the policy; empty is every port of every protocol.
        namespace: That of the policy, which a peer without namespaces means.
    """

    peer: Peer | None
    port: Mapping[str, Any]
    namespace: str = ""

    @classmethod
    def everything(cls) -> Opening:
        """Return what a pod that no policy selects is open to."""
        return cls(None, _ANY_PORT)

    def __str__(self) -> str:
        return f"{_show_peer(self.peer)} on {_show_port(self.port)}"


def openings(policy: Mapping[str, Any], direction: str) -> Iterator[Opening]:
    """Return what *policy* opens in one direction (`Ingress` or `Egress`)."""
    peers = "from" if direction == "Ingress" else "to"
    namespace = get(policy, "metadata", "namespace", default="")
    for rule in get(policy, "spec", direction.lower(), default=[]):
        for peer in rule.get(peers) or (None,):
            for port in rule.get("ports") or (_ANY_PORT,):
                yield Opening(peer, port, namespace)


def covers(one: Opening, other: Opening) -> bool:
    """Return whether *one* allows all that *other* allows (as far as one rule can tell)."""
    return _covers_port(one.port, other.port) and _covers_peer(one, other)


def _covers_peer(one: Opening, other: Opening) -> bool:
    if one.peer is None:
        return True
    if other.peer is None:
        return False
    if "ipBlock" in one.peer or "ipBlock" in other.peer:
        return _covers_block(one.peer.get("ipBlock"), other.peer.get("ipBlock"))
    return is_wider(
        one.peer.get("podSelector", {}), other.peer.get("podSelector", {})
    ) and _covers_namespaces(one, other)


def _covers_namespaces(one: Opening, other: Opening) -> bool:
    wide, narrow = (_namespaces(each) for each in (one, other))
    return is_wider(wide, narrow)


def _namespaces(opening: Opening) -> Selector:
    """Return the selector of an opening's namespaces; without one, it is the policy's own."""
    own = {"matchLabels": {NAMESPACE_LABEL: opening.namespace}}
    selector: Selector = (opening.peer or {}).get("namespaceSelector", own)
    return selector


def _covers_block(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    return bool(one and other) and Block.of(one or {}).covers(Block.of(other or {}))


def _covers_port(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if not one:
        return True
    if not other or one.get("protocol", "TCP") != other.get("protocol", "TCP"):
        return False
    if "port" not in one:
        return True
    if one["port"] == other.get("port") and "endPort" not in one:
        return "endPort" not in other
    numbers = [one["port"], other.get("port")]
    if not all(isinstance(number, int) for number in numbers):
        return one == other
    low, high = one["port"], one.get("endPort", one["port"])
    return bool(low <= other["port"] and other.get("endPort", other["port"]) <= high)


def _show_peer(peer: Peer | None) -> str:
    if peer is None:
        return "everywhere"
    if "ipBlock" in peer:
        left_out = ", ".join(peer["ipBlock"].get("except") or ())
        return f"{peer['ipBlock']['cidr']}" + (f" except {left_out}" if left_out else "")
    pods = _show_selector(peer.get("podSelector", {}))
    text = f"pods {pods}" if pods else "all pods"
    if "namespaceSelector" not in peer:
        return text
    places = _show_selector(peer["namespaceSelector"]).removeprefix("metadata.name=")
    return f"{text} of namespace {places}" if places else f"{text} of all namespaces"


def _show_selector(selector: Selector) -> str:
    labels = (selector.get("matchLabels") or {}).items()
    parts = [f"{key.rpartition('/')[2]}={value}" for key, value in labels]
    for rule in selector.get("matchExpressions") or ():
        values: Sequence[str] = rule.get("values") or ()
        parts.append(" ".join([rule["key"], rule["operator"], ",".join(values)]).strip())
    return ", ".join(parts)


def _show_port(port: Mapping[str, Any]) -> str:
    if not port:
        return "every port"
    number = port.get("port", "every port")
    last = f"-{port['endPort']}" if "endPort" in port else ""
    return f"{number}{last}/{port.get('protocol', 'TCP')}"
