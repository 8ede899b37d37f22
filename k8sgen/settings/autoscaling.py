"""Autoscaling: the bounds between which an autoscaler sets the replicas, and its targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from k8sgen.kubernetes.quantity import canonical_quantity
from k8sgen.settings.value import Value, at_least, at_most, quantity


@attrs.frozen(kw_only=True)
class Metric(Value):
    """
    A number that the cluster's metrics adapter serves.

    Args:
        average: The target value for each pod, a Kubernetes quantity.
        labels: Which of the series of that name.
        source: `pods` has one for each pod; `external` is not about pods: the total, divided by
            their number, is compared.
    """

    name: str
    average: str = attrs.field(converter=canonical_quantity, validator=quantity)
    labels: Mapping[str, str] = attrs.field(factory=dict)
    source: Literal["pods", "external"] = "pods"

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        selector = {"matchLabels": dict(self.labels)} if self.labels else None
        metric = {"name": self.name, "selector": selector}
        target = {"type": "AverageValue", "averageValue": self.average}
        return {
            "type": self.source.capitalize(),
            self.source: {"metric": metric, "target": target},
        }


@attrs.frozen(kw_only=True)
class Pace(Value):
    """
    How fast replicas are added or removed.

    Args:
        stabilization: The window, in seconds, whose most cautious recommendation counts.
        pods: At most so many in *period*; `None` is no limit of that kind.
        percent: At most so many of those that run; beside *pods*, the larger of both counts.
        period: In seconds.
    """

    stabilization: int = attrs.field(default=0, validator=[at_least(0), at_most(3600)])
    pods: int | None = attrs.field(default=None, validator=at_least(1))
    percent: int | None = attrs.field(default=None, validator=at_least(1))
    period: int = attrs.field(default=60, validator=[at_least(1), at_most(1800)])

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        limits = (("Pods", self.pods), ("Percent", self.percent))
        policies = [
            {"type": kind, "value": value, "periodSeconds": self.period}
            for kind, value in limits
            if value is not None
        ]
        return {"stabilizationWindowSeconds": self.stabilization, "policies": policies or None}


@attrs.frozen(kw_only=True)
class Autoscaling(Value):
    """
    The bounds between which a HorizontalPodAutoscaler sets the replicas.

    Of several metrics, the one that asks for most replicas counts.

    Args:
        min_replicas: In pods, at least 1.
        max_replicas: In pods, at least *min_replicas*.
        cpu_utilization: The target mean, in percent of the request; `None` leaves it out.
        memory_utilization: The same of memory.
        metrics: Others.
        scale_up: `None` is the default of Kubernetes: fast.
        scale_down: `None` is the default of Kubernetes: slowly, after five minutes.
    """

    min_replicas: int = attrs.field(validator=at_least(1))
    max_replicas: int
    cpu_utilization: int | None = attrs.field(default=75, validator=at_least(1))
    memory_utilization: int | None = attrs.field(default=None, validator=at_least(1))
    metrics: Sequence[Metric] = ()
    scale_up: Pace | None = None
    scale_down: Pace | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.max_replicas < self.min_replicas:
            msg = f"max_replicas {self.max_replicas} is less than min_replicas {self.min_replicas}"
            raise ValueError(msg)
        if self.cpu_utilization is None and self.memory_utilization is None and not self.metrics:
            msg = "metrics: nothing to scale by; set cpu_utilization, memory_utilization or metrics"
            raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.min_replicas}-{self.max_replicas}"

    def body(self) -> dict[str, Any]:
        """Return the manifest's form, without what it scales."""
        resources = {"cpu": self.cpu_utilization, "memory": self.memory_utilization}
        paces = {"scaleUp": self.scale_up, "scaleDown": self.scale_down}
        behavior = {key: pace.body() for key, pace in paces.items() if pace}
        return {
            "minReplicas": self.min_replicas,
            "maxReplicas": self.max_replicas,
            "metrics": [
                *(_resource(name, percent) for name, percent in resources.items() if percent),
                *(metric.body() for metric in self.metrics),
            ],
            "behavior": behavior or None,
        }


def _resource(name: str, percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def least(replicas: int | Autoscaling) -> int:
    """Return the number of pods that run at any time, at least."""
    return replicas.min_replicas if isinstance(replicas, Autoscaling) else replicas
