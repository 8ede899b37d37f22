"""KubernetesService: the stable name and ports of some pods of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
    from k8sgen.constructs.workload import Workload


class KubernetesService(Manifest):
    """
    The stable name and the ports under which the pods of one component are reached.
    """

    def __init__(
        self, service: Service, *, name: str, component: str, headless: bool = False
    ) -> None:
        self.component = component
        self._host = name
        self._ports: dict[Port, int] = {}
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
                    "ports": lambda: [_entry(port, n) for port, n in self._ports.items()],
                },
            },
        )

    def endpoint(
        self, server: Service | Workload, port: Port, service_port: int | None = None
    ) -> Endpoint:
        """
        Open *port* of the pods, at *service_port* or the same number, and return it.

        Raises:
            ValueError: Another port has that number or name already.
        """
        number = service_port or port.number
        for known, taken in self._ports.items():
            same = (known, taken) == (port, number)
            if not same and (known.name == port.name or _clash(known, taken, port, number)):
                msg = f"the Kubernetes Service {self._host} has {known.name} at {taken} already"
                raise ValueError(msg)
        self._ports[port] = number
        return Endpoint(server=server, host=self._host, port=port, service_port=service_port)


def _clash(known: Port, taken: int, port: Port, number: int) -> bool:
    return (known.protocol, taken) == (port.protocol, number)


def _entry(port: Port, number: int) -> dict[str, Any]:
    return {
        "name": port.name,
        "port": number,
        "targetPort": port.name,
        "protocol": port.protocol,
    }
