"""Compute, Resources and Storage: what a container may use."""

from __future__ import annotations

from typing import Any

import attrs

from k8sgen.kubernetes.quantity import canonical_quantity, parse_quantity
from k8sgen.settings.value import Value, quantity


@attrs.frozen(kw_only=True)
class Compute(Value):
    """An amount of processor (cores) and memory (bytes), as Kubernetes quantities."""

    cpu: str = attrs.field(converter=canonical_quantity, validator=quantity)
    memory: str = attrs.field(converter=canonical_quantity, validator=quantity)

    @property
    def mebibytes(self) -> int:
        """The memory in MiB, for software that is configured with its limit."""
        return int(parse_quantity(self.memory)) // 2**20

    def body(self) -> dict[str, str]:
        """Return the manifest's form."""
        return {"cpu": self.cpu, "memory": self.memory}


@attrs.frozen(kw_only=True)
class Resources(Value):
    """What a container requests, and what it may use at most."""

    requests: Compute = Compute(cpu="50m", memory="64Mi")
    limits: Compute = Compute(cpu="500m", memory="256Mi")

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for unit in ("cpu", "memory"):
            request, limit = getattr(self.requests, unit), getattr(self.limits, unit)
            if parse_quantity(request) > parse_quantity(limit):
                msg = f"the {unit} request {request} is more than its limit {limit}"
                raise ValueError(msg)

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        return {"requests": self.requests.body(), "limits": self.limits.body()}


@attrs.frozen(kw_only=True)
class Storage(Value):
    """
    A persistent volume.

    Args:
        size: A Kubernetes quantity of bytes.
        class_name: The storage class; `None` is the cluster's default.
    """

    size: str = attrs.field(converter=canonical_quantity, validator=quantity)
    class_name: str | None = None

    @property
    def mebibytes(self) -> int:
        """The size in MiB."""
        return int(parse_quantity(self.size)) // 2**20
