"""StatefulSet: pods with names and volumes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8sgen.constructs.availability import PodDisruptionBudget
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.pod import Pod

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service
from k8sgen.constructs.deployment import _spread
from k8sgen.constructs.endpoint import SERVER


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
