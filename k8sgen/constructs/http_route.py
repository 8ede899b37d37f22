"""The parts of an HTTPRoute of the Gateway API."""

from __future__ import annotations

from typing import Any

HEAD = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute"}
TO_HTTPS = {
    "filters": [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ]
}
"""The rule that leads to https; more specific ones, such as the ACME solver's, come first."""


def to_service(path: str, service: str, port: int, hsts: int | None) -> dict[str, Any]:
    """
    Return the rule that leads a path to a Kubernetes Service.

    Args:
        hsts: For how many seconds browsers must use https only.
    """
    header = {"name": "Strict-Transport-Security", "value": f"max-age={hsts}"}
    remember = {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [header]}}
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": path}}],
        "filters": [remember] if hsts else None,
        "backendRefs": [{"name": service, "port": port}],
    }
