"""Endpoint: one port of one service, as others address it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


NAME_LABEL = "app.kubernetes.io/name"
SERVER = "server"


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
