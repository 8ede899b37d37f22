"""Ingress: the way in from outside the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.value import is_host_name

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.network_policy import SolverPolicy


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
