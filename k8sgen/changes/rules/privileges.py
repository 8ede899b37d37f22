"""What the pods of a workload may do beyond the restricted Pod Security Standard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8sgen.changes.path import Path
from k8sgen.kubernetes.manifest import POD_TEMPLATES, containers, get, pod_template
from k8sgen.kubernetes.pod_security import violations


def privileges(body: Mapping[str, Any]) -> dict[str, Path]:
    """
    Name what the pods of a workload may do, each with the field that allows it.
    """
    template = pod_template(dict(body))
    if template is None:
        return {}
    spec = (*POD_TEMPLATES.get(body["kind"], ()), "spec")
    return {reason: (*spec, *path) for reason, path in _allowed(template)}


def _allowed(template: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for found in violations(get(template, "spec", default={})):
        if found.container:
            place = (found.kind, f"[{found.container}]")
            yield f"container {found.container} {found.allows}", (*place, *found.path)
        else:
            yield f"the pods {found.allows}", found.path
    if get(template, "spec", "automountServiceAccountToken") is not False:
        yield "the pods get a token for the Kubernetes API", ("automountServiceAccountToken",)
    for kind, container in containers(template):
        name = container["name"]
        own = (kind, f"[{name}]", "securityContext")
        context = container.get("securityContext") or {}
        if not context.get("readOnlyRootFilesystem"):
            path = (*own, "readOnlyRootFilesystem")
            yield f"container {name} may write to its root file system", path
        # The standard allows this one capability; it is one more than none all the same.
        if "NET_BIND_SERVICE" in (get(context, "capabilities", "add") or ()):
            yield f"container {name} gets the capability NET_BIND_SERVICE", (*own, "capabilities")
