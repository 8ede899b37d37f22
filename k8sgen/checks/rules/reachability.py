"""The rules about who reaches whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import product

import attrs

from k8sgen.checks.actors import PortUse, actors, declared
from k8sgen.checks.policies import EVERY_PORT, Actor, Direction, Policies, Ports
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.checks.rules.addresses import addresses, target
from k8sgen.kubernetes.manifest import Body, get, identity, label
from k8sgen.kubernetes.manifests import PodTemplate


@attrs.frozen(kw_only=True)
class Way:
    """
    What the policies of both ends allow from *client* to *server*.

    Args:
        declared: The protocols and ports that the stack's edges name.
    """

    client: Actor
    server: Actor
    egress: tuple[Ports, ...]
    ingress: tuple[Ports, ...]
    declared: AbstractSet[PortUse] = frozenset()

    def open(self, protocol: str, port: int) -> bool:
        """Return whether both ends allow *port*."""
        return all(
            any(ports.holds(protocol, port) for ports in side)
            for side in (self.egress, self.ingress)
        )

    def ends(self) -> Iterator[tuple[Actor, Direction, tuple[Ports, ...]]]:
        """Return each end with what it allows."""
        yield self.client, "Egress", self.egress
        yield self.server, "Ingress", self.ingress


@lru_cache(maxsize=1)
def ways(rendered: Rendered) -> Sequence[Way]:
    """Return the traffic between every two actors of which the environment governs at least one."""
    policies = Policies.of(rendered)
    everyone = actors(rendered)
    known = declared(rendered, everyone)
    return [
        Way(
            client=client,
            server=server,
            egress=policies.open_ports(client, "Egress", server),
            ingress=policies.open_ports(server, "Ingress", client),
            declared=known.get((n, m), frozenset()),
        )
        for (n, client), (m, server) in product(enumerate(everyone), repeat=2)
        if client.pod or server.pod or (client is not server and server.governed)
    ]


@rule("network-blocked", fix="give the service the endpoint, so that its policy follows")
def blocked(rendered: Rendered) -> Iterator[Issue]:
    """The network policies allow every dependency that the stack declares."""
    if rendered.context.edges is None:
        return
    for way in ways(rendered):
        for protocol, port in sorted(way.declared):
            for actor, direction, side in way.ends():
                if not any(ports.holds(protocol, port) for ports in side):
                    names = f"{way.client.name} may not reach {way.server.name}"
                    reason = f"no {direction.lower()} rule of {actor.name} allows it"
                    blame = _to_blame(rendered, actor, direction)
                    yield Issue(blame, f"{names} at {port}/{protocol}: {reason}")


def _to_blame(rendered: Rendered, actor: Actor, direction: Direction) -> Body | None:
    """Return the policy to change: the one that is most about *actor*."""
    found = Policies.of(rendered).selecting(actor, direction)
    own = actor.pod.owner if actor.pod else None
    return max(found, key=lambda body: len(get(body, "spec", direction.lower()) or []), default=own)


@rule("network-open", fix="declare the dependency in the stack, or remove the rule")
def undeclared(rendered: Rendered) -> Iterator[Issue]:
    """The network policies allow nothing, at either end, that the stack does not declare."""
    if rendered.context.edges is None:
        return
    policies = Policies.of(rendered)
    for way in ways(rendered):
        for actor, direction, side in way.ends():
            extra = _beyond(side, way.declared) if actor.governed else []
            if extra:
                text = "every port" if set(extra) == set(EVERY_PORT) else ", ".join(map(str, extra))
                peers = f"from {way.client.name} to {way.server.name} at {text}"
                message = f"{actor.name} opens {direction.lower()} {peers}, which no edge declares"
                hint = "" if policies.selecting(actor, direction) else "no policy selects it"
                peer = way.server if actor is way.client else way.client
                blame = _opener(rendered, actor, direction, peer, extra)
                yield Issue(blame or _to_blame(rendered, actor, direction), message, hint)


def _opener(
    rendered: Rendered, actor: Actor, direction: Direction, peer: Actor, extra: Sequence[Ports]
) -> Body | None:
    """Find the policy that opens what no edge declares."""
    for body in Policies.of(rendered).selecting(actor, direction):
        if set(extra) & set(Policies([body]).open_ports(actor, direction, peer)):
            return body
    return None


def _beyond(side: Iterable[Ports], known: AbstractSet[PortUse]) -> list[Ports]:
    return [
        ports
        for ports in side
        if any((ports.protocol, n) not in known for n in (ports.first, ports.last))
        or ports.last - ports.first > len(known)
    ]


@rule("address-blocked", fix="give the service the endpoint whose address it is configured with")
def addresses_open(rendered: Rendered) -> Iterator[Issue]:
    """The network policies let every pod reach the cluster addresses in its configuration."""
    open_ways = {(id(w.client.pod), id(w.server.pod)): w for w in ways(rendered)}
    seen = set()
    for address in addresses(rendered):
        for pod, port in target(rendered, address):
            key = (id(address.client), address.where, id(pod), port)
            if key in seen or _service(rendered, address.client) == _service(rendered, pod):
                continue  # the pods of one service share a file, which may name these very pods
            seen.add(key)
            if not open_ways[id(address.client), id(pod)].open("TCP", port):
                names = f"{address.where}: names {address.host}:{address.port}"
                message = f"{label(address.client.owner)}: {names}, which the network policies"
                yield Issue(address.manifest or address.client.owner, f"{message} keep from it")


def _service(rendered: Rendered, pod: PodTemplate) -> str:
    origin = rendered.context.origins.get(identity(pod.owner))
    return origin.service if origin else label(pod.owner)


@rule("policy-type", fix="name the direction in policyTypes, or remove its rules")
def policy_types(rendered: Rendered) -> Iterator[Issue]:
    """Every direction that a network policy has rules for is in its policyTypes."""
    for body in rendered.of("NetworkPolicy"):
        spec = body.get("spec") or {}
        for direction in ("Ingress", "Egress"):
            if spec.get(direction.lower()) and direction not in spec.get(
                "policyTypes", [direction]
            ):
                message = f"{label(body)}: it has {direction.lower()} rules, which have no effect"
                yield Issue(body, message)


@rule("default-deny", fix="keep the platform's policy that selects every pod")
def default_deny(rendered: Rendered) -> Iterator[Issue]:
    """Every namespace denies all traffic that no policy allows, in both directions."""
    for body in rendered.of("Namespace"):
        name = body["metadata"]["name"]
        denied: set[str] = set()
        for policy in rendered.of("NetworkPolicy"):
            spec = policy.get("spec") or {}
            if policy["metadata"].get("namespace") == name and not spec.get("podSelector"):
                rules = {"Ingress": spec.get("ingress"), "Egress": spec.get("egress")}
                denied |= {
                    kind for kind in spec.get("policyTypes") or ["Ingress"] if not rules.get(kind)
                }
        for direction in sorted({"Ingress", "Egress"} - denied):
            yield Issue(body, f"Namespace/{name}: nothing denies {direction.lower()} by default")


RULES = (
    blocked,
    undeclared,
    addresses_open,
    policy_types,
    default_deny,
)
