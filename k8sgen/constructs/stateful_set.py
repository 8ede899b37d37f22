"""StatefulSet: pods with names and volumes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from k8sgen.constructs.availability import PodDisruptionBudget, spread
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.pod import Pod
from k8sgen.constructs.workload import Workload
from k8sgen.settings.outside import Outside

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class StatefulSet(Workload):
    """
    Pods with names and volumes of their own; the volumes stay when it is deleted.

    It creates the headless Kubernetes Service, `<name>-pods`, that gives the pods their names.

    Args:
        name: The service's own by default.
        replicas: Those of the service's settings by default.
        given: What its pods, and no others of the service, open connections to.

    Raises:
        ValueError: The replicas are `Autoscaling`: nothing moves data between its pods.
    """

    def __init__(
        self,
        service: Service,
        pod: Pod,
        *,
        name: str | None = None,
        replicas: int | None = None,
        given: Sequence[Endpoint | Outside] = (),
    ) -> None:
        name = name or service.name
        number = service.settings.replicas if replicas is None else replicas
        if not isinstance(number, int):
            msg = f"the StatefulSet {name} cannot be autoscaled; set replicas to a number"
            raise ValueError(msg)
        component = service.component(name)
        headless = service.kubernetes_service(f"{name}-pods", component, headless=True)
        for port in pod.containers[0].ports:
            headless.endpoint(service, port)
        super().__init__(
            service,
            {
                "apiVersion": "apps/v1",
                "kind": "StatefulSet",
                "metadata": {"name": name, "labels": service.labels(component)},
                "spec": {
                    "replicas": number,
                    "revisionHistoryLimit": 3,
                    "serviceName": f"{name}-pods",
                    # In order, a broken pod would block the rollout of its own corrected template.
                    "podManagementPolicy": "Parallel",  # it can never be changed
                    "selector": {"matchLabels": service.selector(component)},
                    "template": pod.template(
                        service,
                        component,
                        spread=spread(service, component, number, "controller-revision-hash"),
                    ),
                    "volumeClaimTemplates": [claim.template() for claim in pod.claims()],
                    "persistentVolumeClaimRetentionPolicy": {
                        "whenDeleted": "Retain",
                        "whenScaled": "Retain",
                    },
                },
            },
            id="stateful-set",
            component=component,
            pod=pod,
            given=given,
        )
        if number > 1:
            PodDisruptionBudget(self)
