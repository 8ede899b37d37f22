"""What keeps enough pods running: disruption budgets and autoscalers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.autoscaling import Autoscaling

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class PodDisruptionBudget(Manifest):
    """A drain may take one pod at a time, and never waits for a pod that is broken anyway."""

    def __init__(self, service: Service, component: str) -> None:
        super().__init__(
            service,
            "pod-disruption-budget",
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": service.name, "labels": service.labels(component)},
                "spec": {
                    "maxUnavailable": 1,
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                    "selector": {"matchLabels": service.selector(component)},
                },
            },
        )


class HorizontalPodAutoscaler(Manifest):
    """Moves the replicas of the service's Deployment with its use of processor time."""

    def __init__(self, service: Service, autoscaling: Autoscaling) -> None:
        target = {"type": "Utilization", "averageUtilization": autoscaling.cpu_utilization}
        super().__init__(
            service,
            "horizontal-pod-autoscaler",
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": service.name, "labels": service.labels()},
                "spec": {
                    "scaleTargetRef": {
                        "apiVersion": "apps/v1",
                        "kind": "Deployment",
                        "name": service.name,
                    },
                    "minReplicas": autoscaling.min_replicas,
                    "maxReplicas": autoscaling.max_replicas,
                    "metrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "target": target}}
                    ],
                },
            },
        )
