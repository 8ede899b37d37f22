"""
What the restricted Pod Security Standard finds wrong with a pod.

Source:
    https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
HANDLERS = ("httpGet", "tcpSocket")


def violations(spec: dict[str, Any]) -> list[str]:
    """Return what the standard forbids and *spec*, a pod's, does."""
    return [*_of_pod(spec), *(found for c in _containers(spec) for found in _of_container(c, spec))]


def _containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return [container for kind in kinds for container in spec.get(kind, [])]


def _of_pod(spec: dict[str, Any]) -> Iterator[str]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield f"{name} is on"
    for volume in spec.get("volumes", []):
        if not volume.keys() - {"name"} <= VOLUMES:
            yield f"volume {volume['name']} is of a forbidden type"
    security = spec.get("securityContext", {})
    for name in ("sysctls", "seLinuxOptions", "appArmorProfile", "windowsOptions"):
        if name in security:
            yield f"{name} is set"  # stricter than the standard, which allows some values


def _of_container(container: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    own = container.get("securityContext", {})
    both = {**spec.get("securityContext", {}), **own}
    capabilities = own.get("capabilities", {})
    wrong = {
        "is privileged": own.get("privileged", False),
        "may escalate its privileges": own.get("allowPrivilegeEscalation") is not False,
        "may run as root": both.get("runAsNonRoot") is not True,
        "runs as root": both.get("runAsUser") == 0,
        "has no seccomp profile": both.get("seccompProfile", {}).get("type")
        not in ("RuntimeDefault", "Localhost"),
        "keeps capabilities": "ALL" not in capabilities.get("drop", []),
        "adds capabilities": bool({*capabilities.get("add", [])} - {"NET_BIND_SERVICE"}),
        "changes how /proc is mounted": own.get("procMount", "Default") != "Default",
        "has a port of the host": any("hostPort" in port for port in container.get("ports", [])),
        "probes another host": any(_hosts(container)),
    }
    return (f"{container['name']} {what}" for what, is_so in wrong.items() if is_so)


def _hosts(container: dict[str, Any]) -> Iterator[str]:
    """Return the hosts that the probes and hooks name."""
    names = ("startupProbe", "livenessProbe", "readinessProbe")
    hooks = container.get("lifecycle", {}).values()
    for each in (*(container.get(name, {}) for name in names), *hooks):
        yield from (
            each[handler]["host"] for handler in HANDLERS if "host" in each.get(handler, {})
        )
