"""How services reach each other: endpoints, routes from outside, and the policies that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from k8sgen.manifest import Manifest
from k8sgen.values import Port, Value, host_name, is_host_name

if TYPE_CHECKING:
    from k8sgen.service import Service

NAME_LABEL = "app.kubernetes.io/name"
# Source: cert-manager pkg/issuer/acme/http/pod.go.
SOLVER_LABELS = {"acme.cert-manager.io/http01-solver": "true"}
SOLVER_PORT = 8089
_PATH = re.compile(r"/|(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")


@attrs.frozen(kw_only=True, eq=False)
class Endpoint:
    """
    One port of one service, as others address it; to be given it is to depend on it.

    Args:
        service: Who answers.
        host: The name of the Kubernetes Service.
        port: The same number on the Kubernetes Service and on the pod.
    """

    service: Service
    host: str
    port: Port

    @property
    def address(self) -> str:
        """The host and port."""
        return f"{self.host}:{self.port.number}"

    @property
    def http(self) -> str:
        """The URL without a path."""
        return f"http://{self.address}"


@attrs.frozen(kw_only=True)
class Route(Value):
    """
    A part of a service that may be reached from outside.

    Args:
        endpoint: Who answers.
        host: The public host name.
        path: The prefix, in whole segments, of the paths that belong to it: `/`, `/api/v1`.
        methods: The HTTP methods that it answers.
        access: `token` asks for a valid access token, `public` for nothing.
        scopes: What the token must allow.
    """

    id: str
    endpoint: Endpoint
    host: str = attrs.field(validator=host_name)
    path: str = attrs.field(default="/")
    methods: Sequence[str] = ("GET", "POST", "PUT", "PATCH", "DELETE")
    access: Literal["public", "token"] = "token"
    scopes: Sequence[str] = ()

    @path.validator
    def _is_clean(self, _: attrs.Attribute[str], value: str) -> None:
        if isinstance(value, str) and not _PATH.fullmatch(value):
            msg = f"path: {value!r} is not a plain path; write for instance / or /api/v1"
            raise ValueError(msg)


class KubernetesService(Manifest):
    """
    The stable name and the ports under which the pods of a service are reached.
    """

    def __init__(
        self, service: Service, *, name: str, component: str, headless: bool = False
    ) -> None:
        self.ports: list[Port] = []
        super().__init__(
            service,
            service.id_of("service", name),
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "clusterIP": "None" if headless else None,
                    "selector": service.selector(component),
                    "ports": self._ports,
                },
            },
        )

    def _ports(self) -> list[dict[str, Any]]:
        return [
            {
                "name": port.name,
                "port": port.number,
                "targetPort": port.name,
                "protocol": port.protocol,
            }
            for port in self.ports
        ]


class Ingress(Manifest):
    """
    The way in from outside the cluster to one endpoint, for some hosts.

    Its `scheme` is that of the hosts' public URLs.

    Raises:
        ValueError: There is no host, or one that is no host name.
    """

    def __init__(self, service: Service, endpoint: Endpoint, *, hosts: Sequence[str]) -> None:
        self.endpoint = endpoint
        cluster = service.stack.environment.cluster
        self.scheme = cluster.scheme
        names = _checked(hosts)
        issuer = cluster.issuer
        annotations = {"cert-manager.io/cluster-issuer": issuer} if issuer else None
        super().__init__(
            service,
            service.id_of("ingress", service.name),
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": {
                    "name": service.name,
                    "labels": service.labels(),
                    "annotations": annotations,
                },
                "spec": {
                    "ingressClassName": cluster.ingress_class,
                    "tls": [{"hosts": names, "secretName": f"{service.name}-tls"}]
                    if issuer
                    else None,
                    "rules": [self._rule(name) for name in names],
                },
            },
        )
        service.exposed.append(endpoint)
        if issuer:
            SolverPolicy(service)

    def _rule(self, host: str) -> dict[str, Any]:
        target = {"name": self.endpoint.host, "port": {"name": self.endpoint.port.name}}
        path = {"path": "/", "pathType": "Prefix", "backend": {"service": target}}
        return {"host": host, "http": {"paths": [path]}}


def _checked(hosts: Sequence[str]) -> list[str]:
    if not hosts:
        msg = "hosts: an Ingress needs at least one"
        raise ValueError(msg)
    for host in hosts:
        if not is_host_name(host):
            msg = f"hosts: {host!r} is not a host name; write for instance api.example.com"
            raise ValueError(msg)
    return sorted(set(hosts))


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
