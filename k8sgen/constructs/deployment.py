"""Deployment: pods without a memory, replaced one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.constructs.availability import HorizontalPodAutoscaler, PodDisruptionBudget
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.pod import Pod

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
from k8sgen.constructs.endpoint import SERVER


class Deployment(Manifest):
    """
    Pods without a memory, replaced one by one with none missing.

    It brings a PodDisruptionBudget where more than one replica runs, spreads them over nodes and
    zones, and an autoscaler where the settings ask for one.
    """

    def __init__(self, service: Service, pod: Pod) -> None:
        super().__init__(
            service,
            "deployment",
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": service.name, "labels": service.labels(SERVER)},
                "spec": {
                    "replicas": None if service.settings.autoscaling else service.settings.replicas,
                    "revisionHistoryLimit": 3,
                    "strategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
                    },
                    "selector": {"matchLabels": service.selector(SERVER)},
                    "template": pod.template(service, SERVER, **_spread(service)),
                },
            },
        )
        if service.settings.autoscaling:
            HorizontalPodAutoscaler(service, service.settings.autoscaling)
        if service.settings.least_replicas > 1:
            PodDisruptionBudget(service, SERVER)


def _spread(service: Service) -> dict[str, Any]:
    """Spread more than one replica over zones and nodes, as well as the cluster can."""
    if service.settings.least_replicas < 2:
        return {}
    keys = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    return {
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": service.selector(SERVER)},
            }
            for key in keys
        ]
    }
