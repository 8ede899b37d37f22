"""Deployment: stateless pods, replaced one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from k8sgen.constructs.availability import HorizontalPodAutoscaler, PodDisruptionBudget, spread
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.persistent_volume_claim import PersistentVolumeClaim
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.workload import Workload
from k8sgen.settings.autoscaling import Autoscaling, least
from k8sgen.settings.outside import Outside

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class Deployment(Workload):
    """
    Stateless pods, replaced one by one with none missing.

    One that mounts a ReadWriteOnce claim is stopped before its successor starts. It
    creates a PodDisruptionBudget where more than one replica runs, spreads them over nodes and
    zones, and an autoscaler where the replicas are `Autoscaling`.

    Args:
        name: The service's own by default.
        replicas: Those of the service's settings by default.
        given: What its pods, and no others of the service, open connections to.

    Raises:
        ValueError: The pods mount a `Claim`, or several of them a volume that one node can mount.
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
        pod.refuse_claims(name)
        super().__init__(
            service,
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "replicas": None if scaled else replicas,
                    "revisionHistoryLimit": 3,
                    "strategy": _strategy(name, pod, replicas),
                    "selector": {"matchLabels": service.selector(component)},
                    "template": pod.template(
                        service,
                        component,
                        spread=spread(service, component, replicas, "pod-template-hash"),
                    ),
                },
            },
            id="deployment",
            component=component,
            pod=pod,
            given=given,
        )
        if scaled:
            HorizontalPodAutoscaler(self, scaled)
        if least(replicas) > 1:
            PodDisruptionBudget(self)


def _strategy(name: str, pod: Pod, replicas: int | Autoscaling) -> dict[str, Any]:
    for volume in pod.volumes():
        if isinstance(volume, PersistentVolumeClaim) and volume.access_mode == "ReadWriteOnce":
            if str(replicas) not in ("0", "1"):
                msg = f"{replicas} pods of {name} cannot mount {volume.volume_name} on one node"
                raise ValueError(f"{msg}; set its access_mode to ReadWriteMany, or replicas to 1")
            return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
