"""Which traffic the network policies allow now that they did not allow before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path
from k8sgen.changes.peers import Opening, covers, openings
from k8sgen.changes.states import Case, Pair, States
from k8sgen.kubernetes.manifest import get, pod_template
from k8sgen.kubernetes.selectors import matches

Body = Mapping[str, Any]
Labels = Mapping[str, str]
_DIRECTIONS = ("Ingress", "Egress")


@attrs.frozen
class PodGroup:
    """
    Pods that policies select, by their labels in both states.

    Args:
        name: For messages.
    """

    name: str
    namespace: str
    before: Labels
    after: Labels

    @classmethod
    def of(cls, workload: Pair) -> PodGroup:
        """Return the pods of a workload that is in both states."""
        labels = (_labels(body) for body in (workload.before, workload.after))
        return cls(f"the pods of {workload.title}", workload.namespace, *labels)

    @property
    def relabelled(self) -> bool:
        """Whether other policies may select them now."""
        return self.before != self.after


def policies(case: Case) -> Iterator[Verdict]:
    """
    Judge a changed policy, or changed pod labels, by what the pods may send and receive.

    All policies that select a pod count together; a pod that no policy selects is open. Workloads
    that are added or removed are not compared.
    """
    workloads = [pair for pair in case.states.workloads() if pair.states]
    if case.pair.kind == "NetworkPolicy":
        every = [pods for pods in map(PodGroup.of, workloads) if _concerns(case.pair, pods)]
        if not every and not _concerns_any(case):
            every = [_strangers(case.pair)]
        for pods in every:
            if not pods.relabelled:
                yield from _compared(pods, case.states, ("spec",))
    elif case.pair in workloads and PodGroup.of(case.pair).relabelled:
        path = ("spec", "template", "metadata", "labels")
        yield from _compared(PodGroup.of(case.pair), case.states, path)


def _strangers(policy: Pair) -> PodGroup:
    """Return the pods that a policy is for when they are of no workload here."""
    labels = get(policy.body, "spec", "podSelector", "matchLabels", default={})
    shown = ", ".join(f"{key.rpartition('/')[2]}={value}" for key, value in labels.items())
    return PodGroup(f"pods {shown}".strip(), policy.namespace, labels, labels)


def _labels(body: Body | None) -> Labels:
    labels: Labels = get(pod_template(dict(body or {})), "metadata", "labels", default={})
    return labels


def _concerns(policy: Pair, pods: PodGroup) -> bool:
    states = ((policy.before, pods.before), (policy.after, pods.after))
    return any(_selected(body, pods.namespace, labels) for body, labels in states)


def _concerns_any(case: Case) -> bool:
    """Return whether the policy is for the pods of a workload that is added or removed."""
    return any(
        _selected(case.pair.body, pair.namespace, _labels(pair.body))
        for pair in case.states.workloads()
    )


def _selected(policy: Body | None, namespace: str, labels: Labels) -> bool:
    if policy is None or get(policy, "metadata", "namespace", default="") != namespace:
        return False
    return matches(get(policy, "spec", "podSelector", default={}), labels)


def _compared(pods: PodGroup, states: States, path: Path) -> Iterator[Verdict]:
    for direction in _DIRECTIONS:
        old = _allowed(pods, states, direction, after=False)
        new = _allowed(pods, states, direction, after=True)
        word = "receive from" if direction == "Ingress" else "send to"
        for opening in new:
            if not any(covers(other, opening) for other in old):
                reason = f"{pods.name} may {word} {opening}"
                yield Verdict(Level.WIDENS_ACCESS, reason, path)
        for opening in old:
            if not any(covers(other, opening) for other in new):
                reason = f"{pods.name} may no longer {word} {opening}"
                yield Verdict(Level.MAY_INTERRUPT, reason, path)


def _allowed(pods: PodGroup, states: States, direction: str, *, after: bool) -> list[Opening]:
    isolated = False
    found: list[Opening] = []
    for pair in states.of_kind("NetworkPolicy"):
        policy, labels = (pair.after, pods.after) if after else (pair.before, pods.before)
        if policy and _selected(policy, pods.namespace, labels) and direction in _types(policy):
            isolated = True
            found += openings(policy, direction)
    return found if isolated else [Opening.everything()]


def _types(policy: Body) -> Sequence[str]:
    """
    Return the directions that a policy isolates.

    Source:
        networking.k8s.io/v1 NetworkPolicySpec.policyTypes
    """
    default = ["Ingress", *(["Egress"] if get(policy, "spec", "egress") else [])]
    types: Sequence[str] = get(policy, "spec", "policyTypes") or default
    return types
