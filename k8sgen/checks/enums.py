"""The fields that allow only some words, which the OpenAPI schemas take for any string."""

from __future__ import annotations

from collections.abc import Mapping

_UNSET = ""
"""Where it is allowed, the API server takes it for the default."""

ENUMS: Mapping[str, frozenset[str]] = {
    "imagePullPolicy": frozenset((_UNSET, "Always", "IfNotPresent", "Never")),
    "protocol": frozenset((_UNSET, "TCP", "UDP", "SCTP")),
    "restartPolicy": frozenset((_UNSET, "Always", "OnFailure", "Never")),
    "dnsPolicy": frozenset((_UNSET, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")),
    "concurrencyPolicy": frozenset((_UNSET, "Allow", "Forbid", "Replace")),
    "pathType": frozenset(("Exact", "Prefix", "ImplementationSpecific")),
    "whenUnsatisfiable": frozenset(("DoNotSchedule", "ScheduleAnyway")),
    "fsGroupChangePolicy": frozenset(("OnRootMismatch", "Always")),
    "unhealthyPodEvictionPolicy": frozenset(("IfHealthyBudget", "AlwaysAllow")),
    "whenDeleted": frozenset((_UNSET, "Retain", "Delete")),
    "whenScaled": frozenset((_UNSET, "Retain", "Delete")),
    "podManagementPolicy": frozenset((_UNSET, "OrderedReady", "Parallel")),
    "terminationMessagePolicy": frozenset((_UNSET, "File", "FallbackToLogsOnError")),
    "sessionAffinity": frozenset((_UNSET, "None", "ClientIP")),
    "internalTrafficPolicy": frozenset(("Cluster", "Local")),
    "externalTrafficPolicy": frozenset((_UNSET, "Cluster", "Local")),
    "completionMode": frozenset(("NonIndexed", "Indexed")),
    "preemptionPolicy": frozenset(("PreemptLowerPriority", "Never")),
    "reclaimPolicy": frozenset(("Delete", "Retain")),
    "volumeBindingMode": frozenset(("Immediate", "WaitForFirstConsumer")),
    "volumeMode": frozenset(("Filesystem", "Block")),
    "medium": frozenset((_UNSET, "Memory", "HugePages", "HugePages-2Mi", "HugePages-1Gi")),
}
"""
Allowed values by the name of the field, anywhere in one of Kubernetes' own kinds.

Source:
    the `+enum` types of kubernetes/staging/src/k8s.io/api/{core,apps,batch,networking,policy}
"""

ENUMS_AT: Mapping[tuple[str, str], frozenset[str]] = {
    ("Service", "spec.type"): frozenset(
        (_UNSET, "ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
    ),
    ("Deployment", "spec.strategy.type"): frozenset((_UNSET, "Recreate", "RollingUpdate")),
    ("StatefulSet", "spec.updateStrategy.type"): frozenset((_UNSET, "OnDelete", "RollingUpdate")),
    ("DaemonSet", "spec.updateStrategy.type"): frozenset((_UNSET, "OnDelete", "RollingUpdate")),
    ("NetworkPolicy", "spec.ingress[].ports[].protocol"): frozenset(("TCP", "UDP", "SCTP")),
    ("NetworkPolicy", "spec.egress[].ports[].protocol"): frozenset(("TCP", "UDP", "SCTP")),
    ("NetworkPolicy", "spec.policyTypes[]"): frozenset(("Ingress", "Egress")),
    ("PersistentVolumeClaim", "spec.accessModes[]"): frozenset(
        ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
    ),
    ("StatefulSet", "spec.volumeClaimTemplates[].spec.accessModes[]"): frozenset(
        ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
    ),
}
"""The same for fields whose name means something else elsewhere."""

RESTART: Mapping[str, frozenset[str]] = {
    "Deployment": frozenset(("Always",)),
    "StatefulSet": frozenset(("Always",)),
    "DaemonSet": frozenset(("Always",)),
    "Job": frozenset(("OnFailure", "Never")),
    "CronJob": frozenset(("OnFailure", "Never")),
}
"""The restart policies that each workload kind allows its pods; unset is `Always`."""
