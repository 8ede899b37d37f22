"""
What kustomize knows of Kubernetes' types: by which keys lists merge, which kinds have no namespace.

kustomize embeds the OpenAPI of Kubernetes 1.21.2. Every newer kind (`autoscaling/v2`, …) and every
custom resource is a stranger to it: their lists are replaced, and they are taken for namespaced.

Source:
    kustomize v5.8.1 kyaml/openapi/kubernetesapi/v1_21_2/swagger.pb, the properties with
    `x-kubernetes-patch-strategy: merge`, keyed by `x-kubernetes-list-map-keys` or else
    `x-kubernetes-patch-merge-key`; kyaml/openapi/openapi.go precomputedIsNamespaceScoped
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, Union

import attrs


@attrs.frozen
class MergeList:
    """
    A list that kustomize merges item by item.

    Args:
        keys: The fields that name an item; none where the items are strings.
        item: The merging fields of an item.
    """

    keys: tuple[str, ...]
    item: MergeType = attrs.Factory(dict)


MergeType: TypeAlias = Mapping[str, Union[MergeList, "MergeType"]]
"""The fields of a type that are, or hold, merging lists; every other list is replaced."""

_META: MergeType = {"finalizers": MergeList(()), "ownerReferences": MergeList(("uid",))}
_ONLY_META: MergeType = {"metadata": _META}
_STATUS: MergeType = {"conditions": MergeList(("type",))}

_EPHEMERAL_CONTAINER: MergeType = {
    "env": MergeList(("name",)),
    "volumeDevices": MergeList(("devicePath",)),
    "volumeMounts": MergeList(("mountPath",)),
}
_CONTAINER: MergeType = {
    **_EPHEMERAL_CONTAINER,
    "ports": MergeList(("containerPort", "protocol")),
}
_POD_SPEC: MergeType = {
    "containers": MergeList(("name",), _CONTAINER),
    "ephemeralContainers": MergeList(("name",), _EPHEMERAL_CONTAINER),
    "hostAliases": MergeList(("ip",)),
    "imagePullSecrets": MergeList(("name",)),
    "initContainers": MergeList(("name",), _CONTAINER),
    "topologySpreadConstraints": MergeList(("topologyKey", "whenUnsatisfiable")),
    "volumes": MergeList(("name",), {"ephemeral": {"volumeClaimTemplate": _ONLY_META}}),
}
_POD_TEMPLATE: MergeType = {"metadata": _META, "spec": _POD_SPEC}
_WORKLOAD: MergeType = {"metadata": _META, "spec": {"template": _POD_TEMPLATE}, "status": _STATUS}
_WITH_STATUS: MergeType = {"metadata": _META, "status": _STATUS}
_WEBHOOKS: MergeType = {"metadata": _META, "webhooks": MergeList(("name",))}
_CSI_NODE: MergeType = {"metadata": _META, "spec": {"drivers": MergeList(("name",))}}
_CRON_JOB: MergeType = {
    "metadata": _META,
    "spec": {"jobTemplate": {"metadata": _META, "spec": {"template": _POD_TEMPLATE}}},
}

_SPECIAL: Mapping[tuple[str, str], MergeType] = {
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _WEBHOOKS,
    ("apiregistration.k8s.io", "APIService"): _WITH_STATUS,
    ("apps", "DaemonSet"): _WORKLOAD,
    ("apps", "Deployment"): _WORKLOAD,
    ("apps", "ReplicaSet"): _WORKLOAD,
    ("apps", "StatefulSet"): _WORKLOAD,
    ("batch", "CronJob"): _CRON_JOB,
    ("batch", "Job"): _WORKLOAD,
    ("policy", "PodDisruptionBudget"): _WITH_STATUS,
    ("storage.k8s.io", "CSINode"): _CSI_NODE,
    ("", "ComponentStatus"): {"metadata": _META, **_STATUS},
    ("", "Namespace"): _WITH_STATUS,
    ("", "Node"): {
        "metadata": _META,
        "spec": {"podCIDRs": MergeList(())},
        "status": {"addresses": MergeList(("type",)), **_STATUS},
    },
    ("", "PersistentVolumeClaim"): _WITH_STATUS,
    ("", "Pod"): {
        "metadata": _META,
        "spec": _POD_SPEC,
        "status": {"podIPs": MergeList(("ip",)), **_STATUS},
    },
    ("", "PodTemplate"): {"metadata": _META, "template": _POD_TEMPLATE},
    ("", "ReplicationController"): _WORKLOAD,
    ("", "Service"): {
        "metadata": _META,
        "spec": {"ports": MergeList(("port", "protocol"))},
        "status": _STATUS,
    },
    ("", "ServiceAccount"): {"metadata": _META, "secrets": MergeList(("name",))},
}

_NAMESPACED: Mapping[str, str] = {
    "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling/v1": "HorizontalPodAutoscaler",
    "autoscaling/v2beta1": "HorizontalPodAutoscaler",
    "autoscaling/v2beta2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob Job",
    "batch/v1beta1": "CronJob",
    "coordination.k8s.io/v1": "Lease",
    "coordination.k8s.io/v1beta1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "discovery.k8s.io/v1beta1": "EndpointSlice",
    "events.k8s.io/v1": "Event",
    "events.k8s.io/v1beta1": "Event",
    "extensions/v1beta1": "Ingress",
    "networking.k8s.io/v1": "Ingress NetworkPolicy",
    "networking.k8s.io/v1beta1": "Ingress",
    "policy/v1": "PodDisruptionBudget",
    "policy/v1beta1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "Role RoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "Role RoleBinding",
    "storage.k8s.io/v1beta1": "CSIStorageCapacity",
    "v1": (
        "ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate"
        " ReplicationController ResourceQuota Secret Service ServiceAccount"
    ),
}
_CLUSTER_SCOPED: Mapping[str, str] = {
    "admissionregistration.k8s.io/v1": (
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
    ),
    "admissionregistration.k8s.io/v1beta1": (
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
    ),
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "IngressClass",
    "networking.k8s.io/v1beta1": "IngressClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "v1": "ComponentStatus Namespace Node PersistentVolume",
}


def _pairs(table: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((version, kind) for version, kinds in table.items() for kind in kinds.split())


CLUSTER_SCOPED = _pairs(_CLUSTER_SCOPED)
"""(apiVersion, kind) of what kustomize knows to have no namespace."""

MERGE_TYPES: Mapping[tuple[str, str], MergeType] = {
    (version, kind): _SPECIAL.get((version.rpartition("/")[0], kind), _ONLY_META)
    for version, kind in sorted(_pairs(_NAMESPACED) | CLUSTER_SCOPED)
}
"""(apiVersion, kind) of what kustomize has a schema for, with its merging lists."""


def merge_type(body: Mapping[str, Any]) -> MergeType:
    """
    Find the merging lists of a manifest, or of a map that looks like one.
    """
    version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return {}
    return MERGE_TYPES.get((version, kind), {})


def split_api_version(api_version: str) -> tuple[str, str]:
    """
    Split `group/version`; the core group is empty.
    """
    group, _, version = api_version.rpartition("/")
    return group, version
