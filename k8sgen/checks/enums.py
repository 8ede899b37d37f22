"""The fields that allow only some words, which the OpenAPI schemas take for any string."""

from __future__ import annotations

from collections.abc import Mapping

_PROTOCOLS = frozenset(("TCP", "UDP", "SCTP"))

ENUMS: Mapping[str, frozenset[str]] = {
    "imagePullPolicy": frozenset(("Always", "IfNotPresent", "Never")),
    "protocol": _PROTOCOLS,
    "restartPolicy": frozenset(("Always", "OnFailure", "Never")),
    "dnsPolicy": frozenset(("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")),
    "concurrencyPolicy": frozenset(("Allow", "Forbid", "Replace")),
    "pathType": frozenset(("Exact", "Prefix", "ImplementationSpecific")),
    "whenUnsatisfiable": frozenset(("DoNotSchedule", "ScheduleAnyway")),
    "fsGroupChangePolicy": frozenset(("OnRootMismatch", "Always")),
    "unhealthyPodEvictionPolicy": frozenset(("IfHealthyBudget", "AlwaysAllow")),
    "whenDeleted": frozenset(("Retain", "Delete")),
    "whenScaled": frozenset(("Retain", "Delete")),
    "podManagementPolicy": frozenset(("OrderedReady", "Parallel")),
    "terminationMessagePolicy": frozenset(("File", "FallbackToLogsOnError")),
    "sessionAffinity": frozenset(("None", "ClientIP")),
    "internalTrafficPolicy": frozenset(("Cluster", "Local")),
    "externalTrafficPolicy": frozenset(("Cluster", "Local")),
    "completionMode": frozenset(("NonIndexed", "Indexed")),
    "preemptionPolicy": frozenset(("PreemptLowerPriority", "Never")),
    "reclaimPolicy": frozenset(("Delete", "Retain")),
    "volumeBindingMode": frozenset(("Immediate", "WaitForFirstConsumer")),
    "volumeMode": frozenset(("Filesystem", "Block")),
    "medium": frozenset(("", "Memory", "HugePages", "HugePages-2Mi", "HugePages-1Gi")),
}
"""
Allowed values by the name of the field, anywhere in one of Kubernetes' own kinds.

Source:
    the `+enum` types of kubernetes/staging/src/k8s.io/api/{core,apps,batch,networking,policy}
"""

ENUMS_AT: Mapping[tuple[str, str], frozenset[str]] = {
    ("Service", "spec.type"): frozenset(("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")),
    ("Deployment", "spec.strategy.type"): frozenset(("Recreate", "RollingUpdate")),
    ("StatefulSet", "spec.updateStrategy.type"): frozenset(("OnDelete", "RollingUpdate")),
    ("DaemonSet", "spec.updateStrategy.type"): frozenset(("OnDelete", "RollingUpdate")),
    ("LimitRange", "spec.limits[].type"): frozenset(("Container", "Pod", "PersistentVolumeClaim")),
    ("NetworkPolicy", "spec.policyTypes[]"): frozenset(("Ingress", "Egress")),
    ("PersistentVolumeClaim", "spec.accessModes[]"): frozenset(
        ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
    ),
    ("StatefulSet", "spec.volumeClaimTemplates[].spec.accessModes[]"): frozenset(
        ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
    ),
    ("HorizontalPodAutoscaler", "spec.metrics[].type"): frozenset(
        ("Resource", "ContainerResource", "Pods", "Object", "External")
    ),
    ("HorizontalPodAutoscaler", "spec.metrics[].resource.target.type"): frozenset(
        ("Utilization", "AverageValue", "Value")
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
