"""Cluster: what an environment's cluster has, and where the cluster's own pods are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from k8sgen.kubernetes.edges import Block, Party
from k8sgen.settings.outside import PRIVATE, Outside, cidr
from k8sgen.settings.value import Value, at_least, dns_label, each, host_name, word


@attrs.frozen(kw_only=True)
class Pods(Value):
    """Pods of another namespace, such as the ingress controller's; without labels, all of it."""

    namespace: str = attrs.field(validator=dns_label)
    labels: Mapping[str, str] = attrs.field(factory=dict)

    def party(self, name: str) -> Party:
        """Return their side of an edge."""
        return Party(name=name, namespace=self.namespace, labels=self.labels)


@attrs.frozen(kw_only=True)
class Addresses(Value):
    """
    Blocks of IP addresses, such as those of the nodes, whose network some controllers use.

    Args:
        cidrs: IPv4 or IPv6, at least one.
    """

    cidrs: Sequence[str] = attrs.field(validator=each(cidr, least=1))

    def party(self, name: str) -> Party:
        """Return their side of an edge."""
        return Party(name=name, blocks=tuple(map(Block, self.cidrs)))


@attrs.frozen(kw_only=True)
class Gateway(Value):
    """
    A Gateway of the cluster, whose listeners serve the hosts of the product's namespace.

    Args:
        https: The listener with the hosts' certificates, which the Gateway manages.
        http: The listener without.
    """

    name: str = attrs.field(validator=dns_label)
    namespace: str = attrs.field(validator=dns_label)
    https: str = "https"
    http: str = "http"

    def parent(self, *, secure: bool) -> dict[str, str]:
        """Return the `parentRefs` entry of an HTTPRoute."""
        listener = self.https if secure else self.http
        return {"name": self.name, "namespace": self.namespace, "sectionName": listener}


@attrs.frozen(kw_only=True)
class Cluster(Value):
    """
    What the cluster has, and where its own pods are that the product's pods talk to.

    Args:
        context: The kubeconfig context by which kubectl reaches it; commands that write need one.
        dns: Answers on port 53; with a NodeLocal DNSCache, its address.
        ingress_controller: Forwards requests from outside.
        scrapers: Read the metrics.
        api_server: What pods with a token talk to; by default any private address.
        ingress_class: Of every Ingress.
        controller: Whose annotations redirect to https and send HSTS: Traefik's, or those of the
            NGINX Ingress Controller (nginx.org).
        gateway: Serves the hosts instead of an Ingress, by the Gateway API; `ingress_controller` is
            then its data plane.
        issuer: The cert-manager ClusterIssuer that signs the hosts' certificates; `None` serves
            plain HTTP, unless a Gateway has certificates.
        redirect: Whether http redirects to https.
        hsts: For how many seconds browsers must use https only; `None` sends no such header.
        plain_http: Whether plain HTTP is intended, as on a developer's machine; elsewhere every
            host needs a certificate.
        pull_secret: The name of an existing Secret of the namespace, by which the images of
            a private registry are pulled.
        kubernetes_version: Major and minor, as in "1.36".
    """

    context: str | None = attrs.field(default=None, validator=attrs.validators.optional(word))
    dns: Pods | Addresses = Pods(namespace="kube-system", labels={"k8s-app": "kube-dns"})
    ingress_controller: Pods | Addresses = Pods(
        namespace="kube-system", labels={"app.kubernetes.io/name": "traefik"}
    )
    scrapers: Pods | Addresses = Pods(
        namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"}
    )
    api_server: Outside = Outside("api-server", cidrs=PRIVATE, ports=(443, 6443))
    ingress_class: str = "traefik"
    controller: Literal["traefik", "nginx"] = "traefik"
    gateway: Gateway | None = None
    issuer: str | None = None
    redirect: bool = False
    hsts: int | None = attrs.field(default=None, validator=at_least(1))
    plain_http: bool = False
    pull_secret: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(host_name)
    )
    kubernetes_version: str = attrs.field(
        default="1.36", validator=attrs.validators.matches_re(r"1\.\d+")
    )

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.gateway and self.issuer:
            msg = "issuer: the listeners of the Gateway have the certificates; annotate the Gateway"
            raise ValueError(msg)
        if self.plain_http and (self.redirect or self.hsts):
            msg = f"{'redirect' if self.redirect else 'hsts'}: with plain_http there is no https"
            raise ValueError(msg)

    @property
    def scheme(self) -> str:
        """The scheme of every public URL."""
        return "https" if self.issuer or (self.gateway and not self.plain_http) else "http"
