"""The rules about what the stack declares, and the manifests have to keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from k8sgen.checks.actors import actors, is_in
from k8sgen.checks.policies import Direction, Policies
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.rules.network import resolve_port, service_port
from k8sgen.checks.texts import told
from k8sgen.kubernetes.edges import Party
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.public_paths import WAYS_IN, public_paths
from k8sgen.kubernetes.uses import uses

_INGRESS: Direction = "Ingress"
_EGRESS: Direction = "Egress"


@rule("edge-port", fix="let a container declare the port that the endpoint has")
def edge_ports(rendered: Rendered) -> Iterator[Issue]:
    """Every port that the stack declares a dependency on is one that a container declares."""
    for edge in dict.fromkeys((e.server, e.port, e.protocol) for e in rendered.context.edges or ()):
        server, port, protocol = edge
        servers = _pods(rendered, server)
        known = [(n, spoken) for pod in servers for _, n, spoken in pod.ports()]
        if servers and (port, protocol) not in known:
            message = f"{label(servers[0].owner)}: no container declares the port {port}/{protocol}"
            hint = nearest(port, [str(number) for number, _ in known])
            yield Issue(servers[0].owner, f"{message}, which others depend on", hint)


def _pods(rendered: Rendered, party: Party) -> list[PodTemplate]:
    """Return the pods that one side of an edge is."""
    home = rendered.pods[0].namespace if rendered.pods else ""
    return [a.pod for a in actors(rendered) if a.pod and is_in(a, party, home)]


@rule("pod-unselected", fix="give the pods the labels by which their service's policy selects them")
def unselected(rendered: Rendered) -> Iterator[Issue]:
    """Every pod is selected by a network policy besides the one for all pods."""
    if rendered.context.edges is None:
        return
    own = [b for b in rendered.of("NetworkPolicy") if get(b, "spec", "podSelector", default={})]
    policies, directions = Policies(own), (_INGRESS, _EGRESS)
    for actor in actors(rendered):
        if actor.pod and not any(policies.selecting(actor, each) for each in directions):
            yield Issue(actor.pod.owner, f"{actor.name}: no network policy is for its pods")


@rule("way-in", fix="make the Ingress with the endpoint: Ingress(self, endpoint, hosts=[…])")
def ways_in(rendered: Rendered) -> Iterator[Issue]:
    """Every Ingress or HTTPRoute leads to what the stack exposes, and all of that has one."""
    if rendered.context.edges is None:
        return
    edges = [edge for edge in rendered.context.edges if edge.reason == "exposed"]
    exposed = {(edge.server, edge.port): _pods(rendered, edge.server) for edge in edges}
    behind: dict[tuple[int, int], list[tuple[Party, int]]] = {}
    for key, pods in exposed.items():
        for pod in pods:
            behind.setdefault((id(pod), key[1]), []).append(key)
    reached = set()
    for body in rendered.of(*WAYS_IN):
        for name, port in dict.fromkeys((path.service, path.port) for path in public_paths(body)):
            for pod, number in _behind(rendered, body, name, port):
                found = behind.get((id(pod), number), [])
                reached.update(found)
                if not found:
                    message = f"{label(body)}: it opens {label(pod.owner)} at {number}"
                    yield Issue(body, f"{message} to the outside, which the stack does not")
    for (server, port), pods in exposed.items():
        if pods and (server, port) not in reached:
            message = f"{label(pods[0].owner)}: no Ingress or HTTPRoute leads to its port {port}"
            yield Issue(pods[0].owner, f"{message}, which the stack exposes")


def _behind(
    rendered: Rendered, body: Body, name: str, port: object
) -> Iterator[tuple[PodTemplate, int]]:
    """Return the pods, and their port, that a backend leads to."""
    service = rendered.find("Service", name, body)
    found = service_port(service, port) if service else None
    for pod in rendered.selected({"matchLabels": get(service, "spec", "selector") or {}}, body):
        number = found and resolve_port(pod, found.get("targetPort", found.get("port")))
        if number:
            yield pod, number


@rule("edge-unused", severity="warning", fix="take it out of what the service is given, or use it")
def unused(rendered: Rendered) -> Iterator[Issue]:
    """Every service is configured with an address of each other one that it is given."""
    for edge in dict.fromkeys(e for e in rendered.context.edges or () if e.reason == "used"):
        clients = _pods(rendered, edge.client)
        hosts = _hosts(rendered, clients, edge.server)
        if clients and hosts and edge.client != edge.server:
            pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, hosts))})(?![\w-])")
            texts = (text.text for pod in clients for text in told(rendered, pod))
            if not any(pattern.search(text) for text in texts):
                owner = clients[0].owner
                message = f"{label(owner)}: nothing that configures it names {edge.server.name}"
                yield Issue(owner, f"{message}, which it is given")


def _hosts(rendered: Rendered, clients: Sequence[PodTemplate], server: Party) -> list[str]:
    """Return the names by which *clients* find *server*, as far as they are known."""
    if server.blocks or server.addresses:
        given = any(_is_handed_over(rendered, pod) for pod in clients)
        return [] if given else [name for name in server.addresses if "/" not in name]
    servers = _pods(rendered, server)
    found = []
    for body in rendered.of("Service"):
        selector = get(body, "spec", "selector")
        selected = rendered.selected({"matchLabels": selector}, body) if selector else ()
        if any(pod is each for pod in selected for each in servers):
            found.append(str(body["metadata"]["name"]))
    return found


def _is_handed_over(rendered: Rendered, pod: PodTemplate) -> bool:
    """Return whether a pod gets a value that no template tells, and an address may be in."""
    known = rendered.context.secrets
    return any(
        not template
        for use in uses(pod.spec, "Secret")
        for key, template in known.get(use.name, {}).items()
        if use.key in (None, key)
    )


RULES = (edge_ports, unselected, ways_in, unused)
