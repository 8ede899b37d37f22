"""Scheduling: on which nodes pods may run, and beside which others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from k8sgen.settings.value import Value, at_least


@attrs.frozen(kw_only=True)
class Toleration(Value):
    """
    A taint of nodes that pods tolerate.

    Args:
        key: `None` is every taint.
        value: `None` is every value.
        effect: `None` is every effect.
        seconds: How long after it appears, where the effect is `NoExecute`; `None` is for ever.
    """

    key: str | None = None
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    seconds: int | None = attrs.field(default=None, validator=at_least(0))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.value is not None and self.key is None:
            msg = "value: a taint has a value only beside its key"
            raise ValueError(msg)
        if self.seconds is not None and self.effect != "NoExecute":
            msg = "seconds: only the effect NoExecute lets pods stay for a while"
            raise ValueError(msg)

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        return {
            "key": self.key,
            "operator": "Exists" if self.value is None else "Equal",
            "value": self.value,
            "effect": self.effect,
            "tolerationSeconds": self.seconds,
        }


@attrs.frozen(kw_only=True)
class NodeLabel(Value):
    """
    A condition on one label of a node.

    Args:
        values: It has one of them, or none with `NotIn`; empty means that the label exists.
    """

    key: str
    operator: Literal["In", "NotIn"] = "In"
    values: Sequence[str] = ()

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        if self.values:
            return {"key": self.key, "operator": self.operator, "values": list(self.values)}
        return {"key": self.key, "operator": "Exists" if self.operator == "In" else "DoesNotExist"}


@attrs.frozen(kw_only=True)
class PodLabels(Value):
    """
    Pods of the namespace, and the place that they may share.

    Args:
        labels: That they have.
        place: The label of nodes that makes the place: of one node, one zone.
    """

    labels: Mapping[str, str]
    place: str = "kubernetes.io/hostname"

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        return {"labelSelector": {"matchLabels": dict(self.labels)}, "topologyKey": self.place}


@attrs.frozen(kw_only=True)
class Affinity(Value):
    """
    Which nodes pods need or prefer, and which other pods to run near or away from.

    Args:
        nodes: The conditions that a node must meet, all of them.
        preferred_nodes: Those that it should meet if possible.
        near: Pods to run beside, if possible.
        away: Pods not to run beside, if possible.
        strict: Whether `near` and `away` are required, even where no node is left.
    """

    nodes: Sequence[NodeLabel] = ()
    preferred_nodes: Sequence[NodeLabel] = ()
    near: Sequence[PodLabels] = ()
    away: Sequence[PodLabels] = ()
    strict: bool = False

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        needed = [{"matchExpressions": [label.body() for label in self.nodes]}]
        preferred = [
            {"weight": 100, "preference": {"matchExpressions": [label.body()]}}
            for label in self.preferred_nodes
        ]
        nodes = {
            _REQUIRED: {"nodeSelectorTerms": needed} if self.nodes else None,
            _PREFERRED: preferred or None,
        }
        return {
            "nodeAffinity": nodes if any(nodes.values()) else None,
            "podAffinity": self._pods(self.near),
            "podAntiAffinity": self._pods(self.away),
        }

    def _pods(self, terms: Sequence[PodLabels]) -> dict[str, Any] | None:
        if not terms:
            return None
        if self.strict:
            return {_REQUIRED: [term.body() for term in terms]}
        return {_PREFERRED: [{"weight": 100, "podAffinityTerm": term.body()} for term in terms]}


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
