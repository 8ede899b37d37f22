"""The rules about availability: replicas, disruption budgets, rolling updates."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.demand import rounded, spared
from k8sgen.kubernetes.manifest import get, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.selectors import matches


@rule("replicas", fix="set the replicas, or the autoscaling")
def replicas(rendered: Rendered) -> Iterator[Issue]:
    """Every workload sets how many pods run, unless an autoscaler does."""
    scaled = {
        (target.get("kind"), target.get("name"))
        for body in rendered.of("HorizontalPodAutoscaler")
        for target in (get(body, "spec", "scaleTargetRef") or {},)
    }
    for body in rendered.of("Deployment", "StatefulSet"):
        key = (body["kind"], body["metadata"]["name"])
        if get(body, "spec", "replicas") is None and key not in scaled:
            yield Issue(body, f"{label(body)}: has no replicas, and no autoscaler sets them")


@rule("budget", fix="keep the PodDisruptionBudget that the workload creates")
def budgets(rendered: Rendered) -> Iterator[Issue]:
    """Every workload of two or more replicas has one disruption budget, which allows a drain."""
    for pod in rendered.pods:
        if pod.owner["kind"] not in ("Deployment", "StatefulSet"):
            continue
        least = least_replicas(rendered, pod)
        found = [
            body
            for body in rendered.of("PodDisruptionBudget")
            if body["metadata"].get("namespace", "") == pod.namespace
            and matches(get(body, "spec", "selector"), pod.labels)
        ]
        if least > 1 and not found:
            yield Issue(pod.owner, f"{label(pod.owner)}: {least} replicas and no disruption budget")
        for body in found[1:]:
            yield Issue(body, f"{label(body)}: {label(found[0])} guards {label(pod.owner)} already")
        for body in found[:1]:
            if spared(body, least) < 1:
                message = f"{label(body)}: with {least} replicas it never lets a node be drained"
                yield Issue(body, message, "set maxUnavailable to 1")


def least_replicas(rendered: Rendered, pod: PodTemplate) -> int:
    """Return the number of pods that run at any time, at least."""
    name = pod.owner["metadata"]["name"]
    for body in rendered.of("HorizontalPodAutoscaler"):
        target = get(body, "spec", "scaleTargetRef") or {}
        if (target.get("kind"), target.get("name")) == (pod.owner["kind"], name):
            return int(get(body, "spec", "minReplicas") or 1)
    found = get(pod.owner, "spec", "replicas")
    return 1 if found is None else int(found)


@rule("rolling-update", fix="let the update surge, or remove one pod at a time")
def rolling_updates(rendered: Rendered) -> Iterator[Issue]:
    """Every Deployment is replaced pod by pod with none missing, and the update can proceed."""
    for pod in rendered.pods:
        body = pod.owner
        if body["kind"] != "Deployment":
            continue
        count = least_replicas(rendered, pod)
        strategy = get(body, "spec", "strategy") or {}
        rolling = strategy.get("rollingUpdate") or {}
        surge = rounded(rolling.get("maxSurge", "25%"), count, up=True)
        missing = rounded(rolling.get("maxUnavailable", "25%"), count, up=False)
        if strategy.get("type", "RollingUpdate") == "Recreate":
            yield Issue(body, f"{label(body)}: Recreate stops all pods before it starts new ones")
        elif count and surge == 0 and missing == 0:
            yield Issue(body, f"{label(body)}: maxSurge and maxUnavailable are both 0")
        elif missing and count == 1:
            yield Issue(body, f"{label(body)}: an update removes its only pod first")


RULES = (replicas, budgets, rolling_updates)
