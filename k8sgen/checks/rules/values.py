"""The rules about single values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8sgen.checks.accepted import faults
from k8sgen.checks.accepted.cron import problem
from k8sgen.checks.accepted.fault import (
    LABEL,
    LARGE,
    LARGEST,
    PATH_SEGMENT,
    PORT_NAME,
    SUBDOMAIN,
    is_label,
)
from k8sgen.checks.enums import ENUMS, ENUMS_AT, RESTART
from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.checks.walk import fields, is_own
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.kubernetes.selectors import matches

_ENV_NAME = re.compile(r"[ -<>-~]+")
_LONGEST = {"CronJob": 52, "Service": 63, "Namespace": 63, "Job": 63, "StatefulSet": 52}
"""CronJob: pkg/apis/batch/validation; StatefulSet: its pods carry a hash of 10 more as a label."""
_QUANTITIES = ("requests", "limits", "hard", "default", "defaultRequest", "max", "min", "capacity")


@rule("name", fix="write lower-case letters, digits and -, no longer than the kind allows")
def names(rendered: Rendered) -> Iterator[Issue]:
    """Every name is one that the API server accepts."""
    for body in rendered.manifests:
        name, kind = str(body["metadata"]["name"]), body["kind"]
        dotless = kind in ("Service", "Namespace")
        pattern = LABEL if dotless else SUBDOMAIN
        if "rbac" in body["apiVersion"] or kind == "PodDisruptionBudget":
            pattern = PATH_SEGMENT
        if not pattern.fullmatch(name):
            yield Issue(body, f"{label(body)}: {name!r} is not a name for a {kind}")
        longest = _LONGEST.get(kind, 253)
        if len(name) > longest:
            yield Issue(body, f"{label(body)}: the name of a {kind} has at most {longest} letters")
    for pod in rendered.pods:
        for what, name, good in _inner_names(pod):
            if not good:
                yield Issue(pod.owner, f"{label(pod.owner)}: {name!r} is not a name for {what}")


def _inner_names(pod: PodTemplate) -> Iterator[tuple[str, str, bool]]:
    for container in pod.every_container:
        name = str(container.get("name"))
        yield "a container", name, bool(LABEL.fullmatch(name))
        for env in container.get("env") or []:
            yield "an environment variable", env["name"], bool(_ENV_NAME.fullmatch(env["name"]))
    for name, _, _ in pod.ports():
        good = not name or bool(PORT_NAME.fullmatch(name))
        yield "a port (at most 15 letters)", name, good


@rule(
    "label", fix="write at most 63 letters, digits, -, _ and ., with a letter or digit at both ends"
)
def labels(rendered: Rendered) -> Iterator[Issue]:
    """Every label and selector has keys and values that the API server accepts."""
    for body in rendered.manifests:
        for path, name, value in fields(body if is_own(body) else {"metadata": body["metadata"]}):
            if name in ("labels", "matchLabels", "selector") and isinstance(value, Mapping):
                for key, item in value.items():
                    if isinstance(item, str) and not is_label(key, item):
                        yield Issue(body, f"{label(body)}: {path}: {key}={item} is not a label")


@rule("quantity", fix="write for instance 250m, 2, 512Mi or 10Gi")
def quantities(rendered: Rendered) -> Iterator[Issue]:
    """Every amount of CPU, memory and storage is a quantity, and not negative."""
    for body in filter(is_own, rendered.manifests):
        for path, name, value in fields(body):
            for key, amount in [] if path.endswith("[]") else _amounts(name, value):
                try:
                    wrong = parse_quantity(amount) < 0
                except ValueError:
                    wrong = True
                if wrong:
                    message = f"{path}.{key}".removesuffix(".")
                    yield Issue(body, f"{label(body)}: {message}: {amount!r} is not a quantity")


def _amounts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if name in _QUANTITIES and isinstance(value, Mapping):
        for key, amount in value.items():
            if isinstance(amount, str | int | float):
                yield key, str(amount).strip()
    elif name in ("sizeLimit", "averageValue"):
        yield "", str(value).strip()


@rule("enum", fix="use one of the values that the field allows")
def enums(rendered: Rendered) -> Iterator[Issue]:
    """Every field that allows only some values has one of them."""
    for body in filter(is_own, rendered.manifests):
        for path, name, value in fields(body):
            allowed = ENUMS_AT.get((body["kind"], path)) or (
                ENUMS.get(name) if not path.endswith("[]") else None
            )
            if allowed and isinstance(value, str) and value not in allowed:
                words = sorted(filter(None, allowed))
                message = f"{label(body)}: {path}: {value!r} is not one of {', '.join(words)}"
                yield Issue(body, message, nearest(value, words))
    for pod in rendered.pods:
        allowed = RESTART.get(pod.owner["kind"], frozenset())
        policy = pod.spec.get("restartPolicy") or "Always"
        if allowed and policy not in allowed:
            message = (
                f"{label(pod.owner)}: restartPolicy {policy!r} is not for a {pod.owner['kind']}"
            )
            yield Issue(pod.owner, message, f"write {' or '.join(sorted(allowed))}")


_PORTS = ("port", "containerPort", "targetPort", "hostPort", "nodePort")
_LONG = ("terminationGracePeriodSeconds", "activeDeadlineSeconds")
_COUNTS = (
    "replicas", "minReplicas", "maxReplicas", "revisionHistoryLimit", "backoffLimit",
    "ttlSecondsAfterFinished", "initialDelaySeconds", "periodSeconds", "timeoutSeconds",
    "failureThreshold", "successThreshold", *_LONG,
)  # fmt: skip


@rule("range", fix="write a number in the range")
def ranges(rendered: Rendered) -> Iterator[Issue]:
    """Every port is 1 to 65535, and every count and duration is possible."""
    for body in filter(is_own, rendered.manifests):
        for path, name, value in fields(body):
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            if name in _PORTS and not 1 <= value <= 65535:
                yield Issue(body, f"{label(body)}: {path}: {value} is not a port (1 to 65535)")
            elif name in _COUNTS and value < 0:
                yield Issue(body, f"{label(body)}: {path}: {value} is too small")
            elif name in _COUNTS and value > (LARGE if name in _LONG else LARGEST):
                yield Issue(body, f"{label(body)}: {path}: {value} is too large")
    for body in rendered.of("HorizontalPodAutoscaler"):
        least, most = get(body, "spec", "minReplicas") or 1, get(body, "spec", "maxReplicas") or 0
        if least > most:
            yield Issue(body, f"{label(body)}: minReplicas {least} is more than maxReplicas {most}")


@rule("schedule", fix="write cron's five fields, such as `30 2 * * *`")
def schedules(rendered: Rendered) -> Iterator[Issue]:
    """Every schedule is one that Kubernetes' cron understands."""
    for body in rendered.of("CronJob"):
        wrong = problem(str(get(body, "spec", "schedule")))
        if wrong:
            yield Issue(body, f"{label(body)}: schedule: {wrong}")


