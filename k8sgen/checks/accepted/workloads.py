"""What the API server refuses in workloads, their autoscalers and their budgets."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from functools import partial
from typing import Any

from k8sgen.checks.accepted.fault import (
    LABEL,
    LARGE,
    PATH_SEGMENT,
    Fault,
    at,
    between,
    each,
    field,
    named,
    needs,
    one_of,
    selector,
    share,
    word,
)
from k8sgen.kubernetes.manifest import Body

_TARGETS = ("averageUtilization", "averageValue", "value")
_METRICS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _deployment(body: Body) -> Iterator[Fault]:
    yield from _selector(body)
    yield from at(body, "spec", partial(_replaced, "strategy"))
    yield from between(body, "spec.minReadySeconds", 0)
    progress = field(body, "spec.progressDeadlineSeconds")
    ready = field(body, "spec.minReadySeconds") or 0
    if isinstance(progress, int) and progress <= ready:
        yield Fault("spec.progressDeadlineSeconds", "it is more than minReadySeconds")


def _selector(body: Body) -> Iterator[Fault]:
    found = field(body, "spec.selector") or {}
    if not (found.get("matchLabels") or found.get("matchExpressions")):
        yield Fault("spec.selector", "it selects no pods of its own")
    yield from (fault.under("spec.selector") for fault in selector(found))


def _replaced(name: str, spec: Any) -> Iterator[Fault]:
    rolling = field(spec, f"{name}.rollingUpdate")
    if rolling is None:
        return
    kind = field(spec, f"{name}.type")
    if kind in ("Recreate", "OnDelete"):
        yield Fault(f"{name}.rollingUpdate", f"{kind} takes none")
    for bound in ("maxUnavailable", "maxSurge"):
        yield from share(spec, f"{name}.rollingUpdate.{bound}")
    yield from between(spec, f"{name}.rollingUpdate.partition", 0)


def _stateful_set(body: Body) -> Iterator[Fault]:
    yield from _selector(body)
    yield from at(body, "spec", partial(_replaced, "updateStrategy"))
    yield from between(body, "spec.minReadySeconds", 0)
    yield from named(body, "spec.serviceName", LABEL)


def _daemon_set(body: Body) -> Iterator[Fault]:
    yield from _selector(body)
    yield from at(body, "spec", partial(_replaced, "updateStrategy"))
    rolling = field(body, "spec.updateStrategy.rollingUpdate") or {}
    surge, unavailable = rolling.get("maxSurge", 0), rolling.get("maxUnavailable", 1)
    none = (0, "0%")
    if surge in none and unavailable in none:
        yield Fault("spec.updateStrategy.rollingUpdate", "maxSurge and maxUnavailable are both 0")
    elif surge not in none and unavailable not in none:
        yield Fault("spec.updateStrategy.rollingUpdate", "with a maxSurge, maxUnavailable is 0")


def _job(spec: Any) -> Iterator[Fault]:
    for name in ("parallelism", "completions"):
        yield from between(spec, name, 0)
    several = spec.get("parallelism") is not None  # without both, one is the default of each
    if spec.get("completionMode") == "Indexed" and several and spec.get("completions") is None:
        yield Fault("completions", "an Indexed Job needs them")


def _cron_job(body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    zone = spec.get("timeZone")
    if zone is not None and not _is_zone(str(zone)):
        yield Fault("spec.timeZone", f"there is no time zone {zone!r}")
    yield from between(body, "spec.startingDeadlineSeconds", 0, LARGE)
    for name in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from between(body, f"spec.{name}", 0)
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
    yield from needs("spec.maxReplicas", "spec.scaleTargetRef")(body)
    yield from at(body, "spec.scaleTargetRef", needs("kind", "name"), _scaled)
    yield from between(body, "spec.minReplicas", 1)
    yield from between(body, "spec.maxReplicas", 1)
    if body["apiVersion"] == "autoscaling/v2":
        yield from each(body, "spec.metrics", _metric)
        for direction in ("scaleUp", "scaleDown"):
            yield from at(body, f"spec.behavior.{direction}", _pace)


def _scaled(target: Any) -> Iterator[Fault]:
    for name in ("kind", "name"):
        yield from named(target, name, PATH_SEGMENT)
    version = str(target.get("apiVersion", ""))
    if version.count("/") != 1 and target.get("kind") != "ReplicationController":
        yield Fault("apiVersion", f"{version!r} is no group and version")


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
    yield from between(target, "averageUtilization", 0)


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
        yield from share(body, f"spec.{name}")
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
