"""The rules about how pods are found: selectors, ports, backends, probes and monitors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.rules.access import redirects
from k8sgen.kubernetes.manifest import PROBES, Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.public_paths import WAYS_IN, public_paths
from k8sgen.kubernetes.selectors import matches

_SCRAPE = "prometheus.io/scrape"


@rule("selector", fix="name labels that some pods have")
def selectors(rendered: Rendered) -> Iterator[Issue]:
    """Every selector of a Kubernetes Service, policy, budget or spread finds pods."""
    for body in rendered.manifests:
        for where, selector in _selectors(body):
            if (
                selector
                and not rendered.selected(selector, body)
                and not _foreign(rendered, selector)
            ):
                yield Issue(body, f"{label(body)}: its {where} finds no pod")
    for pod in rendered.pods:
        for spread in pod.spec.get("topologySpreadConstraints") or []:
            if not matches(spread.get("labelSelector"), pod.labels):
                message = "spreads over other pods, not its own"
                yield Issue(pod.owner, f"{label(pod.owner)}: {message}")


def _foreign(rendered: Rendered, selector: Body) -> bool:
    """Return whether *selector* finds pods that an edge names and others make in the namespace."""
    peers = [p for e in rendered.context.edges or () for p in (e.client, e.server)]
    return any(p.namespace is None and p.labels and matches(selector, p.labels) for p in peers)


def _selectors(body: Body) -> Iterator[tuple[str, Body]]:
    spec = body.get("spec") or {}
    if body["kind"] == "Service" and spec.get("selector"):
        yield "selector", {"matchLabels": spec["selector"]}
    elif body["kind"] == "PodDisruptionBudget":
        yield "selector", spec.get("selector") or {}
    elif body["kind"] == "NetworkPolicy":
        yield "podSelector", spec.get("podSelector") or {}
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for each in spec.get(direction) or []:
                for peer in each.get(side) or []:
                    if "namespaceSelector" not in peer:
                        yield f"{direction} rule", peer.get("podSelector") or {}


def resolve_port(pod: PodTemplate, port: Any, protocol: str = "TCP") -> int | None:
    """Return the number of a port that is named or numbered; `None` where there is none."""
    for name, number, spoken in pod.ports():
        if port in (name, number) and spoken == protocol:
            return number
    return None


@rule("target-port", fix="name a port that a container of the selected pods declares")
def target_ports(rendered: Rendered) -> Iterator[Issue]:
    """Every port of a Kubernetes Service leads to a declared port of each pod that it selects."""
    for body in rendered.of("Service"):
        spec = body.get("spec") or {}
        if not spec.get("selector"):
            continue
        for pod in rendered.selected({"matchLabels": spec["selector"]}, body):
            for port in spec.get("ports") or []:
                target = port.get("targetPort", port.get("port"))
                if resolve_port(pod, target, port.get("protocol", "TCP")) is None:
                    message = f"{label(body)}: {label(pod.owner)} has no port {target!r}"
                    known = [name or str(number) for name, number, _ in pod.ports()]
                    yield Issue(body, message, nearest(target, known))


@rule("port-number", fix="give the Kubernetes Service the number that the container listens on")
def port_numbers(rendered: Rendered) -> Iterator[Issue]:
    """A headless Kubernetes Service has the numbers of the container ports: it maps none."""
    for body in rendered.of("Service"):
        spec = body.get("spec") or {}
        if spec.get("clusterIP") != "None":
            continue
        for pod in rendered.selected({"matchLabels": spec.get("selector") or {}}, body):
            for port in spec.get("ports") or []:
                found = resolve_port(pod, port.get("targetPort", port.get("port")))
                if found is not None and found != port.get("port"):
                    message = (
                        f"{label(body)}: port {port.get('port')} of a headless Kubernetes Service"
                    )
                    yield Issue(body, f"{message} is not mapped; the pods listen on {found}")


def service_port(body: Body, port: Any) -> Body | None:
    """Find a port of a Kubernetes Service by name or number."""
    for found in get(body, "spec", "ports") or []:
        if port in (found.get("name"), found.get("port")):
            return dict(found)
    return None


@rule("ingress-backend", fix="name a Kubernetes Service and one of its ports")
def ingress_backends(rendered: Rendered) -> Iterator[Issue]:
    """Every backend of an Ingress or HTTPRoute is a Kubernetes Service with that port."""
    for body in rendered.of(*WAYS_IN):
        for name, port in dict.fromkeys((path.service, path.port) for path in public_paths(body)):
            found = rendered.find("Service", name, body)
            if found is None:
                message = f"{label(body)}: there is no Kubernetes Service {name!r}"
                yield Issue(body, message, nearest(name, rendered.names("Service")))
            elif service_port(found, port) is None:
                message = f"{label(body)}: the Kubernetes Service {name!r} has no port {port!r}"
                known = [p.get("name") or p["port"] for p in get(found, "spec", "ports") or []]
                yield Issue(body, message, nearest(port, map(str, known)))


@rule("ingress-twice", fix="let one Ingress serve the host and path")
def ingress_twice(rendered: Rendered) -> Iterator[Issue]:
    """No two rules of Ingresses or HTTPRoutes claim the same host and path."""
    seen: dict[str, str] = {}
    for body in rendered.of(*WAYS_IN):
        for path in () if redirects(rendered, body) else public_paths(body):
            if path.place in seen:
                message = f"{label(body)}: {path.place} is served by {seen[path.place]} already"
                yield Issue(body, message)
            seen[path.place] = label(body)


@rule("probe-port", fix="name a port that the container declares")
def probe_ports(rendered: Rendered) -> Iterator[Issue]:
    """Every probe and hook asks a port that its container declares."""
    for pod in rendered.pods:
        for container in pod.every_container:
            declared = container.get("ports") or []
            known = {p.get("name") for p in declared} | {p.get("containerPort") for p in declared}
            for where, port in _asked(container):
                if port not in known:
                    message = f"{label(pod.owner)}: container {container.get('name')}: {where}"
                    hint = nearest(port, {str(name) for name in known if name})
                    yield Issue(pod.owner, f"{message} asks the port {port!r}, not declared", hint)


def _asked(container: Body) -> Iterator[tuple[str, Any]]:
    hooks = container.get("lifecycle") or {}
    actions = [(name, container.get(name)) for name in PROBES] + list(hooks.items())
    for name, action in actions:
        for form in ("httpGet", "tcpSocket", "grpc"):
            if get(action, form) is not None:
                yield name, get(action, form, "port")


@rule("headless-service", fix="name the headless Kubernetes Service that selects the pods")
def headless_services(rendered: Rendered) -> Iterator[Issue]:
    """Every StatefulSet names a headless Kubernetes Service that finds its pods."""
    for pod in rendered.pods:
        if pod.owner["kind"] != "StatefulSet":
            continue
        name = get(pod.owner, "spec", "serviceName")
        found = rendered.find("Service", name, pod.owner)
        spec = get(found, "spec") or {}
        if found is None:
            message = f"{label(pod.owner)}: there is no Kubernetes Service {name!r}"
            yield Issue(pod.owner, message, nearest(name, rendered.names("Service")))
        elif spec.get("clusterIP") != "None":
            yield Issue(
                pod.owner, f"{label(pod.owner)}: the Kubernetes Service {name!r} is not headless"
            )
        elif not matches({"matchLabels": spec.get("selector") or {}}, pod.labels):
            message = f"{label(pod.owner)}: the Kubernetes Service {name!r} does not find its pods"
            yield Issue(pod.owner, message)


@rule("scrape-port", fix="scrape a port that a container declares")
def scrape_ports(rendered: Rendered) -> Iterator[Issue]:
    """Every scrape annotation names a port that a container of the pod declares."""
    for pod in rendered.pods:
        if pod.annotations.get(_SCRAPE) != "true":
            continue
        port = pod.annotations.get("prometheus.io/port", "")
        if port not in {str(number) for _, number, _ in pod.ports()}:
            message = f"{label(pod.owner)}: the scrape annotation names the port {port!r}"
            known = [str(number) for _, number, _ in pod.ports()]
            yield Issue(pod.owner, f"{message}, not declared", nearest(port, known))


@rule("monitor-selector", fix="name labels and a port of a Kubernetes Service (or of pods)")
def monitors(rendered: Rendered) -> Iterator[Issue]:
    """Every ServiceMonitor and PodMonitor finds what it reads, by a port that is there."""
    for body in rendered.of("ServiceMonitor", "PodMonitor"):
        spec = body.get("spec") or {}
        if spec.get("namespaceSelector", {}).get("any") or get(
            spec, "namespaceSelector", "matchNames"
        ):
            continue
        found = _monitored(rendered, body, spec.get("selector") or {})
        field = "endpoints" if body["kind"] == "ServiceMonitor" else "podMetricsEndpoints"
        if not found:
            yield Issue(body, f"{label(body)}: its selector finds nothing")
        for endpoint in spec.get(field) or []:
            port = endpoint.get("port")
            if found and port and not any(port in ports for ports in found):
                message = f"{label(body)}: nothing that it finds has the port {port!r}"
                yield Issue(body, message, nearest(port, {p for ports in found for p in ports}))


def _monitored(rendered: Rendered, body: Body, selector: Body) -> list[set[str]]:
    """Return the port names of each Kubernetes Service, or pod, that a monitor finds."""
    if body["kind"] == "PodMonitor":
        return [{name for name, _, _ in p.ports()} for p in rendered.selected(selector, body)]
    namespace = body["metadata"].get("namespace")
    return [
        {str(port.get("name")) for port in get(service, "spec", "ports") or []}
        for service in rendered.of("Service")
        if service["metadata"].get("namespace") == namespace
        and matches(selector, service["metadata"].get("labels") or {})
    ]


RULES = (
    selectors,
    target_ports,
    port_numbers,
    ingress_backends,
    ingress_twice,
    probe_ports,
    headless_services,
    scrape_ports,
    monitors,
)
