"""The rules about how pods run: resources, probes, images, replicas, roles, hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from k8sgen.checks.policy.demand import peak, rounded
from k8sgen.checks.rendered import Body, PodTemplate, Rendered, get, label
from k8sgen.checks.rule import Issue, rule
from k8sgen.checks.selector import matches
from k8sgen.quantity import parse_quantity

_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")
_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")


def _where(pod: PodTemplate, container: Body) -> str:
    return f"{label(pod.owner)}: container {container.get('name')}"


@rule("resources", fix="give the container Resources(requests=…, limits=…)")
def resources(rendered: Rendered) -> Iterator[Issue]:
    """Every container requests and limits processor time and memory, and requests no more."""
    for pod in rendered.pods:
        for container in pod.every_container:
            found = container.get("resources") or {}
            for unit in ("cpu", "memory"):
                amounts = []
                for bound in ("requests", "limits"):
                    amount = get(found, bound, unit)
                    if amount is None:
                        message = f"{_where(pod, container)}: no {bound[:-1]} of {unit}"
                        yield Issue(pod.owner, message)
                    else:
                        amounts.append(_amount(amount))
                if len(amounts) == 2 and amounts[0] > amounts[1]:
                    yield Issue(
                        pod.owner, f"{_where(pod, container)}: requests more {unit} than its limit"
                    )


def _amount(text: Any) -> float:
    try:
        return float(parse_quantity(text))
    except ValueError:
        return 0.0  # the rule `quantity` names it


@rule("probes", fix="give the container Probes(…)")
def probes(rendered: Rendered) -> Iterator[Issue]:
    """Every container that serves has a liveness and a readiness probe."""
    for pod in rendered.pods:
        if pod.serves:
            for container in pod.containers:
                for probe in ("livenessProbe", "readinessProbe"):
                    if not container.get(probe):
                        yield Issue(pod.owner, f"{_where(pod, container)}: no {probe}")


@rule("image", fix="name a tag that is never moved, or a digest")
def images(rendered: Rendered) -> Iterator[Issue]:
    """Every image has a tag other than `latest`, and a digest where the environment demands one."""
    for pod in rendered.pods:
        for container in pod.every_container:
            image = str(container.get("image", ""))
            tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
            if _DIGEST.fullmatch(image):
                continue
            if tag in ("", "latest"):
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} has no fixed tag")
            elif "@" in image:
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} has no whole digest")
            elif rendered.context.requires_digests:
                hint = "pin it by digest in the environment's YAML file"
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} has no digest", hint)


@rule("replicas", fix="set the replicas, or the autoscaling")
def replicas(rendered: Rendered) -> Iterator[Issue]:
    """Every workload says how many pods run, unless an autoscaler decides it."""
    scaled = {
        (target.get("kind"), target.get("name"))
        for body in rendered.of("HorizontalPodAutoscaler")
        for target in (get(body, "spec", "scaleTargetRef") or {},)
    }
    for body in rendered.of("Deployment", "StatefulSet"):
        key = (body["kind"], body["metadata"]["name"])
        if get(body, "spec", "replicas") is None and key not in scaled:
            yield Issue(body, f"{label(body)}: has no replicas, and no autoscaler sets them")


@rule("budget", fix="keep the PodDisruptionBudget that the workload brings")
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
            if _spared(body, least) < 1:
                message = f"{label(body)}: with {least} replicas it never lets a node be drained"
                yield Issue(body, message, "set maxUnavailable to 1")


def least_replicas(rendered: Rendered, pod: PodTemplate) -> int:
    """Give the number of pods that run at any time, at least."""
    name = pod.owner["metadata"]["name"]
    for body in rendered.of("HorizontalPodAutoscaler"):
        target = get(body, "spec", "scaleTargetRef") or {}
        if (target.get("kind"), target.get("name")) == (pod.owner["kind"], name):
            return int(get(body, "spec", "minReplicas") or 1)
    found = get(pod.owner, "spec", "replicas")
    return 1 if found is None else int(found)


def _spared(body: Body, replicas: int) -> int:
    """Give how many of *replicas* a budget lets go at once."""
    spec = body.get("spec") or {}
    if "maxUnavailable" in spec:
        return rounded(spec["maxUnavailable"], replicas, up=True)
    return replicas - rounded(spec.get("minAvailable", 0), replicas, up=True)


@rule("rolling-update", fix="let the update surge, or take one pod away at a time")
def rolling_updates(rendered: Rendered) -> Iterator[Issue]:
    """Every Deployment is replaced pod by pod with none missing, and the update can go on."""
    for body in rendered.of("Deployment"):
        strategy = get(body, "spec", "strategy") or {}
        rolling = strategy.get("rollingUpdate") or {}
        surge = rounded(rolling.get("maxSurge", "25%"), 4, up=True)
        missing = rounded(rolling.get("maxUnavailable", "25%"), 4, up=False)
        if strategy.get("type", "RollingUpdate") == "Recreate":
            yield Issue(body, f"{label(body)}: Recreate stops all pods before it starts new ones")
        elif surge == 0 and missing == 0:
            yield Issue(body, f"{label(body)}: maxSurge and maxUnavailable are both 0")
        elif missing and (get(body, "spec", "replicas") or 2) < 2:
            yield Issue(body, f"{label(body)}: an update takes its only pod away first")


@rule("graceful-stop", fix="give the pod more grace than its containers need to drain")
def graceful_stops(rendered: Rendered) -> Iterator[Issue]:
    """Every pod has more time to stop than its containers sleep before."""
    for pod in rendered.pods:
        grace = pod.spec.get("terminationGracePeriodSeconds", 30)
        for container in pod.containers:
            sleep = get(container, "lifecycle", "preStop", "sleep", "seconds") or 0
            if sleep >= grace:
                message = f"{_where(pod, container)}: sleeps {sleep} s of {grace} s grace"
                yield Issue(pod.owner, f"{message}, and is killed then")


@rule("wildcard-role", fix="name the groups, resources and verbs that it needs")
def wildcard_roles(rendered: Rendered) -> Iterator[Issue]:
    """No role allows everything, and nobody is bound to cluster-admin."""
    for body in rendered.of("Role", "ClusterRole"):
        for each in body.get("rules") or []:
            for field in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
                if "*" in (each.get(field) or []):
                    yield Issue(body, f"{label(body)}: {field} has a wildcard")
    for body in rendered.of("RoleBinding", "ClusterRoleBinding"):
        if get(body, "roleRef", "name") == "cluster-admin":
            yield Issue(body, f"{label(body)}: binds to cluster-admin")


@rule("host-tls", fix="set the cluster's issuer, so that every host gets a certificate")
def host_tls(rendered: Rendered) -> Iterator[Issue]:
    """Every host has a certificate, signed by an issuer, wherever TLS is served."""
    for body in rendered.of("Ingress"):
        entries = get(body, "spec", "tls") or []
        covered = {host for tls in entries for host in tls.get("hosts") or []}
        hosts = {each.get("host", "*") for each in get(body, "spec", "rules") or []}
        for host in sorted(hosts - covered):
            if rendered.context.serves_tls:
                yield Issue(body, f"{label(body)}: the host {host!r} is served without TLS")
        for host in sorted(covered - hosts):
            yield Issue(body, f"{label(body)}: a certificate for {host!r}, which no rule serves")
        annotations = body["metadata"].get("annotations") or {}
        if entries and not any(annotations.get(issuer) for issuer in _ISSUERS):
            for tls in entries:
                if tls.get("secretName") not in rendered.context.secrets:
                    yield Issue(body, f"{label(body)}: nobody issues {tls.get('secretName')!r}")


@rule("exposure", fix="expose it by an Ingress")
def exposure(rendered: Rendered) -> Iterator[Issue]:
    """No Kubernetes Service opens a port of the nodes or an address outside by itself."""
    for body in rendered.of("Service"):
        spec = body.get("spec") or {}
        if spec.get("type", "ClusterIP") != "ClusterIP" or spec.get("externalIPs"):
            yield Issue(body, f"{label(body)}: the type {spec.get('type')} exposes it")


@rule("capacity", fix="raise the environment's Quota, or ask for less")
def capacity(rendered: Rendered) -> Iterator[Issue]:
    """Every ResourceQuota holds all pods at their most, while a rollout surges."""
    need = peak(rendered)
    for body in rendered.of("ResourceQuota"):
        for key, hard in (get(body, "spec", "hard") or {}).items():
            if key in need and need[key] > _amount(hard):
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
        if unit in (limit.get("default") or {}) and _amount(request) > _amount(
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
                    if amount is not None and (_amount(amount) - _amount(edge)) * sign > 0:
                        message = (
                            f"{_where(pod, container)}: {field} {unit} {amount} is beyond {edge}"
                        )
                        yield Issue(pod.owner, message)


RULES = (
    resources,
    probes,
    images,
    replicas,
    budgets,
    rolling_updates,
    graceful_stops,
    wildcard_roles,
    host_tls,
    exposure,
    capacity,
    limit_ranges,
)
