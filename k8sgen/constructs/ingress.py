"""Ingress: the way in from outside the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs import controller, http_route
from k8sgen.constructs.edges import SOLVER
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.network_policy import NetworkPolicy
from k8sgen.constructs.route import is_path
from k8sgen.constructs.way_in import WayIn
from k8sgen.settings.value import is_host_name

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service

_ISSUER = "cert-manager.io/cluster-issuer"


class Ingress(Manifest):
    """
    The way in from outside the cluster to one endpoint, for some hosts.

    Where the cluster has a Gateway it is an HTTPRoute. With `Cluster.redirect` or `Cluster.hsts` it
    creates what the cluster's controller needs for that. Its `scheme` is that of the public URLs.

    Args:
        name: The service's own by default.
        path: The prefix, in whole segments, of the paths that lead there. For an Ingress, Traefik
            compares whole segments only with its option `strictPrefixMatching`.
        tls_secret: An existing Secret with the certificate, instead of one by the issuer.
        annotations: For the controller, besides those that k8sgen sets.

    Raises:
        ValueError: A host or the path is invalid, an annotation is set already, or the Gateway has
            the certificates.
    """

    def __init__(
        self,
        service: Service,
        endpoint: Endpoint,
        *,
        hosts: Sequence[str],
        name: str | None = None,
        path: str = "/",
        tls_secret: str | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self._cluster = cluster = service.stack.environment.cluster
        name = name or service.name
        if not is_path(path):
            msg = f"path: {path!r} is not a plain path; write for instance / or /api/v1"
            raise ValueError(msg)
        if cluster.gateway and tls_secret:
            msg = "tls_secret: the listeners of the cluster's Gateway have the certificates"
            raise ValueError(msg)
        self.scheme = "https" if tls_secret else cluster.scheme
        self._way = WayIn(
            name=name,
            namespace=service.stack.namespace_name,
            labels=service.labels(),
            hosts=_checked(hosts),
            path=path,
            endpoint=endpoint,
            secret=tls_secret or (f"{name}-tls" if cluster.issuer else None),
        )
        issuer = None if tls_secret else cluster.issuer
        body = self._main({_ISSUER: issuer} if issuer else {}, annotations or {})
        super().__init__(service, service.id_of("ingress", name), body)
        service.exposed.append(endpoint)
        service.certificates |= {tls_secret} if tls_secret else set()
        if issuer and not service.solver:
            solver = f"{service.name}-acme-solver"  # its pods answer the HTTP-01 challenges
            service.solver = NetworkPolicy(service, solver, SOLVER, egress=False)
        for beside in self._beside() if self._is_secure else ():
            kind = "middleware" if beside["kind"] == "Middleware" else "ingress"
            Manifest(service, f"{kind}-{beside['metadata']['name']}", beside)

    @property
    def _is_secure(self) -> bool:
        """Whether http can lead to https; the base, which runs nowhere, has no such manifests."""
        return self.scheme == "https" and self._way.namespace is not None

    def _main(self, own: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, Any]:
        way, cluster = self._way, self._cluster
        if cluster.gateway:
            secure = self.scheme == "https"
            metadata = way.metadata(annotations=_merged(own, asked))
            hsts = cluster.hsts if secure else None
            return http_route.route(way, metadata, cluster.gateway, hsts, secure=secure)
        own = {**own, **(controller.ingress_annotations(way, cluster) if self._is_secure else {})}
        return way.ingress(way.metadata(annotations=_merged(own, asked)), cluster.ingress_class)

    def _beside(self) -> Iterable[dict[str, Any]]:
        """Return the manifests that lead http to https, and make browsers remember it."""
        way, cluster = self._way, self._cluster
        if not cluster.gateway:
            return controller.manifests_beside(way, cluster)
        return [http_route.redirect(way, cluster.gateway)] if cluster.redirect else []


def _merged(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    for key in ours.keys() & theirs.keys():
        msg = f"annotations: {key} is {ours[key]!r} here, by the settings of the cluster"
        raise ValueError(msg)
    return {**ours, **theirs}


def _checked(hosts: Sequence[str]) -> list[str]:
    if not hosts:
        msg = "hosts: an Ingress needs at least one"
        raise ValueError(msg)
    for host in hosts:
        if not is_host_name(host):
            msg = f"hosts: {host!r} is not a host name; write for instance api.example.com"
            raise ValueError(msg)
    return sorted(set(hosts))
