"""The rules about what pods may do: the restricted Pod Security Standard, and more."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.manifest import get, label
from k8sgen.kubernetes.pod_security import violations


@rule("pod-security", fix="keep the pod and its containers as hardened as k8sgen makes them")
def pod_security(rendered: Rendered) -> Iterator[Issue]:
    """Every pod is admitted by the restricted Pod Security Standard."""
    for pod in rendered.pods:
        for found in violations(pod.spec):
            where = f"container {found.container}: " if found.container else ""
            yield Issue(pod.owner, f"{label(pod.owner)}: {where}{found.demand}")


@rule("root-file-system", fix="set readOnlyRootFilesystem, and mount a folder for what it writes")
def root_file_system(rendered: Rendered) -> Iterator[Issue]:
    """Every container has a read-only root file system."""
    for pod in rendered.pods:
        for container in pod.every_container:
            if get(container, "securityContext", "readOnlyRootFilesystem") is not True:
                message = f"{label(pod.owner)}: container {container.get('name')}"
                yield Issue(pod.owner, f"{message}: its root file system is writable")


@rule(
    "token", fix="set automountServiceAccountToken to false where nothing talks to the API server"
)
def tokens(rendered: Rendered) -> Iterator[Issue]:
    """No pod gets a token for the API server, unless a role is bound to its account."""
    bound = {
        subject.get("name")
        for body in rendered.of("RoleBinding", "ClusterRoleBinding")
        for subject in body.get("subjects") or []
    }
    for pod in rendered.pods:
        if pod.spec.get("serviceAccountName") in bound:
            continue
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield Issue(pod.owner, f"{label(pod.owner)}: its pods get a token for the API server")
    for body in rendered.of("ServiceAccount"):
        handed = body.get("automountServiceAccountToken") is not False
        if handed and body["metadata"]["name"] not in bound:
            yield Issue(body, f"{label(body)}: hands its token to every pod")


@rule("namespace-security", fix="keep the labels that the platform gives the Namespace")
def namespace_security(rendered: Rendered) -> Iterator[Issue]:
    """Every Namespace enforces the restricted Pod Security Standard, and audits and warns by it."""
    for body in rendered.of("Namespace"):
        for mode in ("enforce", "audit", "warn"):
            key = f"pod-security.kubernetes.io/{mode}"
            if (body["metadata"].get("labels") or {}).get(key) != "restricted":
                yield Issue(body, f"{label(body)}: {key} is not restricted")


RULES = (pod_security, root_file_system, tokens, namespace_security)
