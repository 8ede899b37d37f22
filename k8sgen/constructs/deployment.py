"""Deployment: pods without a memory, replaced one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs.availability import HorizontalPodAutoscaler, PodDisruptionBudget
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.workload import Workload
from k8sgen.settings.autoscaling import Autoscaling, least
from k8sgen.settings.outside import Outside

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class Deployment(Workload):
    """
    Pods without a memory, replaced one by one with none missing.

    It brings a PodDisruptionBudget where more than one replica runs, spreads them over nodes and
    zones, and an autoscaler where the replicas are `Autoscaling`.

    Args:
        name: The service's own unless given.
        replicas: Those of the service's settings unless given.
        given: What its pods, and no others of the service, open connections to.
    """

    def __init__(
        self,
        service: Service,
        pod: Pod,
        *,
        name: str | None = None,
        replicas: int | Autoscaling | None = None,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        name = name or service.name
        replicas = service.settings.replicas if replicas is None else replicas
        scaled = replicas if isinstance(replicas, Autoscaling) else None
        component = service.component(name)
        spread = _spread(service, component) if least(replicas) > 1 else {}
        super().__init__(
            service,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "replicas": None if scaled else replicas,
                    "revisionHistoryLimit": 3,
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
                    },
                    "selector": {"matchLabels": service.selector(component)},
                    "template": pod.template(service, component, **spread),
                },
            },
            id="deployment",
            component=component,
            given=given,
        )
        if scaled:
            HorizontalPodAutoscaler(self, scaled)
        if least(replicas) > 1:
            PodDisruptionBudget(self)


def _spread(service: Service, component: str) -> dict[str, Any]:
    """Spread the replicas over zones and nodes, as well as the cluster can."""
    keys = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    return {
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": service.selector(component)},
            }
            for key in keys
        ]
    }
