"""Endpoint: one port of one service, as others address it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
    from k8sgen.constructs.workload import Workload
    from k8sgen.settings.outside import Outside


@attrs.frozen(kw_only=True, eq=False)
class Endpoint:
    """
    One port of one service, as others address it; a service that is given it depends on it.

    Args:
        server: Who answers: a service, one workload of it, or an `Outside`.
        host: The name of the Kubernetes Service, or the host outside.
        port: Of the pod, or of the host outside.
        service_port: Of the Kubernetes Service, where it is another one.
    """

    server: Service | Workload | Outside
    host: str
    port: Port
    service_port: int | None = None

    @property
    def address(self) -> str:
        """The host and port."""
        return f"{self.host}:{self.service_port or self.port.number}"

    @property
    def http(self) -> str:
        """The URL without a path."""
        return f"http://{self.address}"
