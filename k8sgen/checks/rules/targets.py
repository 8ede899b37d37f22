"""The rules about manifests that others refer to: scale targets, roles, namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.kubernetes.manifest import get, label

_BUILTIN = {
    "ClusterRole": re.compile(r"view|edit|admin|cluster-admin|system:.+"),
    "Role": re.compile(r"extension-apiserver-authentication-reader|system:.+"),
}
_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
"""
What every cluster has.

Source:
    kubernetes.io/docs/reference/access-authn-authz/rbac, "Default roles and role bindings";
    kubernetes.io/docs/concepts/overview/working-with-objects/namespaces, "Initial namespaces"
"""


@rule("scale-target", fix="name an existing workload")
def scale_targets(rendered: Rendered) -> Iterator[Issue]:
    """Every autoscaler names a workload that exists, and nothing else sets its replicas."""
    seen: dict[tuple[str, str], str] = {}
    for body in rendered.of("HorizontalPodAutoscaler"):
        target = get(body, "spec", "scaleTargetRef") or {}
        kind, name = str(target.get("kind")), str(target.get("name"))
        found = rendered.find(kind, name, body)
        if found is None or found["apiVersion"] != target.get("apiVersion"):
            message = f"{label(body)}: there is no {target.get('apiVersion')} {kind} {name!r}"
            yield Issue(body, message, nearest(name, rendered.names(kind)))
            continue
        if (kind, name) in seen:
            yield Issue(body, f"{label(body)}: {seen[kind, name]} scales {kind}/{name} already")
        seen[kind, name] = label(body)
        if get(found, "spec", "replicas") is not None:
            hint = "remove replicas from the workload: each apply would undo the autoscaler"
            yield Issue(found, f"{label(found)}: has replicas, and {label(body)} scales it", hint)


@rule("scale-metric", fix="give every container a request of what the autoscaler measures")
def scale_metrics(rendered: Rendered) -> Iterator[Issue]:
    """Every container that is scaled by utilization requests what is measured."""
    for body in rendered.of("HorizontalPodAutoscaler"):
        target = get(body, "spec", "scaleTargetRef", "name")
        for metric in get(body, "spec", "metrics") or []:
            resource = get(metric, "resource", "name")
            for pod in rendered.pods:
                if not resource or pod.owner["metadata"]["name"] != target or not pod.serves:
                    continue
                for container in pod.containers:
                    if not get(container, "resources", "requests", resource):
                        message = f"{label(body)}: container {container.get('name')} of {target}"
                        yield Issue(body, f"{message} requests no {resource}")


@rule("role-reference", fix="name a role and a ServiceAccount that exist")
def roles(rendered: Rendered) -> Iterator[Issue]:
    """Every role binding names a role and ServiceAccounts that exist."""
    for body in rendered.of("RoleBinding", "ClusterRoleBinding"):
        reference = body.get("roleRef") or {}
        kind, name = str(reference.get("kind")), reference.get("name")
        builtin = _BUILTIN[kind].fullmatch(str(name)) if kind in _BUILTIN else None
        if not builtin and not rendered.find(kind, name, body):
            message = f"{label(body)}: there is no {kind} {name!r}"
            yield Issue(body, message, nearest(name, rendered.names(kind)))
        for subject in body.get("subjects") or []:
            own = subject.get("namespace", "") == body["metadata"].get("namespace", "")
            if subject.get("kind") == "ServiceAccount" and own:
                known = rendered.find("ServiceAccount", subject.get("name"), body)
                if not known and subject.get("name") != "default":
                    message = f"{label(body)}: there is no ServiceAccount {subject.get('name')!r}"
                    hint = nearest(subject.get("name"), rendered.names("ServiceAccount"))
                    yield Issue(body, message, hint)
            elif subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
                yield Issue(
                    body, f"{label(body)}: the subject {subject.get('name')!r} has no namespace"
                )


@rule("namespace-reference", fix="remove the namespace: the environment sets it")
def namespaces(rendered: Rendered) -> Iterator[Issue]:
    """Every manifest is in a namespace that the environment creates."""
    known = rendered.namespaces
    for body in rendered.manifests:
        namespace = body["metadata"].get("namespace")
        if namespace and namespace not in known and namespace not in _NAMESPACES:
            message = f"{label(body)}: there is no Namespace {namespace!r}"
            yield Issue(body, message, nearest(namespace, known))


RULES = (scale_targets, scale_metrics, roles, namespaces)
