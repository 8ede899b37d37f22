"""WayIn: the hosts and the path by which one endpoint is reached from outside, as an Ingress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from k8sgen.constructs.endpoint import Endpoint


@attrs.frozen(kw_only=True)
class WayIn:
    """
    The hosts and the path by which one endpoint is reached from outside.

    Args:
        name: Of the main manifest; those beside it have it as their prefix.
        namespace: `None` is the base's.
        secret: The Secret with the certificate; `None` where there is none.
    """

    name: str
    namespace: str | None
    labels: Mapping[str, str]
    hosts: Sequence[str]
    path: str
    endpoint: Endpoint
    secret: str | None

    def metadata(
        self, name: str | None = None, annotations: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return that of one of its manifests."""
        return {
            "name": name or self.name,
            "labels": self.labels,
            "annotations": dict(annotations or {}) or None,
        }

    def ingress(self, metadata: Mapping[str, Any], class_name: str | None) -> dict[str, Any]:
        """Return it as an Ingress."""
        return {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": metadata,
            "spec": {
                "ingressClassName": class_name,
                "tls": [{"hosts": self.hosts, "secretName": self.secret}] if self.secret else None,
                "rules": [self._rule(host) for host in self.hosts],
            },
        }

    def _rule(self, host: str) -> dict[str, Any]:
        target = {"name": self.endpoint.host, "port": {"name": self.endpoint.port.name}}
        path = {"path": self.path, "pathType": "Prefix", "backend": {"service": target}}
        return {"host": host, "http": {"paths": [path]}}
