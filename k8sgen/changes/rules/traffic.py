"""Which traffic the network policies allow now that they did not allow before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import get
from k8sgen.changes.peers import Opening, covers, openings, selects
from k8sgen.changes.world import Case, Pair, World, template

Body = Mapping[str, Any]
_DIRECTIONS = ("Ingress", "Egress")


def policies(case: Case) -> Iterator[Verdict]:
    """
    Judge a changed policy, or changed pod labels, by what each workload may send and receive.

    All policies that select a workload's pods count together; a workload that no policy selects is
    open. Workloads that come or go are not compared.
    """
    for workload in case.world.workloads():
        if not workload.states:
            continue
        if _relabelled(workload):
            if case.pair is workload:
                path = ("spec", "template", "metadata", "labels")
                yield from _compared(workload, case.world, path)
        elif case.pair.kind == "NetworkPolicy" and _concerns(case.pair, workload):
            yield from _compared(workload, case.world, ())


def _relabelled(workload: Pair) -> bool:
    return _labels(workload.before) != _labels(workload.after)


def _labels(body: Body | None) -> Mapping[str, str]:
    labels: Mapping[str, str] = get(template(dict(body or {})), "metadata.labels", {})
    return labels


def _concerns(policy: Pair, workload: Pair) -> bool:
    states = ((policy.before, workload.before), (policy.after, workload.after))
    return any(_selected(one, other) for one, other in states)


def _selected(policy: Body | None, workload: Body | None) -> bool:
    if policy is None or workload is None:
        return False
    same = get(policy, "metadata.namespace", "") == get(workload, "metadata.namespace", "")
    return same and selects(get(policy, "spec.podSelector", {}), _labels(workload))


def _compared(workload: Pair, world: World, path: tuple[str, ...]) -> Iterator[Verdict]:
    for direction in _DIRECTIONS:
        old = _allowed(workload.before, world, direction, after=False)
        new = _allowed(workload.after, world, direction, after=True)
        word = "receive from" if direction == "Ingress" else "send to"
        for opening in new:
            if not any(covers(other, opening) for other in old):
                reason = f"the pods of {workload.title} may {word} {opening}"
                yield Verdict(Level.WIDENS_ACCESS, reason, path)
        for opening in old:
            if not any(covers(other, opening) for other in new):
                reason = f"the pods of {workload.title} may no longer {word} {opening}"
                yield Verdict(Level.MAY_INTERRUPT, reason, path)


def _allowed(workload: Body | None, world: World, direction: str, *, after: bool) -> list[Opening]:
    isolated = False
    found: list[Opening] = []
    for pair in world.of_kind("NetworkPolicy"):
        policy = pair.after if after else pair.before
        if policy is None or not _selected(policy, workload):
            continue
        if direction in _types(policy):
            isolated = True
            found += openings(policy, direction)
    return found if isolated else [Opening.everything()]


def _types(policy: Body) -> Sequence[str]:
    """
    Give the directions that a policy isolates.

    Source:
        networking.k8s.io/v1 NetworkPolicySpec.policyTypes
    """
    default = ["Ingress", *(["Egress"] if get(policy, "spec.egress") else [])]
    types: Sequence[str] = get(policy, "spec.policyTypes") or default
    return types
