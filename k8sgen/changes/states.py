"""Two states of an environment, with the resources in both paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from k8sgen.changes.fields import Field
from k8sgen.changes.path import parse, related
from k8sgen.kubernetes.config_file import FileFormats
from k8sgen.kubernetes.manifest import POD_TEMPLATES, Body, get, label


@attrs.frozen
class Pair:
    """
    One resource in both states.

    Args:
        before: `None` where it is new.
        after: `None` where it is gone.
        service: The service that it belongs to.
    """

    before: Body | None
    after: Body | None
    service: str

    @property
    def states(self) -> tuple[Body, Body] | None:
        """Both states, where the resource is in both."""
        return (self.before, self.after) if self.before and self.after else None

    @property
    def body(self) -> Body:
        """The newer of the two."""
        found = self.after or self.before
        assert found is not None  # noqa: S101  (one of them is there)
        return found

    @property
    def kind(self) -> str:
        """The Kubernetes kind."""
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        """The resource's name."""
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """The resource's namespace; empty where it has none."""
        return str(self.body["metadata"].get("namespace") or "")

    @property
    def title(self) -> str:
        """The kind and name, as kubectl takes them."""
        return label(self.body)


@attrs.frozen
class States:
    """
    All resources of one environment, in both states.

    Args:
        file_formats: What is known of the files in ConfigMaps.
    """

    pairs: Sequence[Pair]
    file_formats: FileFormats = attrs.field(factory=dict)

    def of_kind(self, *kinds: str) -> Iterator[Pair]:
        """Return the pairs of these kinds."""
        return (pair for pair in self.pairs if pair.kind in kinds)

    def workloads(self) -> Iterator[Pair]:
        """Return what has a pod template."""
        return self.of_kind(*POD_TEMPLATES)

    def autoscaler(self, pair: Pair) -> Pair | None:
        """Find the HorizontalPodAutoscaler that sets the replicas of a workload."""
        for scaler in self.of_kind("HorizontalPodAutoscaler"):
            target = get(scaler.body, "spec", "scaleTargetRef", default={})
            same = (target.get("kind"), target.get("name")) == (pair.kind, pair.name)
            if same and scaler.namespace == pair.namespace:
                return scaler
        return None

    def replicas(self, pair: Pair, *, after: bool = True) -> int:
        """Return the least number of pods of a workload in one of the states."""
        scaler = self.autoscaler(pair)
        bounds = (scaler.after if after else scaler.before) if scaler else None
        if bounds:
            return int(get(bounds, "spec", "minReplicas", default=1))
        return int(get(pair.after if after else pair.before, "spec", "replicas", default=1))


@attrs.frozen
class Case:
    """
    One changed resource, as the rules judge it.

    Args:
        fields: What differs in it; empty where it is added or removed.
    """

    pair: Pair
    fields: Sequence[Field]
    states: States

    def touches(self, pattern: str) -> bool:
        """Return whether something at, above or below *pattern* differs."""
        return any(related(field.path, parse(pattern)) for field in self.fields)
