"""KubernetesService: the stable name and ports of a service's pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class KubernetesService(Manifest):
    """
    The stable name and the ports under which the pods of a service are reached.
    """

    def __init__(
        self, service: Service, *, name: str, component: str, headless: bool = False
    ) -> None:
        self.ports: list[Port] = []
        super().__init__(
            service,
            service.id_of("service", name),
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "clusterIP": "None" if headless else None,
                    "selector": service.selector(component),
                    "ports": self._ports,
                },
            },
        )

    def _ports(self) -> list[dict[str, Any]]:
        return [
            {
                "name": port.name,
                "port": port.number,
                "targetPort": port.name,
                "protocol": port.protocol,
            }
            for port in self.ports
        ]
