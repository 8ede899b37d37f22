"""Autoscaling: the bounds between which an autoscaler moves the replicas."""

from __future__ import annotations

import attrs

from k8sgen.settings.value import Value, at_least


@attrs.frozen(kw_only=True)
class Autoscaling(Value):
    """
    The bounds between which a HorizontalPodAutoscaler moves the replicas.

    Args:
        min_replicas: In pods, at least 1.
        max_replicas: In pods, at least *min_replicas*.
        cpu_utilization: The mean that it aims at, in percent of the request.
    """

    min_replicas: int = attrs.field(validator=at_least(1))
    max_replicas: int
    cpu_utilization: int = attrs.field(default=75, validator=at_least(1))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.max_replicas < self.min_replicas:
            msg = f"max_replicas {self.max_replicas} is less than min_replicas {self.min_replicas}"
            raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.min_replicas}-{self.max_replicas}"


def least(replicas: int | Autoscaling) -> int:
    """Return the number of pods that run at any time, at least."""
    return replicas.min_replicas if isinstance(replicas, Autoscaling) else replicas
