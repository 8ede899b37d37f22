"""A manifest as a dict: its identity, its fields, and the pods that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Body = dict[str, Any]
"""One resource in Kubernetes' own camelCase: dicts, lists, str, int, float, bool and None."""

Identity = tuple[str, str, str, str]
"""The API group, kind, namespace and name: unique in a cluster."""

NAME_LABEL = "app.kubernetes.io/name"
"""The label that holds the service that a manifest belongs to."""

COMPONENT_LABEL = "app.kubernetes.io/component"
"""The label that tells the pods of a service's workloads apart."""

POD_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where each kind of workload keeps its pod template."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which a client-side apply keeps what it applied."""

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
"""The fields of a container that ask whether it is well."""

CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
"""The lists of containers of a pod."""


def identity(body: Mapping[str, Any]) -> Identity:
    """Return the identity of *body* in its cluster; the namespace is empty where it names none."""
    metadata = body["metadata"]
    group = str(body["apiVersion"]).rpartition("/")[0]
    return group, body["kind"], metadata.get("namespace") or "", metadata["name"]


def label(body: Mapping[str, Any]) -> str:
    """Return `Kind/name`, as messages name a manifest."""
    return f"{body['kind']}/{body['metadata']['name']}"


def get(value: Any, *keys: str, default: Any = None) -> Any:
    """Follow *keys* into nested mappings; *default* where one is missing, or its value is null."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return default if value is None else value


def pod_template(body: Mapping[str, Any] | None) -> Any:
    """Return the pod template of a workload; a Pod is its own, other kinds have none."""
    if body is None or body["kind"] == "Pod":
        return body
    keys = POD_TEMPLATES.get(body["kind"])
    return get(body, *keys) if keys else None


def containers(pod: Mapping[str, Any] | None) -> Iterator[tuple[str, Body]]:
    """Return every container of a pod or template, with the list that it is in."""
    spec = (pod or {}).get("spec") or {}
    for kind in CONTAINERS:
        for container in spec.get(kind) or ():
            yield kind, container
