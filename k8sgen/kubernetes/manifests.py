"""Manifests: those of one environment, indexed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from k8sgen.kubernetes.edges import NAMESPACE_LABEL
from k8sgen.kubernetes.manifest import POD_TEMPLATES, Body, pod_template
from k8sgen.kubernetes.selectors import matches

_POD_NAME, _POD_INDEX = "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


@attrs.frozen(kw_only=True)
class PodTemplate:
    """
    The pods that one workload makes.

    Args:
        owner: The workload's manifest.
    """

    owner: Body
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    spec: Body

    @property
    def namespace(self) -> str:
        """Where the pods run."""
        return str(self.owner["metadata"].get("namespace", ""))

    def is_found(self, selector: Body | None) -> bool:
        """
        Return whether a selector finds one of the pods, by the labels that a controller adds too.

        Source:
            kubernetes.io/docs/reference/labels-annotations-taints, apps.kubernetes.io/pod-index and
            statefulset.kubernetes.io/pod-name
        """
        wanted = (selector or {}).get("matchLabels") or {}
        added = {}
        if self.owner["kind"] == "StatefulSet":
            name, index = (wanted.get(key, "") for key in (_POD_NAME, _POD_INDEX))
            workload, _, number = name.rpartition("-")
            if workload == self.owner["metadata"]["name"] and number.isdecimal():
                added[_POD_NAME] = name
            if index.isdecimal():
                added[_POD_INDEX] = index
        return matches(selector, {**self.labels, **added})

    @property
    def serves(self) -> bool:
        """Whether the pods run on, rather than to an end."""
        return self.owner["kind"] not in ("Job", "CronJob")

    @property
    def init_containers(self) -> list[Body]:
        """The containers that run before the others."""
        return self.spec.get("initContainers") or []

    @property
    def containers(self) -> list[Body]:
        """The containers that run side by side."""
        return self.spec.get("containers") or []

    @property
    def every_container(self) -> list[Body]:
        """Both of them."""
        return [*self.init_containers, *self.containers]

    @property
    def volumes(self) -> list[Body]:
        """The pod's volumes."""
        return self.spec.get("volumes") or []

    def ports(self) -> Iterator[tuple[str, int, str]]:
        """Return name, number and protocol of each declared port."""
        for container in self.every_container:
            for port in container.get("ports") or []:
                number, protocol = port.get("containerPort", 0), port.get("protocol", "TCP")
                yield port.get("name", ""), number, protocol


@attrs.frozen(slots=False, eq=False)
class Manifests:
    """The manifests of one environment, by kind, by name and by labels."""

    manifests: Sequence[Body]

    @cached_property
    def by_kind(self) -> Mapping[str, list[Body]]:
        """The manifests of each kind."""
        found: dict[str, list[Body]] = {}
        for body in self.manifests:
            found.setdefault(body["kind"], []).append(body)
        return found

    @cached_property
    def namespaces(self) -> Mapping[str, Mapping[str, str]]:
        """The labels of each Namespace, with the one that the API server sets."""
        return {
            name: {**(body["metadata"].get("labels") or {}), NAMESPACE_LABEL: name}
            for body in self.of("Namespace")
            for name in (body["metadata"]["name"],)
        }

    @cached_property
    def pods(self) -> Sequence[PodTemplate]:
        """The pods of all workloads."""
        return [
            template for body in self.of(*POD_TEMPLATES, "Pod") if (template := _template(body))
        ]

    def of(self, *kinds: str) -> list[Body]:
        """Return the manifests of *kinds*."""
        return [body for kind in kinds for body in self.by_kind.get(kind, [])]

    def find(self, kind: str, name: Any, like: Body) -> Body | None:
        """Find a manifest by kind and name, in the namespace of *like* or in none."""
        places = (like["metadata"].get("namespace", ""), "")
        for body in self.by_kind.get(kind, []):
            metadata = body["metadata"]
            if metadata["name"] == name and metadata.get("namespace", "") in places:
                return body
        return None

    def names(self, kind: str) -> list[str]:
        """Return the names of all manifests of *kind*."""
        return [body["metadata"]["name"] for body in self.by_kind.get(kind, [])]

    def selected(self, selector: Body | None, like: Body) -> list[PodTemplate]:
        """Return the pods that a label selector finds in the namespace of *like*."""
        namespace = like["metadata"].get("namespace", "")
        return [p for p in self.pods if p.namespace == namespace and p.is_found(selector)]


def _template(body: Body) -> PodTemplate | None:
    found = pod_template(body)
    if not isinstance(found, Mapping) or not isinstance(found.get("spec"), dict):
        return None
    metadata = found.get("metadata") or {}
    return PodTemplate(
        owner=body,
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        spec=found["spec"],
    )
