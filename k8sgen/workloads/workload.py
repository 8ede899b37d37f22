"""The workload kinds: Deployment, StatefulSet, Job, CronJob."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.manifest import Manifest
from k8sgen.workloads.availability import HorizontalPodAutoscaler, PodDisruptionBudget
from k8sgen.workloads.pod import Pod

if TYPE_CHECKING:
    from k8sgen.service import Service

SERVER = "server"


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


class StatefulSet(Manifest):
    """
    Pods with names and volumes of their own; the volumes stay when it goes.

    It brings the headless Kubernetes Service, `<service>-pods`, that gives the pods their names.
    """

    def __init__(self, service: Service, pod: Pod) -> None:
        headless = f"{service.name}-pods"
        for port in pod.containers[0].ports:
            service.endpoint(port, name=headless, headless=True)
        super().__init__(
            service,
            "stateful-set",
            {
                "apiVersion": "apps/v1",
                "kind": "StatefulSet",
                "metadata": {"name": service.name, "labels": service.labels(SERVER)},
                "spec": {
                    "replicas": service.settings.replicas,
                    "revisionHistoryLimit": 3,
                    "serviceName": headless,
                    # In order, a broken pod would keep its own corrected template from rolling out.
                    "podManagementPolicy": "Parallel",  # it can never be changed
                    "selector": {"matchLabels": service.selector(SERVER)},
                    "template": pod.template(service, SERVER, **_spread(service)),
                    "volumeClaimTemplates": [claim.template() for claim in pod.claims()],
                    "persistentVolumeClaimRetentionPolicy": {
                        "whenDeleted": "Retain",
                        "whenScaled": "Retain",
                    },
                },
            },
        )
        if service.settings.least_replicas > 1:
            PodDisruptionBudget(service, SERVER)


class CronJob(Manifest):
    """
    A pod that runs to its end at set times, never two at once.

    Args:
        name: Of the CronJob and of its component.
        schedule: In cron's five fields, UTC.
        deadline: Seconds after which a run is ended.
    """

    def __init__(
        self, service: Service, pod: Pod, *, name: str, schedule: str, deadline: int = 3600
    ) -> None:
        super().__init__(
            service,
            service.id_of("cron-job", name),
            {
                "apiVersion": "batch/v1",
                "kind": "CronJob",
                "metadata": {"name": name, "labels": service.labels(name)},
                "spec": {
                    "schedule": schedule,
                    "timeZone": "Etc/UTC",
                    "concurrencyPolicy": "Forbid",
                    "startingDeadlineSeconds": 300,
                    "successfulJobsHistoryLimit": 1,
                    "failedJobsHistoryLimit": 3,
                    "jobTemplate": {"spec": _job(service, pod, name, deadline)},
                },
            },
        )


class Job(Manifest):
    """
    A pod that runs to its end once.

    A finished Job cannot be changed: give it a new *name* for new work.
    """

    def __init__(self, service: Service, pod: Pod, *, name: str, deadline: int = 600) -> None:
        super().__init__(
            service,
            service.id_of("job", name),
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {"name": name, "labels": service.labels(name)},
                "spec": {"ttlSecondsAfterFinished": 86400, **_job(service, pod, name, deadline)},
            },
        )


def _job(service: Service, pod: Pod, component: str, deadline: int) -> dict[str, Any]:
    return {
        "backoffLimit": 3,
        "activeDeadlineSeconds": deadline,
        "template": pod.template(service, component, restartPolicy="Never"),
    }


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
