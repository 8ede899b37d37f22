"""DaemonSet: one pod on each node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.workload import Workload
from k8sgen.settings.outside import Outside

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class DaemonSet(Workload):
    """
    One pod on each node that its node selector and tolerations allow, replaced one by one.

    Args:
        name: The service's own by default.
        given: What its pods, and no others of the service, open connections to.

    Raises:
        ValueError: The pods mount a `Claim`.
    """

    def __init__(
        self,
        service: Service,
        pod: Pod,
        *,
        name: str | None = None,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        name = name or service.name
        component = service.component(name)
        pod.refuse_claims(name)
        super().__init__(
            service,
            {
                "apiVersion": "apps/v1",
                "kind": "DaemonSet",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "revisionHistoryLimit": 3,
                    "updateStrategy": {
                        "type": "RollingUpdate",
                        "rollingUpdate": {"maxUnavailable": 1},
                    },
                    "selector": {"matchLabels": service.selector(component)},
                    "template": pod.template(service, component),
                },
            },
            id="daemon-set",
            component=component,
            pod=pod,
            given=given,
        )
