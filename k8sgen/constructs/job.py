"""Job and CronJob: pods that run to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.pod import Pod

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


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
