"""When pods are replaced, and whether anything serves meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.changes.fields import fields
from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path, related
from k8sgen.changes.states import Case, Pair, States
from k8sgen.kubernetes.demand import rounded
from k8sgen.kubernetes.manifest import PROBES, get

TEMPLATE: Path = ("spec", "template")
_SERVES = ("Deployment", "StatefulSet", "DaemonSet")


def pods(case: Case) -> Iterator[Verdict]:
    """Judge a change of the pod template of what serves."""
    if not case.pair.states or case.pair.kind not in _SERVES:
        return
    below = [field for field in case.fields if related(field.path, TEMPLATE)]
    if not below:
        return
    yield replaced(case.pair, case.states)
    for field in below:
        if any(probe in field.path for probe in PROBES):
            reason = "a probe changes: if it fails, the new pods never become ready, or restart"
            yield Verdict(Level.MAY_INTERRUPT, reason, field.path)
        elif "ports" in field.path:
            reason = "a container port changes: clients of the old one get no answer"
            yield Verdict(Level.MAY_INTERRUPT, reason, field.path)


def replaced(pair: Pair, states: States) -> Verdict:
    """Return how the pods of a workload are replaced when its template changes."""
    count = states.replicas(pair)
    if get(pair.after, "spec", "updateStrategy", "type") == "OnDelete":
        reason = "nothing rolls by itself (OnDelete): delete the pods one by one"
        return Verdict(Level.ROLLS_PODS, reason, TEMPLATE)
    if pair.kind == "DaemonSet":
        return _on_every_node(pair)
    if count == 0:
        return Verdict(Level.NONE, "no pod runs", TEMPLATE)
    return _rolled(pair, count)


def _rolled(pair: Pair, count: int) -> Verdict:
    if get(pair.after, "spec", "strategy", "type") == "Recreate":
        reason = "all pods stop before the new ones start (Recreate)"
        return Verdict(Level.MAY_INTERRUPT, reason, TEMPLATE)
    if count == 1:
        how = "stops before its successor starts" if pair.kind == "StatefulSet" else "is replaced"
        return Verdict(Level.MAY_INTERRUPT, f"its only pod {how}", TEMPLATE)
    if _missing(pair, count) >= count:
        reason = f"all {count} pods may stop before their successors are ready (maxUnavailable)"
        return Verdict(Level.MAY_INTERRUPT, reason, TEMPLATE)
    how = "one after the other" if pair.kind == "StatefulSet" else "while others serve"
    return Verdict(Level.ROLLS_PODS, f"its {count} pods are replaced {how}", TEMPLATE)


def _missing(pair: Pair, count: int) -> int:
    """
    Return how many pods a rollout may take away at once.

    Source:
        kubernetes pkg/controller/deployment/util/deployment_util.go, ResolveFenceposts
    """
    field, default = {"Deployment": ("strategy", "25%")}.get(pair.kind, ("updateStrategy", 1))
    most = get(pair.after, "spec", field, "rollingUpdate", "maxUnavailable", default=default)
    return rounded(most, count, up=pair.kind != "Deployment")


def _on_every_node(pair: Pair) -> Verdict:
    surge = get(pair.after, "spec", "updateStrategy", "rollingUpdate", "maxSurge", default=0)
    if surge in (0, "0", "0%"):
        reason = "on each node the pod stops before its successor starts"
        return Verdict(Level.MAY_INTERRUPT, reason, TEMPLATE)
    return Verdict(Level.ROLLS_PODS, "the pod of each node is replaced", TEMPLATE)


def replicas(case: Case) -> Iterator[Verdict]:
    """Judge a change of how many pods run."""
    pair, path = case.pair, ("spec", "replicas")
    if not pair.states or pair.kind not in ("Deployment", "StatefulSet"):
        return
    if not case.touches("spec.replicas"):
        return
    explicit = get(pair.before, "spec", "replicas", default=1)
    if get(pair.after, "spec", "replicas") is None and explicit > 1:
        # kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale, "Migrating Deployments"
        reason = f"without replicas {explicit} pods become 1 until the autoscaler acts"
        yield Verdict(Level.MAY_INTERRUPT, reason, path)
    else:
        yield from _fewer(case.states.replicas(pair, after=False), case.states.replicas(pair), path)


def bounds(case: Case) -> Iterator[Verdict]:
    """Judge a change of how many pods an autoscaler lets run."""
    if case.pair.kind != "HorizontalPodAutoscaler" or not case.pair.states:
        return
    least = [int(get(body, "spec", "minReplicas", default=1)) for body in case.pair.states]
    most = int(get(case.pair.states[1], "spec", "maxReplicas", default=0))
    yield from _fewer(least[0], least[1], ("spec", "minReplicas"))
    if most < least[0]:
        reason = f"at most {most} pods run, where at least {least[0]} did"
        yield Verdict(Level.MAY_INTERRUPT, reason, ("spec", "maxReplicas"))


def _fewer(old: int, new: int, path: Path) -> Iterator[Verdict]:
    if new == 0 < old:
        yield Verdict(Level.MAY_INTERRUPT, "all pods stop", path)
    elif new == 1 < old:
        yield Verdict(Level.MAY_INTERRUPT, "only one pod is left", path)


def rolls(pair: Pair) -> bool:
    """Return whether the pods of a workload are replaced."""
    if not pair.states or pair.kind not in _SERVES:
        return False
    return any(related(field.path, TEMPLATE) for field in fields(*pair.states))
