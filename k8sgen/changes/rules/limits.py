"""What keeps pods from being stopped, and from being started: disruption budgets and quotas."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.states import Case, Pair
from k8sgen.kubernetes.demand import number, peak, spared
from k8sgen.kubernetes.manifest import Body, get, pod_template
from k8sgen.kubernetes.manifests import Manifests
from k8sgen.kubernetes.selectors import matches


def budget(case: Case) -> Iterator[Verdict]:
    """Judge a budget by how many of its pods a drain may stop at once."""
    if case.pair.kind != "PodDisruptionBudget" or not case.pair.states:
        return
    before, after = case.pair.states
    for workload in case.states.of_kind("Deployment", "StatefulSet"):
        if not workload.states or not _guards(after, workload):
            continue
        had, count = case.states.replicas(workload, after=False), case.states.replicas(workload)
        old, new = spared(before, had), spared(after, count)
        if new >= count > 0 and old < had:
            reason = f"a drain may stop all pods of {workload.title} at once"
            yield Verdict(Level.MAY_INTERRUPT, reason, ("spec",))
        elif new <= 0 < old and count:
            reason = f"no pod of {workload.title} may be stopped, so no node can be drained"
            yield Verdict(Level.MAY_INTERRUPT, reason, ("spec",))


def _guards(body: Body, workload: Pair) -> bool:
    if body["metadata"].get("namespace", "") != workload.namespace:
        return False
    labels = get(pod_template(workload.after), "metadata", "labels", default={})
    return matches(get(body, "spec", "selector"), labels)


def quota(case: Case) -> Iterator[Verdict]:
    """Judge a quota that is lower than it was, or new, by what the pods may ask for."""
    if case.pair.kind != "ResourceQuota" or case.pair.after is None:
        return
    bodies = [pair.after for pair in case.states.pairs if pair.after]
    need = peak(Manifests(bodies))
    old = get(case.pair.before or {}, "spec", "hard", default={})
    for key, hard in get(case.pair.after, "spec", "hard", default={}).items():
        lower = key not in old or number(hard) < number(old[key])
        if lower and number(hard) < need.get(key, number(hard)):
            reason = f"{key} is {hard}, less than the {need.text(key)} that the pods may ask for"
            yield Verdict(Level.MAY_INTERRUPT, reason, ("spec", "hard", key))
