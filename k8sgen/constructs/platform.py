"""Platform: what a namespace needs before any service runs in it."""

from __future__ import annotations

from typing import Any

import constructs

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.environment import Environment

PLATFORM = "platform"


class Platform(constructs.Construct):
    """
    The Namespace with its Pod Security level, its quota and limits, and no traffic by default.
    """

    def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
        super().__init__(scope, PLATFORM)
        Manifest(self, "namespace", _namespace(environment.namespace or environment.name))
        Manifest(self, "resource-quota", _resource_quota(environment))
        Manifest(self, "limit-range", _limit_range(environment))
        Manifest(self, "default-deny", _default_deny())
        if environment.priority:
            Manifest(self, "priority-class", _priority_class(environment))


def _namespace(name: str) -> dict[str, Any]:
    modes = ("enforce", "audit", "warn")
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "labels": {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in modes},
        },
    }


def _resource_quota(environment: Environment) -> dict[str, Any]:
    quota = environment.quota
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": PLATFORM},
        "spec": {
            "hard": {
                "requests.cpu": quota.requests.cpu,
                "requests.memory": quota.requests.memory,
                "limits.cpu": quota.limits.cpu,
                "limits.memory": quota.limits.memory,
                "requests.storage": quota.storage.size,
                "pods": str(quota.pods),
            }
        },
    }


def _limit_range(environment: Environment) -> dict[str, Any]:
    resources = environment.default_resources
    limit = {
        "type": "Container",
        "defaultRequest": resources.requests.body(),
        "default": resources.limits.body(),
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": PLATFORM},
        "spec": {"limits": [limit]},
    }


def _default_deny() -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def _priority_class(environment: Environment) -> dict[str, Any]:
    assert environment.priority  # noqa: S101  (the caller asked)
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": environment.priority.name},
        "value": environment.priority.value,
        "globalDefault": False,
        "description": f"Pods of the environment {environment.name}",
    }
