"""The rules about what a namespace may use: quota and limits."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.demand import number, peak
from k8sgen.kubernetes.manifest import Body, get, label


@rule("capacity", fix="raise the environment's Quota, or ask for less")
def capacity(rendered: Rendered) -> Iterator[Issue]:
    """Every ResourceQuota has room for all pods at their maximum, while a rollout surges."""
    need = peak(rendered)
    for body in rendered.of("ResourceQuota"):
        for key, hard in (get(body, "spec", "hard") or {}).items():
            if key in need and need[key] > number(hard):
                message = (
                    f"{label(body)}: {key} is {hard}, and the pods may ask for {need.text(key)}"
                )
                yield Issue(body, message)
    if rendered.pods and rendered.namespaces and not rendered.of("ResourceQuota"):
        yield Issue(rendered.of("Namespace")[0], "the namespace has no ResourceQuota")


@rule("limit-range", fix="keep each container's resources between the LimitRange's min and max")
def limit_ranges(rendered: Rendered) -> Iterator[Issue]:
    """Every namespace has a LimitRange with defaults, and every container is within its bounds."""
    for body in rendered.of("LimitRange"):
        for limit in get(body, "spec", "limits") or []:
            if limit.get("type") == "Container":
                yield from _within(rendered, body, limit)
    kinds = [limit.get("type") for b in rendered.of("LimitRange") for limit in b["spec"]["limits"]]
    if rendered.namespaces and "Container" not in kinds:
        yield Issue(rendered.of("Namespace")[0], "the namespace has no LimitRange for containers")


def _within(rendered: Rendered, body: Body, limit: Body) -> Iterator[Issue]:
    for unit, request in (limit.get("defaultRequest") or {}).items():
        if unit in (limit.get("default") or {}) and number(request) > number(
            limit["default"][unit]
        ):
            yield Issue(
                body, f"{label(body)}: the default request of {unit} is more than the limit"
            )
    for field in ("defaultRequest", "default"):
        if not limit.get(field):
            yield Issue(body, f"{label(body)}: no {field} for containers")
    for pod in rendered.pods:
        for container in pod.every_container:
            for bound, field, sign in (("max", "limits", 1), ("min", "requests", -1)):
                for unit, edge in (limit.get(bound) or {}).items():
                    amount = get(container, "resources", field, unit)
                    if amount is not None and (number(amount) - number(edge)) * sign > 0:
                        where = f"{label(pod.owner)}: container {container.get('name')}"
                        message = f"{where}: {field} {unit} {amount} is beyond {edge}"
                        yield Issue(pod.owner, message)


RULES = (capacity, limit_ranges)
