"""What keeps enough pods running: disruption budgets, autoscalers, and how pods are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.autoscaling import Autoscaling, least

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
    from k8sgen.constructs.workload import Workload


class PodDisruptionBudget(Manifest):
    """A drain may evict one pod at a time, and never waits for a pod that is not ready anyway."""

    def __init__(self, workload: Workload) -> None:
        service, component, name = workload.service, workload.component, workload.resource_name
        super().__init__(
            service,
            service.id_of("pod-disruption-budget", name),
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "maxUnavailable": 1,
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                    "selector": {"matchLabels": service.selector(component)},
                },
            },
        )


class HorizontalPodAutoscaler(Manifest):
    """A HorizontalPodAutoscaler that sets the replicas of a Deployment."""

    def __init__(self, workload: Workload, autoscaling: Autoscaling) -> None:
        service, name = workload.service, workload.resource_name
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        super().__init__(
            service,
            service.id_of("horizontal-pod-autoscaler", name),
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": name, "labels": service.labels()},
                "spec": {"scaleTargetRef": target, **autoscaling.body()},
            },
        )


def spread(
    service: Service, component: str, replicas: int | Autoscaling, revision: str
) -> list[dict[str, Any]]:
    """
    Spread several replicas over zones and nodes, as well as the cluster can.

    Args:
        revision: The label that tells the pods of one rollout from those before it; counted
            together, the new ones would keep away from nodes that the old ones are about to leave.
    """
    keys = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": service.selector(component)},
            "matchLabelKeys": [revision],
        }
        for key in keys
        if least(replicas) > 1
    ]
