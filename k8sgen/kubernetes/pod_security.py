"""
The restricted Pod Security Standard: what it forbids, and where a pod does it.

Source:
    kubernetes.io/docs/concepts/security/pod-security-standards, and the checks of
    kubernetes/staging/src/k8s.io/pod-security-admission/policy
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import PROBES, containers, get

_VOLUMES = frozenset(
    ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
     "projected", "secret", "image")
)  # fmt: skip
_SYSCTLS = frozenset(
    ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
     "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
     "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
     "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
     "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")
)  # fmt: skip
_SELINUX_TYPES = frozenset(
    ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
)
_PROFILES = frozenset(("RuntimeDefault", "Localhost"))
_CONTEXT = "securityContext"


@attrs.frozen
class Violation:
    """
    One thing that the standard forbids, and a pod or a container does.

    Args:
        path: The field, seen from the pod's or the container's own; `[name]` is an item of a list.
        demand: What must hold.
        allows: What they may do, as in "the pods …" or "the container …".
        container: Its name; empty where it is about the pod.
        kind: The list of the container.
    """

    path: tuple[str, ...]
    demand: str
    allows: str
    container: str = ""
    kind: str = ""


def violations(spec: Mapping[str, Any]) -> Iterator[Violation]:
    """
    Return what the standard forbids, and a pod with *spec* or one of its containers does.
    """
    yield from _of_pod(spec)
    for kind, container in containers({"spec": spec}):
        for found in _of_container(spec, container):
            yield attrs.evolve(found, container=str(container.get("name")), kind=kind)


def _of_pod(spec: Mapping[str, Any]) -> Iterator[Violation]:
    for field, what in (("hostNetwork", "network"), ("hostPID", "PIDs"), ("hostIPC", "IPC")):
        if spec.get(field):
            yield Violation((field,), f"{field} must be off", f"share the node's {what}")
    for volume in spec.get("volumes") or []:
        name = volume.get("name")
        for kind in sorted(set(volume) - {"name"} - _VOLUMES):
            path = get(volume, kind, "path") if kind == "hostPath" else None
            allows = f"see {path} of the node" if path else f"mount a volume of the type {kind}"
            demand = f"volume {name}: the type {kind} is not allowed"
            yield Violation(("volumes", f"[{name}]"), demand, allows)
    for sysctl in get(spec, _CONTEXT, "sysctls") or []:
        if sysctl.get("name") not in _SYSCTLS:
            name = sysctl.get("name")
            allows = f"set the sysctl {name}"
            yield Violation((_CONTEXT, "sysctls"), f"the sysctl {name} is not allowed", allows)
    context = get(spec, _CONTEXT) or {}
    groups = context.get("supplementalGroups") or []
    if context.get("runAsUser") == 0 or 0 in groups:
        field = "runAsUser" if context.get("runAsUser") == 0 else "supplementalGroups"
        demand = "runAsUser and the groups must not be 0 (root)"
        yield Violation((_CONTEXT, field), demand, "run as root")
    yield from _of_context(context)


def _of_context(context: Mapping[str, Any]) -> Iterator[Violation]:
    """Return what violates the controls that pods and containers share."""
    if get(context, "windowsOptions", "hostProcess"):
        demand = "windowsOptions.hostProcess must be off"
        yield Violation((_CONTEXT, "windowsOptions"), demand, "may be processes of a Windows host")
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("user") or selinux.get("role") or selinux.get("type", "") not in _SELINUX_TYPES:
        demand = "seLinuxOptions may only name a container type"
        yield Violation(
            (_CONTEXT, "seLinuxOptions"), demand, "may run outside SELinux' container types"
        )
    for profile, kernel in (("appArmorProfile", "AppArmor"), ("seccompProfile", "seccomp")):
        if get(context, profile, "type") == "Unconfined":
            demand = f"{profile} must not be Unconfined"
            yield Violation((_CONTEXT, profile), demand, f"may run without {kernel}")


def _of_container(spec: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[Violation]:
    own = container.get(_CONTEXT) or {}
    either = {**(spec.get(_CONTEXT) or {}), **own}
    for name, wrong, must, allows in (
        ("privileged", own.get("privileged"), "be off", "is privileged"),
        (
            "allowPrivilegeEscalation",
            own.get("allowPrivilegeEscalation") is not False,
            "be false",
            "may gain privileges",
        ),
        ("runAsNonRoot", either.get("runAsNonRoot") is not True, "be true", "may run as root"),
        ("runAsUser", own.get("runAsUser") == 0, "not be 0 (root)", "runs as root"),
        (
            "seccompProfile",
            get(either, "seccompProfile", "type") not in _PROFILES,
            "be RuntimeDefault or Localhost",
            "may use every system call",
        ),
        (
            "procMount",
            own.get("procMount", "Default") != "Default",
            "be Default",
            "sees more of /proc",
        ),
    ):
        if wrong:
            yield Violation((_CONTEXT, name), f"{name} must {must}", allows)
    yield from _capabilities(own.get("capabilities") or {})
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            allows = f"listens on port {port['hostPort']} of the node"
            yield Violation(("ports",), "hostPort is not allowed", allows)
    for probe in PROBES:
        if get(container, probe, "httpGet", "host") or get(container, probe, "tcpSocket", "host"):
            allows = "makes the node probe another host"
            yield Violation((probe,), f"{probe} must not name a host", allows)
    yield from _of_context(own)


def _capabilities(capabilities: Mapping[str, Any]) -> Iterator[Violation]:
    path = (_CONTEXT, "capabilities")
    if "ALL" not in (capabilities.get("drop") or []):
        yield Violation(path, "capabilities.drop must have ALL", "keeps the default capabilities")
    for added in capabilities.get("add") or []:
        if added != "NET_BIND_SERVICE":
            demand = f"the capability {added} is not allowed"
            yield Violation(path, demand, f"gets the capability {added}")