@rule("refused", fix="write what the API reference of the field describes")
def refused(rendered: Rendered) -> Iterator[Issue]:
    """Every field has a value that Kubernetes takes, at an apply and when it makes the pods."""
    for body in rendered.manifests:
        if is_own(body):
            for fault in dict.fromkeys(faults(body)):
                yield Issue(body, f"{label(body)}: {fault.path}: {fault.problem}")


@rule("duplicate", fix="give each a name of its own")
def duplicates(rendered: Rendered) -> Iterator[Issue]:
    """No two containers, ports, variables, volumes or mounts of a pod have the same name."""
    for pod in rendered.pods:
        for what, found in _lists(pod):
            for name in _twice(found):
                yield Issue(pod.owner, f"{label(pod.owner)}: {what} {name!r} is defined twice")
    for body in rendered.of("Service"):
        ports = get(body, "spec", "ports") or []
        for name in _twice((p.get("port"), p.get("protocol", "TCP")) for p in ports):
            yield Issue(body, f"{label(body)}: port {name[0]} is defined twice")
        for name in _twice(p["name"] for p in ports if p.get("name")):
            yield Issue(body, f"{label(body)}: port {name!r} is defined twice")


def _lists(pod: PodTemplate) -> Iterator[tuple[str, Iterable[Any]]]:
    yield "container", (c.get("name") for c in pod.every_container)
    yield "volume", (v.get("name") for v in pod.volumes)
    yield "port", (name for name, _, _ in pod.ports() if name)
    yield "port", ((number, protocol) for _, number, protocol in pod.ports())
    for container in pod.every_container:
        where = f"container {container.get('name')}:"
        yield f"{where} variable", (e.get("name") for e in container.get("env") or [])
        mounts = container.get("volumeMounts") or []
        yield f"{where} mount path", (str(m.get("mountPath")).rstrip("/") for m in mounts)


def _twice(values: Iterable[Any]) -> list[Any]:
    seen: set[Any] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


@rule("own-selector", fix="let the selector name labels of the workload's own pods")
def own_selector(rendered: Rendered) -> Iterator[Issue]:
    """Every workload selects the pods that it makes."""
    for pod in rendered.pods:
        selector = get(pod.owner, "spec", "selector")
        if selector and pod.owner["kind"] != "Job" and not matches(selector, pod.labels):
            yield Issue(pod.owner, f"{label(pod.owner)}: its selector does not find its own pods")
        elif pod.owner["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
            yield from _also_selects(rendered, pod, selector)


def _also_selects(rendered: Rendered, pod: PodTemplate, selector: Body) -> Iterator[Issue]:
    for other in rendered.selected(selector, pod.owner):
        if other.owner is not pod.owner:
            message = (
                f"{label(pod.owner)}: its selector also finds the pods of {label(other.owner)}"
            )
            yield Issue(pod.owner, message)


RULES = (
    names,
    labels,
    quantities,
    enums,
    ranges,
    schedules,
    refused,
    duplicates,
    own_selector,
)
