"""The pods that an environment asks for, of whatever kind of workload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import Body
from k8sgen.project.compose import Composition

WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


@attrs.frozen(kw_only=True)
class Pods:
    """
    All pods of one workload.

    Args:
        name: The kind and the name of the workload.
        body: The workload.
        template: Of its pods.
    """

    name: str
    service: str
    body: Body
    template: Body

    @property
    def spec(self) -> dict[str, Any]:
        """The pods' specification."""
        found: dict[str, Any] = self.template["spec"]
        return found

    @property
    def containers(self) -> list[dict[str, Any]]:
        """All containers, those that run first included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


def pods(composition: Composition) -> Iterator[Pods]:
    """Return the pods of every workload."""
    for resource in composition.resources:
        body = resource.body
        if body["kind"] in WORKLOADS:
            spec = body["spec"]
            if body["kind"] == "CronJob":
                spec = spec["jobTemplate"]["spec"]
            yield Pods(
                name=f"{body['kind']}/{body['metadata']['name']}",
                service=resource.service,
                body=body,
                template=spec["template"],
            )


def of_kind(composition: Composition, kind: str) -> list[Body]:
    """Return the manifests of one kind."""
    return [r.body for r in composition.resources if r.body["kind"] == kind]


def strings(value: Any) -> Iterator[str]:
    """Return every text in *value*, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
