"""The most that the pods of an environment request together."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.manifests import Manifests, PodTemplate
from k8sgen.kubernetes.quantity import parse_quantity


class Demand(dict[str, Decimal]):
    """Amounts by their key in a ResourceQuota, in base units."""

    def add(self, key: str, amount: Decimal) -> None:
        """Add to one of them."""
        self[key] = self.get(key, Decimal(0)) + amount

    def text(self, key: str) -> str:
        """Return one amount as a readable quantity."""
        amount = self[key]
        if key.endswith(("memory", "storage")):
            return f"{(amount / 2**20).to_integral_value(ROUND_CEILING)}Mi"
        if key.endswith("cpu"):
            return f"{(amount * 1000).to_integral_value(ROUND_CEILING)}m"
        return str(amount)


def rounded(value: Any, of: int, *, up: bool) -> int:
    """Return a number, or a percentage of *of*, in pods."""
    text = str(value)
    if not text.endswith("%"):
        return int(text) if text.isdecimal() else 0
    share = Decimal(text[:-1]) * of / 100
    return int(share.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR))


def spared(budget: Body, replicas: int) -> int:
    """
    Return how many of *replicas* a PodDisruptionBudget lets a drain stop at once.

    Source:
        kubernetes pkg/controller/disruption/disruption.go, getExpectedPodCount; a percentage is
        rounded up, and what sets neither field spares all
    """
    spec = budget.get("spec") or {}
    if spec.get("maxUnavailable") is not None:
        return rounded(spec["maxUnavailable"], replicas, up=True)
    return replicas - rounded(spec.get("minAvailable") or 0, replicas, up=True)


def peak(manifests: Manifests) -> Demand:
    """
    Return the most that all pods ask for: autoscalers at their maximum, every rollout surging at
    once, every job running.
    """
    total = Demand()
    for pod in manifests.pods:
        count = most_pods(manifests, pod)
        total.add("pods", Decimal(count))
        for bound in ("requests", "limits"):
            for unit in ("cpu", "memory", "ephemeral-storage"):
                amount = count * _of_pod(manifests, pod, bound, unit)
                total.add(f"{bound}.{unit}", amount)
                if bound == "requests":
                    total.add(unit, amount)
    for claims, size in _claims(manifests):
        total.add("requests.storage", claims * size)
        total.add("persistentvolumeclaims", Decimal(claims))
    for kind, key in (("ConfigMap", "configmaps"), ("Service", "services")):
        total.add(key, Decimal(len(manifests.of(kind))))
    return total


def most_pods(manifests: Manifests, pod: PodTemplate) -> int:
    """Return the most pods that one workload runs, with those that a rollout adds."""
    kind, spec = pod.owner["kind"], pod.owner.get("spec") or {}
    if kind == "Job":
        return int(spec.get("parallelism", 1))
    if kind == "CronJob":
        return 2 if spec.get("concurrencyPolicy", "Allow") == "Allow" else 1
    count = spec.get("replicas")
    count = 1 if count is None else int(count)
    for body in manifests.of("HorizontalPodAutoscaler"):
        target = get(body, "spec", "scaleTargetRef") or {}
        if (target.get("kind"), target.get("name")) == (kind, pod.owner["metadata"]["name"]):
            count = int(get(body, "spec", "maxReplicas") or count)
    if kind == "Deployment" and get(spec, "strategy", "type") != "Recreate":
        surge = get(spec, "strategy", "rollingUpdate", "maxSurge")
        count += rounded("25%" if surge is None else surge, count, up=True)
    return count


def _of_pod(manifests: Manifests, pod: PodTemplate, bound: str, unit: str) -> Decimal:
    """
    Return what one pod requests: its containers' sum, or more where an init container needs more.

    Source:
        kubernetes.io/docs/concepts/workloads/pods/init-containers, "Resource sharing"
    """
    sides = [c for c in pod.init_containers if c.get("restartPolicy") == "Always"]
    steps = [c for c in pod.init_containers if c.get("restartPolicy") != "Always"]
    together = sum((_of(manifests, c, bound, unit) for c in [*pod.containers, *sides]), Decimal(0))
    helping = sum((_of(manifests, c, bound, unit) for c in sides), Decimal(0))
    return max([together, *(helping + _of(manifests, c, bound, unit) for c in steps)])


def _of(manifests: Manifests, container: Body, bound: str, unit: str) -> Decimal:
    amount = get(container, "resources", bound, unit)
    if amount is None:
        default = "defaultRequest" if bound == "requests" else "default"
        for body in manifests.of("LimitRange"):
            for limit in get(body, "spec", "limits") or []:
                amount = get(limit, default, unit) or amount
    return number(amount)


def number(amount: Any) -> Decimal:
    """Read a quantity; a missing or malformed one is 0."""
    try:
        return parse_quantity(amount) if amount is not None else Decimal(0)
    except ValueError:
        return Decimal(0)  # the rule `quantity` names it


def _claims(manifests: Manifests) -> Iterator[tuple[int, Decimal]]:
    """Return how many claims there are of each kind, and the storage that one requests."""
    for body in manifests.of("PersistentVolumeClaim"):
        yield 1, number(get(body, "spec", "resources", "requests", "storage"))
    for body in manifests.of("StatefulSet"):
        replicas = get(body, "spec", "replicas")
        for claim in get(body, "spec", "volumeClaimTemplates") or []:
            size = number(get(claim, "spec", "resources", "requests", "storage"))
            yield 1 if replicas is None else int(replicas), size
