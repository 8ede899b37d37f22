"""What keeps enough pods running: disruption budgets and autoscalers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.autoscaling import Autoscaling

if TYPE_CHECKING:
    from k8sgen.constructs.workload import Workload


class PodDisruptionBudget(Manifest):
    """A drain may take one pod at a time, and never waits for a pod that is broken anyway."""

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
    """Moves the replicas of a Deployment with its use of processor time."""

    def __init__(self, workload: Workload, autoscaling: Autoscaling) -> None:
        service, name = workload.service, workload.resource_name
        target = {"type": "Utilization", "averageUtilization": autoscaling.cpu_utilization}
        super().__init__(
            service,
            service.id_of("horizontal-pod-autoscaler", name),
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": name, "labels": service.labels()},
                "spec": {
                    "scaleTargetRef": {
                        "apiVersion": "apps/v1",
                        "kind": "Deployment",
                        "name": name,
                    },
                    "minReplicas": autoscaling.min_replicas,
                    "maxReplicas": autoscaling.max_replicas,
                    "metrics": [
                        {"type": "Resource", "resource": {"name": "cpu", "target": target}}
                    ],
                },
            },
        )
