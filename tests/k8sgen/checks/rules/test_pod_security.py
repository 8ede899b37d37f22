"""The restricted Pod Security Standard, control by control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rules.pod_security import pod_security
from tests.k8sgen.checks.sound import Body, sound

Change = Callable[[Body], Any]


def _security(**fields: Any) -> Change:
    return lambda pod: pod["containers"][0]["securityContext"].update(fields)


def _pod_security(**fields: Any) -> Change:
    return lambda pod: pod["securityContext"].update(fields)


def _volume(**source: Any) -> Change:
    return lambda pod: pod["volumes"].append({"name": "extra", **source})


FORBIDDEN: dict[str, Change] = {
    "host network": lambda pod: pod.update(hostNetwork=True),
    "host processes": lambda pod: pod.update(hostPID=True),
    "host memory": lambda pod: pod.update(hostIPC=True),
    "host process of Windows": _pod_security(windowsOptions={"hostProcess": True}),
    "privileged": _security(privileged=True),
    "added capability": _security(capabilities={"drop": ["ALL"], "add": ["SYS_TIME"]}),
    "kept capabilities": _security(capabilities={"drop": ["NET_RAW"]}),
    "no capabilities dropped": _security(capabilities=None),
    "host path": _volume(hostPath={"path": "/"}),
    "volume of a network file system": _volume(nfs={"server": "a", "path": "/"}),
    "host port": lambda pod: pod["containers"][0]["ports"][0].update(hostPort=80),
    "probe of another host": lambda pod: pod["containers"][0]["livenessProbe"]["tcpSocket"].update(
        host="10.0.0.1"
    ),
    "no AppArmor": _pod_security(appArmorProfile={"type": "Unconfined"}),
    "SELinux type": _security(seLinuxOptions={"type": "spc_t"}),
    "SELinux user": _pod_security(seLinuxOptions={"user": "root"}),
    "unmasked /proc": _security(procMount="Unmasked"),
    "no seccomp": _security(seccompProfile={"type": "Unconfined"}),
    "unset seccomp": lambda pod: pod["securityContext"].pop("seccompProfile"),
    "unsafe sysctl": _pod_security(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
    "escalation": _security(allowPrivilegeEscalation=True),
    "unset escalation": lambda pod: pod["containers"][0]["securityContext"].pop(
        "allowPrivilegeEscalation"
    ),
    "root allowed": _security(runAsNonRoot=False),
    "unset root": lambda pod: pod["securityContext"].pop("runAsNonRoot"),
    "root container": _security(runAsUser=0),
    "root pod": _pod_security(runAsUser=0),
    "init container without hardening": lambda pod: pod.update(initContainers=[{"name": "init"}]),
}

ALLOWED: dict[str, Change] = {
    "as it is": lambda _: None,
    "binding to low ports": _security(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
    "seccomp of the container alone": lambda pod: (
        pod["securityContext"].pop("seccompProfile"),
        pod["containers"][0]["securityContext"].update(seccompProfile={"type": "Localhost"}),
    ),
    "root forbidden by the container alone": lambda pod: (
        pod["securityContext"].pop("runAsNonRoot"),
        pod["containers"][0]["securityContext"].update(runAsNonRoot=True),
    ),
    "safe sysctl": _pod_security(sysctls=[{"name": "net.ipv4.tcp_syncookies", "value": "1"}]),
    "SELinux container type": _security(seLinuxOptions={"type": "container_t"}),
    "empty folder": _volume(emptyDir={}),
    "claim": _volume(persistentVolumeClaim={"claimName": "a"}),
    "driver in line": _volume(csi={"driver": "secrets-store.csi.k8s.io"}),
}


def _found(change: Change) -> list[str]:
    bodies = sound()
    change(bodies["web"]["spec"]["template"]["spec"])
    return [issue.message for issue in pod_security.check(Rendered(list(bodies.values())))]


@pytest.mark.parametrize("change", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_standard_forbids_is_found(change: Change) -> None:
    """
    Each control of the standard has its finding, and only that.
    """
    assert _found(change)


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_the_standard_allows_passes(change: Change) -> None:
    """
    The rule demands no more than the standard.
    """
    assert _found(change) == []
