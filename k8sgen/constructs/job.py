"""Job and CronJob: pods that run to completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.workload import Workload
from k8sgen.settings.outside import Outside

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class CronJob(Workload):
    """
    A pod that runs to completion on a schedule.

    Args:
        name: Of the CronJob and of its component.
        schedule: In cron's five fields, UTC.
        deadline: Seconds after which a run is stopped.
        concurrency: Whether a run that is due while the last one still runs is skipped (`Forbid`),
            takes its place (`Replace`) or starts beside it (`Allow`).
        starting_deadline: Seconds that a run may start late; a later one is skipped.
        successes: How many finished runs are kept.
        failures: How many failed ones are kept.
        suspend: Whether to start no runs.
        given: What its pods, and no others of the service, open connections to.
    """

    def __init__(
        self,
        service: Service,
        pod: Pod,
        *,
        name: str,
        schedule: str,
        deadline: int = 3600,
        concurrency: Literal["Forbid", "Replace", "Allow"] = "Forbid",
        starting_deadline: int = 300,
        successes: int = 1,
        failures: int = 3,
        suspend: bool = False,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        super().__init__(
            service,
            {
                "apiVersion": "batch/v1",
                "kind": "CronJob",
                "metadata": {"name": name, "labels": service.labels(name)},
                "spec": {
                    "schedule": schedule,
                    "timeZone": "Etc/UTC",
                    "suspend": suspend or None,
                    "concurrencyPolicy": concurrency,
                    "startingDeadlineSeconds": starting_deadline,
                    "successfulJobsHistoryLimit": successes,
                    "failedJobsHistoryLimit": failures,
                    "jobTemplate": {"spec": _job(service, pod, name, deadline)},
                },
            },
            id="cron-job",
            component=name,
            pod=pod,
            given=given,
        )


class Job(Workload):
    """
    A pod that runs to completion once.

    A finished Job cannot be changed: give it a new *name* for new work.

    Args:
        name: Of the Job and of its component.
        deadline: Seconds after which it is stopped.
        given: What its pods, and no others of the service, open connections to.
    """

    def __init__(
        self,
        service: Service,
        pod: Pod,
        *,
        name: str,
        deadline: int = 600,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        super().__init__(
            service,
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {"name": name, "labels": service.labels(name)},
                "spec": {"ttlSecondsAfterFinished": 86400, **_job(service, pod, name, deadline)},
            },
            id="job",
            component=name,
            pod=pod,
            given=given,
        )


def _job(service: Service, pod: Pod, name: str, deadline: int) -> dict[str, Any]:
    pod.refuse_claims(name)
    return {
        "backoffLimit": 3,
        "activeDeadlineSeconds": deadline,
        "template": pod.template(service, name, restart="Never"),
    }
