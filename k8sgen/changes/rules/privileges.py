"""What the pods of a workload may do beyond the restricted Pod Security Standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from k8sgen.changes.path import Path
from k8sgen.kubernetes.manifest import POD_TEMPLATES, containers, get, pod_template

_BASE: Mapping[str, Path] = {
    **POD_TEMPLATES,
    "Pod": (),
}

_LOOSE: Sequence[tuple[str, str, Callable[[Any], bool]]] = (
    ("is privileged", "privileged", bool),
    ("may gain privileges", "allowPrivilegeEscalation", lambda value: value is not False),
    ("may run as root", "runAsNonRoot", lambda value: value is not True),
    ("runs as root", "runAsUser", lambda value: value == 0),
    ("may write to its root file system", "readOnlyRootFilesystem", lambda value: not value),
    (
        "may use every system call",
        "seccompProfile",
        lambda value: (value or {}).get("type") not in ("RuntimeDefault", "Localhost"),
    ),
)
"""What a container may do, the field of its security context, and when that field allows it."""


def privileges(body: Mapping[str, Any]) -> dict[str, Path]:
    """
    Name what the pods of a workload may do, each with the field that allows it.

    Source:
        kubernetes.io/docs/concepts/security/pod-security-standards (restricted)
    """
    pod = pod_template(dict(body))
    if pod is None:
        return {}
    spec = (*_BASE[body["kind"]], "spec")
    found = {reason: (*spec, *path) for reason, path in _of_pod(pod)}
    for kind, container in containers(pod):
        place = (*spec, kind, f"[{container['name']}]")
        for reason, path in _of_container(container, pod):
            found[f"container {container['name']} {reason}"] = (*place, *path)
    return found


def _of_pod(pod: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if get(pod, "spec", name):
            yield f"the pods share the node's {name[4:].lower()}", (name,)
    if get(pod, "spec", "automountServiceAccountToken", default=True) is not False:
        yield "the pods get a token for the Kubernetes API", ("automountServiceAccountToken",)
    for volume in get(pod, "spec", "volumes", default=[]):
        path = get(volume, "hostPath", "path")
        if path:
            yield f"the pods see {path} of the node", ("volumes", f"[{volume['name']}]")


def _of_container(
    container: Mapping[str, Any], pod: Mapping[str, Any]
) -> Iterator[tuple[str, Path]]:
    own = container.get("securityContext") or {}
    context = {**get(pod, "spec", "securityContext", default={}), **own}
    for reason, name, holds in _LOOSE:
        if holds(context.get(name)):
            yield reason, ("securityContext", name)
    capabilities = context.get("capabilities") or {}
    if "ALL" not in [name.upper() for name in capabilities.get("drop") or ()]:
        yield "keeps the default capabilities", ("securityContext", "capabilities")
    for name in capabilities.get("add") or ():
        yield f"gets the capability {name}", ("securityContext", "capabilities")
    for port in container.get("ports") or ():
        if port.get("hostPort"):
            yield f"listens on port {port['hostPort']} of the node", ("ports",)
