"""What an ingress controller needs so that http leads to https, and browsers remember it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from k8sgen.constructs.way_in import WayIn
from k8sgen.settings.cluster import Cluster

_TRAEFIK = "traefik.ingress.kubernetes.io"


def ingress_annotations(way: WayIn, cluster: Cluster) -> dict[str, str]:
    """Return the annotations of the Ingress."""
    if cluster.controller == "nginx":
        redirect = {"nginx.org/ssl-redirect": "true"} if cluster.redirect else {}
        hsts = {"nginx.org/hsts": "true", "nginx.org/hsts-max-age": str(cluster.hsts)}
        return {**redirect, **(hsts if cluster.hsts else {})}
    # The certificates of an Ingress alone make no router of Traefik's one for https.
    https = {f"{_TRAEFIK}/router.entrypoints": "websecure", f"{_TRAEFIK}/router.tls": "true"}
    hsts = _uses_middleware(way, "hsts") if cluster.hsts else {}
    return {**(https if cluster.redirect else {}), **hsts}


def manifests_beside(way: WayIn, cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Return what goes beside the Ingress: for Traefik, middlewares and an Ingress for http."""
    if cluster.controller == "nginx":
        return
    if cluster.hsts:
        yield _middleware(way, "hsts", {"headers": {"stsSeconds": cluster.hsts}})
    if cluster.redirect:
        to_https = {"redirectScheme": {"scheme": "https", "permanent": True}}
        yield _middleware(way, "redirect", to_https)
        http = {f"{_TRAEFIK}/router.entrypoints": "web", **_uses_middleware(way, "redirect")}
        metadata = way.metadata(f"{way.name}-redirect", http)
        yield attrs.evolve(way, secret=None).ingress(metadata, cluster.ingress_class)


def _uses_middleware(way: WayIn, name: str) -> dict[str, str]:
    middleware = f"{way.namespace}-{way.name}-{name}@kubernetescrd"
    return {f"{_TRAEFIK}/router.middlewares": middleware}


def _middleware(way: WayIn, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "Middleware",
        "metadata": way.metadata(f"{way.name}-{name}"),
        "spec": spec,
    }
