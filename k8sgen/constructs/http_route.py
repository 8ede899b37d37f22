"""A way in as HTTPRoutes of the Gateway API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8sgen.constructs.way_in import WayIn
from k8sgen.settings.cluster import Gateway

_TO_HTTPS = {
    "filters": [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ]
}
"""The rule that leads to https; more specific ones, such as the ACME solver's, come first."""


def route(
    way: WayIn, metadata: Mapping[str, Any], gateway: Gateway, hsts: int | None, *, secure: bool
) -> dict[str, Any]:
    """
    Return the HTTPRoute to the endpoint.

    Args:
        hsts: For how many seconds browsers must use https only.
        secure: Whether it is attached to the listener with the certificates.
    """
    header = {"name": "Strict-Transport-Security", "value": f"max-age={hsts}"}
    remember = {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [header]}}
    port = way.endpoint.service_port or way.endpoint.port.number
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": way.path}}],
        "filters": [remember] if hsts else None,
        "backendRefs": [{"name": way.endpoint.host, "port": port}],
    }
    return _body(way, metadata, gateway.parent(secure=secure), rule)


def redirect(way: WayIn, gateway: Gateway) -> dict[str, Any]:
    """Return the HTTPRoute that leads http to https."""
    metadata = way.metadata(f"{way.name}-redirect")
    return _body(way, metadata, gateway.parent(secure=False), _TO_HTTPS)


def _body(
    way: WayIn, metadata: Mapping[str, Any], parent: Mapping[str, str], rule: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": metadata,
        "spec": {"parentRefs": [parent], "hostnames": way.hosts, "rules": [rule]},
    }
