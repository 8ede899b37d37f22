"""Workload: what all controllers of a service's pods have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs.edges import Connected
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.network_policy import NetworkPolicy
from k8sgen.constructs.pod import Pod
from k8sgen.kubernetes.edges import Party
from k8sgen.settings.outside import Outside
from k8sgen.settings.port import Port

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class Workload(Connected, Manifest):
    """
    Pods of a service under one controller.

    What is declared for a service holds for all its pods; what is declared for a workload holds
    only for that workload's.
    """

    def __init__(
        self,
        service: Service,
        body: Mapping[str, Any],
        *,
        id: str,  # noqa: A002
        component: str,
        pod: Pod,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        self.service = service
        self.component = component
        self.resource_name: str = body["metadata"]["name"]
        self.reference = f"{body['kind'].lower()}/{self.resource_name}"  # as kubectl names it
        self._policy: NetworkPolicy | None = None
        Manifest.__init__(self, service, service.id_of(id, self.resource_name), body)
        # Its own pods, not all of the service's.
        party = Party(name=service.name, labels=service.selector(component))
        Connected.__init__(self, service.stack, party)
        service.workloads.append(self)
        self.uses(*given)
        if pod.token:
            self.uses(service.stack.environment.cluster.api_server)

    def uses(self, *endpoints: Endpoint | Outside) -> None:
        """Declare what its pods open connections to; see `Service.uses`."""
        super().uses(*endpoints)
        if endpoints:
            self._bring_policy()

    def scrape(self, port: Port, *, path: str = "/metrics") -> None:
        """Let the cluster's scrapers read the metrics of its pods."""
        super().scrape(port, path=path)
        self._bring_policy()

    def endpoint(
        self, port: Port, *, name: str | None = None, service_port: int | None = None
    ) -> Endpoint:
        """Make *port* of its pods reachable for other services; see `Service.endpoint`."""
        self._bring_policy()
        return self.service.kubernetes_service(name or self.resource_name, self.component).endpoint(
            self, port, service_port
        )

    def _bring_policy(self) -> None:
        if self._policy is None:
            name = self.resource_name
            own = name if name != self.service.name else f"{name}-{self.component}"
            self._policy = NetworkPolicy(self.service, own, self.party)
