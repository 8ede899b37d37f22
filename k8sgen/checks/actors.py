"""Who takes part: the environment's pods, those the edges name, and strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from k8sgen.checks.context import Peer
from k8sgen.checks.policies import Actor
from k8sgen.checks.rendered import Rendered, get, label

Pair = tuple[int, int]
Use = tuple[str, int]
"""A protocol and a port."""

_STRANGE = "k8sgen-stranger"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"


def actors(rendered: Rendered) -> Sequence[Actor]:
    """
    Return all actors between which ways are compared.

    Besides the declared ones there is a stranger in each namespace that anybody names, one in a
    namespace that nobody names, and every block of addresses outside.
    """
    own = [
        Actor(
            name=label(pod.owner),
            namespace=pod.namespace,
            labels=pod.labels,
            namespace_labels=rendered.namespaces.get(pod.namespace, {}),
            governed=True,
            pod=pod,
        )
        for pod in rendered.pods
    ]
    others = {actor.name: actor for actor in _others(rendered, own)}
    return [*own, *others.values()]


def _others(rendered: Rendered, own: Sequence[Actor]) -> Iterator[Actor]:
    spaces: dict[str, None] = {str(actor.namespace): None for actor in own}
    home = next(iter(spaces), "")
    for edge in rendered.context.edges or ():
        for peer in (edge.client, edge.server):
            namespace = peer.namespace or home
            known = any(is_peer(actor, peer, home) for actor in own)
            if not peer.cidr and not known:
                spaces[namespace] = None
                if peer.labels:
                    yield _pods(rendered, namespace, peer)
    for namespace in spaces:
        name = f"any other pod of the namespace {namespace}"
        yield _pods(rendered, namespace, Peer(), name)
    yield _pods(rendered, _STRANGE, Peer(), "any pod of another namespace")
    for labels in _label_sets(rendered):
        yield _pods(
            rendered, _STRANGE, Peer(labels=labels), f"pods {_text(labels)} of another namespace"
        )
    for cidr, left_out in dict.fromkeys(_blocks(rendered)):
        text = f" except {', '.join(sorted(left_out))}" if left_out else ""
        name = f"the addresses {cidr}{text}"
        yield Actor(name=name, namespace=None, cidr=cidr, left_out=left_out)


def _label_sets(rendered: Rendered) -> Iterator[Mapping[str, str]]:
    """Return the labels by which a policy could find pods, whatever their namespace."""
    yield from (pod.labels for pod in rendered.pods)
    for edge in rendered.context.edges or ():
        yield from (peer.labels for peer in (edge.client, edge.server) if peer.labels)


def _text(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _pods(rendered: Rendered, namespace: str, peer: Peer, name: str = "") -> Actor:
    labels = rendered.namespaces.get(namespace, {NAMESPACE_LABEL: namespace})
    return Actor(
        name=name or f"the pods {_text(peer.labels)} of the namespace {namespace}",
        namespace=namespace,
        labels=peer.labels,
        namespace_labels=labels,
        governed=namespace in {pod.namespace for pod in rendered.pods},
    )


def _blocks(rendered: Rendered) -> Iterator[tuple[str, frozenset[str]]]:
    """Return each block of addresses that anybody names, with what is left out of it."""
    whole: frozenset[str] = frozenset()
    yield "0.0.0.0/0", whole
    for edge in rendered.context.edges or ():
        yield from ((p.cidr, whole) for p in (edge.client, edge.server) if p.cidr)
    for body in rendered.of("NetworkPolicy"):
        for field, side in (("ingress", "from"), ("egress", "to")):
            for each in get(body, "spec", field) or []:
                for peer in each.get(side) or []:
                    if get(peer, "ipBlock", "cidr"):
                        block = peer["ipBlock"]
                        yield str(block["cidr"]), frozenset(block.get("except") or ())


def is_peer(actor: Actor, peer: Peer, own: str) -> bool:
    """Return whether an edge's *peer* means *actor*; *own* is the environment's namespace."""
    if peer.cidr or actor.cidr:
        return actor.cidr == peer.cidr
    if actor.namespace != (peer.namespace or own):
        return False
    return all(actor.labels.get(key) == value for key, value in peer.labels.items())


def declared(rendered: Rendered, everyone: Sequence[Actor]) -> Mapping[Pair, set[Use]]:
    """Return what the edges declare between each two of *everyone*, by their places in it."""
    own = rendered.pods[0].namespace if rendered.pods else ""
    found: dict[Pair, set[Use]] = {}
    for edge in rendered.context.edges or ():
        clients = [n for n, actor in enumerate(everyone) if is_peer(actor, edge.client, own)]
        servers = [n for n, actor in enumerate(everyone) if is_peer(actor, edge.server, own)]
        for pair in product(clients, servers):
            found.setdefault(pair, set()).add((edge.protocol, edge.port))
    return found
