"""The actors of the traffic: the environment's pods, those that edges name, and strangers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from k8sgen.checks.policies import Actor
from k8sgen.checks.rendered import Rendered
from k8sgen.kubernetes.edges import NAMESPACE_LABEL, Block, Party
from k8sgen.kubernetes.manifest import get, label

Pair = tuple[int, int]
PortUse = tuple[str, int]
"""A protocol and a port."""

_STRANGE = "k8sgen-stranger"


def actors(rendered: Rendered) -> Sequence[Actor]:
    """
    Return all actors between which traffic is compared.

    Besides the declared ones there is a stranger in each namespace that is named, one in a
    namespace that is not, and every block of addresses outside.
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
        for party in (edge.client, edge.server):
            namespace = party.namespace or home
            known = any(is_in(actor, party, home) for actor in own)
            if not party.blocks and not known:
                spaces[namespace] = None
                if party.labels:
                    yield _pods(rendered, namespace, party)
    for namespace in spaces:
        name = f"any other pod of the namespace {namespace}"
        yield _pods(rendered, namespace, Party(), name)
    yield _pods(rendered, _STRANGE, Party(), "any pod of another namespace")
    yield from _named(rendered, home)
    for labels in _label_sets(rendered):
        yield _pods(
            rendered, _STRANGE, Party(labels=labels), f"pods {_text(labels)} of another namespace"
        )
    for block in dict.fromkeys(_blocks(rendered)):
        text = f" except {', '.join(block.excluded)}" if block.excluded else ""
        yield Actor(name=f"the addresses {block.cidr}{text}", namespace=None, block=block)


def _named(rendered: Rendered, home: str) -> Iterator[Actor]:
    """Return the pods that a policy names, whether or not anybody else does."""
    for peer in peers(rendered):
        pods, named = (_example(peer.get(f"{kind}Selector")) for kind in ("pod", "namespace"))
        if pods is None and named is None:
            continue
        places: Mapping[str, str] = rendered.namespaces.get(home, {NAMESPACE_LABEL: home})
        namespace, where = home, ""
        if named is not None:
            places = named
            namespace = places.get(NAMESPACE_LABEL, f"{_STRANGE} {_text(places)}")
            where = f" of the namespace {places.get(NAMESPACE_LABEL, _text(places) or '*')}"
        yield Actor(
            name=f"pods {_text(pods)}{where}" if pods else f"any pod{where}",
            namespace=namespace,
            labels=pods or {},
            namespace_labels=places,
            governed=namespace in {pod.namespace for pod in rendered.pods},
        )


def peers(rendered: Rendered) -> Iterator[Mapping[str, Any]]:
    """Return each peer that a network policy names."""
    for body in rendered.of("NetworkPolicy"):
        for field, side in (("ingress", "from"), ("egress", "to")):
            for each in get(body, "spec", field) or []:
                yield from each.get(side) or []


def _example(selector: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Return labels that a selector finds; `None` where there is none."""
    if selector is None:
        return None
    found = dict(selector.get("matchLabels") or {})
    for each in selector.get("matchExpressions") or ():
        if each["operator"] in ("In", "Exists"):
            found.setdefault(each["key"], next(iter(each.get("values") or ()), "any"))
    return found


def _label_sets(rendered: Rendered) -> Iterator[Mapping[str, str]]:
    """Return the labels by which a policy could find pods, whatever their namespace."""
    yield from (pod.labels for pod in rendered.pods)
    for edge in rendered.context.edges or ():
        yield from (party.labels for party in (edge.client, edge.server) if party.labels)


def _text(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _pods(rendered: Rendered, namespace: str, party: Party, name: str = "") -> Actor:
    labels = rendered.namespaces.get(namespace, {NAMESPACE_LABEL: namespace})
    return Actor(
        name=name or f"the pods {_text(party.labels)} of the namespace {namespace}",
        namespace=namespace,
        labels=party.labels,
        namespace_labels=labels,
        governed=namespace in {pod.namespace for pod in rendered.pods},
    )


def _blocks(rendered: Rendered) -> Iterator[Block]:
    """Return each block of addresses that is named."""
    yield Block("0.0.0.0/0")
    for edge in rendered.context.edges or ():
        yield from (*edge.client.blocks, *edge.server.blocks)
    for peer in peers(rendered):
        if get(peer, "ipBlock", "cidr"):
            yield Block.of(peer["ipBlock"])


def is_in(actor: Actor, party: Party, own: str) -> bool:
    """Return whether an edge's *party* means *actor*; *own* is the environment's namespace."""
    if party.blocks or actor.block:
        block = actor.block
        return block is not None and any(each.covers(block) for each in party.blocks)
    if actor.namespace != (party.namespace or own):
        return False
    return all(actor.labels.get(key) == value for key, value in party.labels.items())


def declared(rendered: Rendered, everyone: Sequence[Actor]) -> Mapping[Pair, set[PortUse]]:
    """Return what the edges declare between each two of *everyone*, by their places in it."""
    own = rendered.pods[0].namespace if rendered.pods else ""
    found: dict[Pair, set[PortUse]] = {}
    for edge in rendered.context.edges or ():
        clients = [n for n, actor in enumerate(everyone) if is_in(actor, edge.client, own)]
        servers = [n for n, actor in enumerate(everyone) if is_in(actor, edge.server, own)]
        for pair in product(clients, servers):
            found.setdefault(pair, set()).add((edge.protocol, edge.port))
    return found
