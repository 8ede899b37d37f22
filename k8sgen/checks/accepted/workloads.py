"""What the API server refuses in workloads, their autoscalers and their budgets."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from functools import partial
from typing import Any

from k8sgen.checks.accepted.fault import (
    Fault,
    at,
    between,
    each,
    needs,
    one_of,
    selector,
    share,
    word,
)
from k8sgen.kubernetes.manifest import Body, get

_TARGETS = ("averageUtilization", "averageValue", "value")
_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _deployment(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", needs("selector"), partial(_replaced, "strategy"))
    yield from at(body, "spec.selector", selector)
    spec = body.get("spec") or {}
    yield from (f.under("spec") for f in between(spec, "minReadySeconds", 0))
    progress, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    if isinstance(progress, int) and progress <= ready:
        yield Fault("spec.progressDeadlineSeconds", "it is more than minReadySeconds")


def _replaced(name: str, spec: Any) -> Iterator[Fault]:
    strategy = spec.get(name) or {}
    rolling = strategy.get("rollingUpdate")
    if rolling is None:
        return
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        yield Fault(f"{name}.rollingUpdate", f"{strategy['type']} takes none")
    for field in ("maxUnavailable", "maxSurge"):
        yield from (f.under(f"{name}.rollingUpdate") for f in share(rolling, field))
    yield from (f.under(f"{name}.rollingUpdate") for f in between(rolling, "partition", 0))


def _stateful_set(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", needs("selector"), partial(_replaced, "updateStrategy"))
    yield from at(body, "spec.selector", selector)
    yield from at(body, "spec", lambda spec: between(spec, "minReadySeconds", 0))


def _daemon_set(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", needs("selector"), partial(_replaced, "updateStrategy"))
    rolling = get(body, "spec", "updateStrategy", "rollingUpdate")
    both = [str(get(rolling, name, default=0)) for name in ("maxSurge", "maxUnavailable")]
    if rolling and all(amount in ("0", "0%") for amount in both) and "maxUnavailable" in rolling:
        yield Fault("spec.updateStrategy.rollingUpdate", "maxSurge and maxUnavailable are both 0")


def _job(spec: Any) -> Iterator[Fault]:
    for name in ("parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished"):
        yield from between(spec, name, 0)
    yield from between(spec, "activeDeadlineSeconds", 0)
    several = spec.get("parallelism") is not None  # without both, one is the default of each
    if spec.get("completionMode") == "Indexed" and several and spec.get("completions") is None:
        yield Fault("completions", "an Indexed Job needs them")


def _cron_job(body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    zone = spec.get("timeZone")
    if zone is not None and not _is_zone(str(zone)):
        yield Fault("spec.timeZone", f"there is no time zone {zone!r}")
    for name in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from (fault.under("spec") for fault in between(spec, name, 0))
    yield from at(body, "spec.jobTemplate.spec", _job)


def _is_zone(name: str) -> bool:
    """Return whether there is such a time zone; all there may be, where this machine knows none."""
    try:
        zoneinfo.ZoneInfo("Etc/UTC")
    except zoneinfo.ZoneInfoNotFoundError:
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return name.lower() != "local"


def _autoscaler(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", needs("scaleTargetRef", "maxReplicas"))
    yield from at(body, "spec.scaleTargetRef", needs("kind", "name"))
    spec = body.get("spec") or {}
    yield from (f.under("spec") for f in between(spec, "minReplicas", 1))
    yield from (f.under("spec") for f in between(spec, "maxReplicas", 1))
    if body["apiVersion"] == "autoscaling/v2":
        yield from (fault.under("spec") for fault in each(spec, "metrics", _metric))
        for direction in ("behavior.scaleUp", "behavior.scaleDown"):
            yield from at(body, f"spec.{direction}", _pace)


def _metric(metric: Any) -> Iterator[Fault]:
    source = _METRICS.get(str(metric.get("type")))
    if source is None:
        yield Fault("type", f"{metric.get('type')!r} is not one of {', '.join(_METRICS)}")
        return
    if metric.get(source) is None:
        yield Fault(source, f"the type {metric['type']} needs it")
    for other in _METRICS.values():
        if other != source and metric.get(other) is not None:
            yield Fault(other, f"the type is {metric['type']}")
    target = needs("target") if source != "resource" else needs("name", "target")
    yield from at(metric, source, target)
    yield from at(metric, f"{source}.target", one_of(*_TARGETS, what="the target"), _target)


def _target(target: Any) -> Iterator[Fault]:
    yield from word(target, "type", ("Utilization", "AverageValue", "Value"))
    yield from between(target, "averageUtilization", 1)


def _pace(rules: Any) -> Iterator[Fault]:
    yield from between(rules, "stabilizationWindowSeconds", 0, 3600)
    yield from word(rules, "selectPolicy", ("Max", "Min", "Disabled"))
    if rules.get("policies") == []:
        yield Fault("policies", "it needs one")
    yield from each(rules, "policies", _step)


def _step(policy: Any) -> Iterator[Fault]:
    yield from word(policy, "type", ("Pods", "Percent"))
    yield from between(policy, "value", 1)
    yield from between(policy, "periodSeconds", 1, 1800)


def _budget(body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield Fault("spec.maxUnavailable", "there is a minAvailable already")
    for name in ("minAvailable", "maxUnavailable"):
        yield from (fault.under("spec") for fault in share(spec, name))
    yield from at(body, "spec.selector", selector)


KINDS = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": lambda body: at(body, "spec", _job),
    "CronJob": _cron_job,
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _budget,
}
