"""Which manifests have no namespace, even where kustomize gives them one."""

from __future__ import annotations

from collections.abc import Mapping

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import CLUSTER_SCOPED, split_api_version

_NEWER: Mapping[str, str] = {
    "admissionregistration.k8s.io": (
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
        " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
    ),
    "certificates.k8s.io": "ClusterTrustBundle",
    "networking.k8s.io": "IPAddress ServiceCIDR",
    "resource.k8s.io": "DeviceClass DeviceTaintRule ResourceSlice",
    "storage.k8s.io": "VolumeAttributesClass",
    "storagemigration.k8s.io": "StorageVersionMigration",
    # Custom resources of well-known products; their definitions have `scope: Cluster`.
    "cert-manager.io": "ClusterIssuer",
    "external-secrets.io": "ClusterExternalSecret ClusterPushSecret ClusterSecretStore",
    "gateway.networking.k8s.io": "GatewayClass",
    "keda.sh": "ClusterTriggerAuthentication",
    "kyverno.io": "ClusterPolicy",
    "snapshot.storage.k8s.io": "VolumeSnapshotClass",
}
"""
What kustomize does not know to be cluster-scoped, by API group: it gives them a namespace, and the
API server takes it away.

Source:
    kubectl api-resources --namespaced=false of Kubernetes 1.37
"""
_KINDS = {
    *((split_api_version(version)[0], kind) for version, kind in CLUSTER_SCOPED),
    *((group, kind) for group, kinds in _NEWER.items() for kind in kinds.split()),
}


def is_cluster_scoped(body: Body) -> bool:
    """Whether a manifest is cluster-scoped; a custom resource only where it is known to be."""
    return (split_api_version(body["apiVersion"])[0], body["kind"]) in _KINDS
