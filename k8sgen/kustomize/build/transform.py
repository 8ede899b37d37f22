"""
The fields of a kustomization that change every manifest: `namespace`, `labels`, `replicas`.

Source:
    kustomize v5.8.1 api/filters/{namespace,labels,replicacount},
    api/internal/konfig/builtinpluginconsts/{namespace,replicas}.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import CLUSTER_SCOPED, split_api_version
from k8sgen.kustomize.build.errors import BuildError
from k8sgen.kustomize.build.fieldspec import set_field

SCALED = ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
"""The kinds that `replicas` scales, whatever their API group."""

_BINDINGS = ("RoleBinding", "ClusterRoleBinding")


def set_namespace(body: Body, namespace: str) -> Body:
    """
    Apply the field `namespace` to a manifest.
    """
    group, version = split_api_version(body["apiVersion"])
    kind = body["kind"]
    result: Any = body
    if (body["apiVersion"], kind) not in CLUSTER_SCOPED:
        result = set_field(result, "metadata/namespace", lambda _: namespace, create="")
    if kind in _BINDINGS:
        result = _set_default_subjects(result, namespace)
    if kind == "Namespace" and (group, version) == ("", "v1"):
        result = set_field(result, "metadata/name", lambda _: namespace, create="")
    if (group, kind) == ("apiregistration.k8s.io", "APIService"):
        result = set_field(result, "spec/service/namespace", lambda _: namespace, create="")
    if (group, kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        path = "spec/conversion/webhook/clientConfig/service/namespace"
        result = set_field(result, path, lambda _: namespace)
    changed: Body = result
    return changed


def _set_default_subjects(body: Body, namespace: str) -> Body:
    subjects = body.get("subjects")
    if subjects is None:
        return body
    if not isinstance(subjects, list) or not all(isinstance(each, dict) for each in subjects):
        raise BuildError(f"the subjects of {body['metadata']['name']!r} are not a list of maps")
    new = [{**s, "namespace": namespace} if s.get("name") == "default" else s for s in subjects]
    return {**body, "subjects": new}


def set_labels(body: Body, pairs: Mapping[str, str]) -> Body:
    """
    Apply the field `labels` to a manifest: to its own labels only, not to selectors.
    """
    changed: Body = set_field(
        body, "metadata/labels", lambda labels: {**labels, **pairs}, create={}
    )
    return changed


def set_replicas(body: Body, name: str, count: int) -> Body:
    """
    Apply an entry of `replicas` to a manifest of that *name*.
    """
    if body["kind"] not in SCALED or body["metadata"]["name"] != name:
        return body
    changed: Body = set_field(body, "spec/replicas", lambda _: count, create=0)
    return changed
