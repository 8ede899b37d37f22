"""
The references that kustomize updates at the end of a build; names never change here.

Where it moved a ServiceAccount or a Service into a namespace, it writes that namespace into what
refers to it.

Source:
    kustomize v5.8.1 api/filters/nameref/nameref.go,
    api/internal/konfig/builtinpluginconsts/namereference.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.types import CLUSTER_SCOPED, split_api_version
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.fieldspec import set_field
from k8sgen.kustomize.build.resource import BuiltManifest, identify

_REFERRERS = {
    ("rbac.authorization.k8s.io", "RoleBinding"): ("subjects", "ServiceAccount"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("subjects", "ServiceAccount"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): (
        "webhooks/clientConfig/service",
        "Service",
    ),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): (
        "webhooks/clientConfig/service",
        "Service",
    ),
}
"""(group, kind) of who refers by name and namespace, the field, and the kind it refers to."""


def mend_references(resources: Sequence[BuiltManifest]) -> list[BuiltManifest]:
    """
    Write the namespaces of moved resources into what refers to them.

    Raises:
        BuildError: A reference could mean several resources.
    """
    moved = [each for each in resources if each.previous]
    if not moved:
        return list(resources)
    return [_mend(each, moved) for each in resources]


def _mend(referrer: BuiltManifest, moved: Sequence[BuiltManifest]) -> BuiltManifest:
    group, _ = split_api_version(referrer.body["apiVersion"])
    found = _REFERRERS.get((group, referrer.body["kind"]))
    if found is None:
        return referrer
    path, kind = found
    candidates = [each for each in moved if _is(each, kind) and _within(referrer, each)]

    def update(node: Any) -> Any:
        if isinstance(node, list):
            return [_updated(item, candidates) for item in node]
        return None if node is None else _updated(node, candidates)

    return attrs.evolve(referrer, body=set_field(referrer.body, path, update))


def _is(target: BuiltManifest, kind: str) -> bool:
    _, version = split_api_version(target.body["apiVersion"])
    return (version, target.body["kind"]) == ("v1", kind)


def _within(referrer: BuiltManifest, target: BuiltManifest) -> bool:
    """Return whether kustomize considers *target* at all for *referrer*."""
    version, kind, namespace, _ = identify(referrer.body)
    if (version, kind) in CLUSTER_SCOPED or identify(target.body)[2] == namespace:
        return True
    named = {
        subject.get("namespace")
        for subject in referrer.body.get("subjects") or ()
        if isinstance(subject, dict) and subject.get("kind") == "ServiceAccount"
    }
    return kind == "RoleBinding" and (target.body["metadata"].get("namespace") or "") in named


def _updated(node: Any, candidates: Sequence[BuiltManifest]) -> Any:
    if not isinstance(node, dict) or "name" not in node:
        raise BuildError("kustomize finds a reference without a name")
    if "namespace" in node:
        candidates = _of_namespace(node["namespace"], candidates)
    targets = [each for each in candidates if any(i[3] == node["name"] for i in each.previous)]
    namespaces = {each.body["metadata"].get("namespace") or "" for each in targets}
    if not targets or namespaces == {""}:
        return node
    if len(namespaces) > 1:
        raise BuildError(f"the reference to {node['name']!r} could mean several resources")
    return {**node, "namespace": namespaces.pop()}


def _of_namespace(namespace: Any, candidates: Sequence[BuiltManifest]) -> list[BuiltManifest]:
    original = [each for each in candidates if each.ids[0][2] == namespace]
    return original or [each for each in candidates if identify(each.body)[2] == namespace]
