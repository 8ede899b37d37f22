"""Which API versions Kubernetes has deprecated or removed, and what replaces them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Deprecation:
    """
    The end of one API version of some kinds.

    Args:
        since: The minor version of Kubernetes 1 that deprecates it; `None` where only the removal
            is known.
        removed: The minor version that stops serving it; `None` where none is set.
        instead: The API version to write.
    """

    since: int | None
    removed: int | None
    instead: str


def _table(
    *rows: tuple[str, str, int | None, int | None, str],
) -> Mapping[tuple[str, str], Deprecation]:
    return {
        (api_version, kind): Deprecation(since, removed, instead)
        for api_version, kinds, since, removed, instead in rows
        for kind in kinds.split()
    }


_RBAC = "Role RoleBinding ClusterRole ClusterRoleBinding"
_FLOW = "FlowSchema PriorityLevelConfiguration"
_HOOKS = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"

DEPRECATIONS = _table(
    ("v1", "Endpoints", 33, None, "discovery.k8s.io/v1 EndpointSlice"),
    ("v1", "ComponentStatus", 19, None, "the health endpoints of each component"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", _FLOW, 29, 32, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", _FLOW, 26, 29, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", _FLOW, 23, 26, "flowcontrol.apiserver.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27, "storage.k8s.io/v1"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26, "autoscaling/v2"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25, "autoscaling/v2"),
    ("batch/v1beta1", "CronJob", 21, 25, "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 21, 25, "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "Event", 19, 25, "events.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", 21, 25, "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", 21, 25, "Pod Security admission labels"),
    ("node.k8s.io/v1beta1", "RuntimeClass", 22, 25, "node.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", _HOOKS, 19, 22, "admissionregistration.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 16, 22, "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", "APIService", 19, 22, "apiregistration.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", 19, 22, "coordination.k8s.io/v1"),
    ("extensions/v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress IngressClass", 19, 22, "networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", _RBAC, 17, 22, "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22, "scheduling.k8s.io/v1"),
    (
        "storage.k8s.io/v1beta1",
        "CSIDriver CSINode StorageClass VolumeAttachment",
        19,
        22,
        "storage.k8s.io/v1",
    ),
    ("extensions/v1beta1", "NetworkPolicy", 9, 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", 9, 16, "apps/v1"),
    ("apps/v1beta2", "DaemonSet Deployment ReplicaSet StatefulSet", 9, 16, "apps/v1"),
    ("apps/v1beta1", "Deployment StatefulSet", 9, 16, "apps/v1"),
)
"""
Source:
    kubernetes.io/docs/reference/using-api/deprecation-guide (removals), and the API lifecycle tags
    (`k8s:prerelease-lifecycle-gen:deprecated`) in kubernetes/staging/src/k8s.io/api/*/types.go;
    Endpoints: the v1.33 release notes
"""
