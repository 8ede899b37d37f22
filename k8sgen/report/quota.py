"""How much of its quota an environment uses at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

import attrs

from k8sgen.kubernetes.demand import peak
from k8sgen.kubernetes.manifests import Manifests
from k8sgen.kubernetes.quantity import parse_quantity

_NAMES = {
    "requests.cpu": "CPU requests",
    "limits.cpu": "CPU limits",
    "requests.memory": "memory requests",
    "limits.memory": "memory limits",
    "requests.storage": "storage",
    "pods": "pods",
}


@attrs.frozen(kw_only=True)
class QuotaUse:
    """
    One line of a ResourceQuota.

    Args:
        name: In words.
        used: What all pods request at most, in base units (cores, bytes, pods).
        hard: The limit.
        unit: What the numbers of the text are in: `cores`, `GiB` or `pods`.
    """

    name: str
    used: Decimal
    hard: Decimal
    unit: str

    @property
    def percent(self) -> int:
        """The share, rounded up."""
        if not self.hard:
            return 0 if not self.used else 101
        return int((self.used * 100 / self.hard).to_integral_value(ROUND_CEILING))

    def text(self) -> str:
        """Return both numbers in one unit."""
        return f"{self._shown(self.used)} of {self._shown(self.hard)} {self.unit}"

    def _shown(self, amount: Decimal) -> str:
        divided = amount / 2**30 if self.unit == "GiB" else amount
        rounded = divided.quantize(Decimal("0.01"), rounding=ROUND_CEILING)
        return f"{rounded:f}".rstrip("0").rstrip(".") if rounded else "0"


def quota_use(manifests: Sequence[dict[str, Any]]) -> Iterator[QuotaUse]:
    """Compare what *manifests* request at most with each ResourceQuota among them."""
    indexed = Manifests(manifests)
    demand = peak(indexed)
    for body in indexed.of("ResourceQuota"):
        hard = body["spec"].get("hard") or {}
        for key, name in _NAMES.items():
            if key in hard:
                amount = demand.get(key, Decimal(0))
                limit = parse_quantity(hard[key])
                yield QuotaUse(name=name, used=amount, hard=limit, unit=_unit(key))


def _unit(key: str) -> str:
    if key.endswith("cpu"):
        return "cores"
    return "pods" if key == "pods" else "GiB"
