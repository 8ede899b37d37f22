"""Ingress: the way in from outside the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs import http_route
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.network_policy import SolverPolicy
from k8sgen.constructs.route import is_path
from k8sgen.settings.cluster import Cluster
from k8sgen.settings.value import is_host_name

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service

_TRAEFIK = "traefik.ingress.kubernetes.io"
_ISSUER = "cert-manager.io/cluster-issuer"


class Ingress(Manifest):
    """
    The way in from outside the cluster to one endpoint, for some hosts.

    Where the cluster has a Gateway it is an HTTPRoute. With `Cluster.redirect` or `Cluster.hsts` it
    creates what the cluster's controller needs for that. Its `scheme` is that of the public URLs.

    Args:
        name: The service's own by default.
        path: The prefix, in whole segments, of the paths that lead there.
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
        self.endpoint = endpoint
        self._service = service
        self._cluster = cluster = service.stack.environment.cluster
        self._name = name or service.name
        self._hosts, self._path = _checked(hosts), path
        if not is_path(path):
            msg = f"path: {path!r} is not a plain path; write for instance / or /api/v1"
            raise ValueError(msg)
        if cluster.gateway and tls_secret:
            msg = "tls_secret: the listeners of the cluster's Gateway have the certificates"
            raise ValueError(msg)
        self._tls = tls_secret or (f"{self._name}-tls" if cluster.issuer else None)
        self.scheme = "https" if tls_secret else cluster.scheme
        body = self._route_body if cluster.gateway else self._ingress_body
        notes = {} if tls_secret or not cluster.issuer else {_ISSUER: cluster.issuer}
        super().__init__(
            service,
            service.id_of("ingress", self._name),
            body(self._name, _merged({**notes, **self._controller_notes()}, annotations or {})),
        )
        service.exposed.append(endpoint)
        service.certificates |= {tls_secret} if tls_secret else set()
        if notes and not service.solver:
            service.solver = SolverPolicy(service)
        if self.scheme == "https" and service.stack.namespace_name:
            self._bring_redirect(cluster)

    def _ingress_body(self, name: str, annotations: Mapping[str, str]) -> dict[str, Any]:
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": self._metadata(name, annotations),
            "spec": {
                "ingressClassName": self._cluster.ingress_class,
                "tls": [{"hosts": self._hosts, "secretName": self._tls}] if self._tls else None,
                "rules": [self._rule(host) for host in self._hosts],
            },
        }

    def _route_body(self, name: str, annotations: Mapping[str, str]) -> dict[str, Any]:
        assert self._cluster.gateway  # noqa: S101  (the caller asked)
        endpoint = self.endpoint
        port = endpoint.service_port or endpoint.port.number
        secure = self.scheme == "https"
        return {
            **http_route.HEAD,
            "metadata": self._metadata(name, annotations),
            "spec": {
                "parentRefs": [self._cluster.gateway.parent(secure=secure)],
                "hostnames": self._hosts,
                "rules": [http_route.to_service(self._path, endpoint.host, port, self._hsts)],
            },
        }

    def _metadata(self, name: str, annotations: Mapping[str, str]) -> dict[str, Any]:
        labels = self._service.labels()
        return {"name": name, "labels": labels, "annotations": dict(annotations) or None}

    def _rule(self, host: str) -> dict[str, Any]:
        target = {"name": self.endpoint.host, "port": {"name": self.endpoint.port.name}}
        path = {"path": self._path, "pathType": "Prefix", "backend": {"service": target}}
        return {"host": host, "http": {"paths": [path]}}

    @property
    def _hsts(self) -> int | None:
        return self._cluster.hsts if self.scheme == "https" else None

    def _controller_notes(self) -> dict[str, str]:
        """Return the annotations by which the controller itself redirects and sends HSTS."""
        cluster = self._cluster
        if self.scheme != "https" or cluster.gateway or not self._service.stack.namespace_name:
            return {}
        if cluster.controller == "nginx":
            redirect = {"nginx.org/ssl-redirect": "true"} if cluster.redirect else {}
            hsts = {"nginx.org/hsts": "true", "nginx.org/hsts-max-age": str(cluster.hsts)}
            return {**redirect, **(hsts if cluster.hsts else {})}
        return self._middleware("hsts") if cluster.hsts else {}

    def _middleware(self, name: str) -> dict[str, str]:
        namespace = self._service.stack.namespace_name
        found = f"{namespace}-{self._name}-{name}@kubernetescrd"
        return {f"{_TRAEFIK}/router.middlewares": found}

    def _bring_redirect(self, cluster: Cluster) -> None:
        """Add the manifests that redirect http to https, and make browsers remember it."""
        redirect = f"{self._name}-redirect"
        if cluster.gateway:
            if cluster.redirect:
                parents = [cluster.gateway.parent(secure=False)]
                spec = {
                    "parentRefs": parents,
                    "hostnames": self._hosts,
                    "rules": [http_route.TO_HTTPS],
                }
                self._bring(
                    {**http_route.HEAD, "metadata": self._metadata(redirect, {}), "spec": spec}
                )
        elif cluster.controller == "traefik":
            if cluster.hsts:
                self._bring_middleware("hsts", {"headers": {"stsSeconds": cluster.hsts}})
            if cluster.redirect:
                to_https = {"redirectScheme": {"scheme": "https", "permanent": True}}
                self._bring_middleware("redirect", to_https)
                # For an Ingress with certificates, Traefik makes routers for https only.
                notes = {f"{_TRAEFIK}/router.entrypoints": "web", **self._middleware("redirect")}
                body = self._ingress_body(redirect, notes)
                self._bring({**body, "spec": {**body["spec"], "tls": None}})

    def _bring_middleware(self, name: str, spec: Mapping[str, Any]) -> None:
        self._bring(
            {
                "apiVersion": "traefik.io/v1alpha1",
                "kind": "Middleware",
                "metadata": self._metadata(f"{self._name}-{name}", {}),
                "spec": spec,
            }
        )

    def _bring(self, body: Mapping[str, Any]) -> None:
        kind = "middleware" if body["kind"] == "Middleware" else "ingress"
        Manifest(self._service, f"{kind}-{body['metadata']['name']}", body)


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
