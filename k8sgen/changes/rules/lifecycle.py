"""What follows when a resource is added or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.states import Case, Pair
from k8sgen.kubernetes.manifest import POD_TEMPLATES, get

_GONE: Mapping[str, tuple[Level, str]] = {
    "Namespace": (Level.LOSES_DATA, "everything in the namespace goes with it"),
    "CustomResourceDefinition": (Level.LOSES_DATA, "every resource of this type goes with it"),
    "PersistentVolumeClaim": (
        Level.LOSES_DATA,
        "the volume goes with the claim, unless its reclaim policy is Retain",
    ),
    "PersistentVolume": (Level.LOSES_DATA, "the cluster no longer knows where the data is"),
    "Service": (Level.MAY_INTERRUPT, "its name no longer resolves"),
    "Ingress": (Level.MAY_INTERRUPT, "its hosts are no longer reachable from outside"),
    "ConfigMap": (Level.MAY_INTERRUPT, "pods that still refer to it cannot start"),
    "Secret": (Level.MAY_INTERRUPT, "pods that still refer to it cannot start"),
    "ServiceAccount": (Level.MAY_INTERRUPT, "pods that still refer to it cannot start"),
    "Role": (Level.MAY_INTERRUPT, "its holders lose these permissions"),
    "ClusterRole": (Level.MAY_INTERRUPT, "its holders lose these permissions"),
    "RoleBinding": (Level.MAY_INTERRUPT, "its subjects lose their permissions"),
    "ClusterRoleBinding": (Level.MAY_INTERRUPT, "its subjects lose their permissions"),
    "PodDisruptionBudget": (Level.MAY_INTERRUPT, "a drain may stop all pods at once"),
    "HorizontalPodAutoscaler": (Level.MAY_INTERRUPT, "the replicas no longer follow the load"),
    "PriorityClass": (Level.MAY_INTERRUPT, "pods that still refer to it cannot start"),
    "Certificate": (Level.MAY_INTERRUPT, "the certificate is no longer renewed"),
    "CronJob": (Level.MAY_INTERRUPT, "the work is no longer done"),
}
"""Kind to what its removal does; RBAC, policies and pods are judged further by their own rules."""


def comes_and_goes(case: Case) -> Iterator[Verdict]:
    """Judge the removal of a resource."""
    if case.pair.after is not None or case.pair.before is None:
        return
    if case.pair.kind == "StatefulSet":
        yield _set_goes(case.pair)
    elif case.pair.kind in _GONE:
        yield Verdict(*_GONE[case.pair.kind])
    elif case.pair.kind in POD_TEMPLATES and case.pair.kind != "Job":
        yield Verdict(Level.MAY_INTERRUPT, "its pods stop")


def _set_goes(pair: Pair) -> Verdict:
    policy = get(
        pair.before, "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted", default="Retain"
    )
    if not get(pair.before, "spec", "volumeClaimTemplates"):
        return Verdict(Level.MAY_INTERRUPT, "its pods stop")
    if policy == "Delete":
        reason = "its claims go with it (whenDeleted: Delete)"
        return Verdict(Level.LOSES_DATA, reason)
    return Verdict(Level.MAY_INTERRUPT, "its pods stop; its claims stay (whenDeleted: Retain)")
