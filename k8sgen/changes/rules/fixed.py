"""Fields that the API server refuses to change: the resource must be deleted and made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path, parse, related, show, within
from k8sgen.changes.states import Case
from k8sgen.kubernetes.manifest import get
from k8sgen.kubernetes.quantity import parse_quantity

Body = Mapping[str, Any]


@attrs.frozen
class Fixed:
    """
    Fields of one kind that cannot change.

    Args:
        fields: Patterns of paths, divided by spaces.
        source: The file below `pkg/` and the function of Kubernetes that refuses.
        but: Patterns below *fields* that may change.
        when: Whether this holds, judged from both states.
    """

    kind: str
    fields: str
    source: str
    but: str = ""
    when: Callable[[Body, Body], bool] | None = None

    def holds(self, path: Path, before: Body, after: Body) -> bool:
        """Return whether a change of *path* is refused."""
        if any(within(path, parse(pattern)) for pattern in self.but.split()):
            return False
        fixed = any(related(path, parse(pattern)) for pattern in self.fields.split())
        return fixed and (self.when is None or self.when(before, after))


_APPS = "apis/apps/validation/validation.go"
_BATCH = "apis/batch/validation/validation.go"
_CORE = "apis/core/validation/validation.go"
_NODE = "apis/node/validation/validation.go"
_RBAC = "apis/rbac/validation/validation.go"
_STORAGE = "apis/storage/validation/validation.go"


def _is_immutable(before: Body, _: Body) -> bool:
    return before.get("immutable") is True


def _not_elastic(_: Body, after: Body) -> bool:
    """Whether the completions are not those of an indexed Job that follow its parallelism."""
    indexed = get(after, "spec", "completionMode") == "Indexed"
    return not indexed or get(after, "spec", "completions") != get(after, "spec", "parallelism")


def _runs(before: Body, _: Body) -> bool:
    return get(before, "spec", "suspend") is not True


def _size_shrinks(before: Body, after: Body) -> bool:
    sizes = [
        get(body, "spec", "resources", "requests", "storage", default="0")
        for body in (before, after)
    ]
    return bool(parse_quantity(sizes[1]) < parse_quantity(sizes[0]))


def _is_bound_to_nodes(before: Body, _: Body) -> bool:
    return get(before, "spec", "nodeAffinity") is not None


def _has_address(before: Body, after: Body) -> bool:
    """Return whether the API server gives the Service an address in both states."""
    return all(
        get(body, "spec", "type", default="ClusterIP") != "ExternalName" for body in (before, after)
    )


def _changes_family(before: Body, after: Body) -> bool:
    families = [get(body, "spec", "ipFamilies", default=[]) for body in (before, after)]
    return _has_address(before, after) and families[0][:1] != families[1][:1] != []


def _stays_balanced(before: Body, after: Body) -> bool:
    return all(get(body, "spec", "type") == "LoadBalancer" for body in (before, after))


FIXED: Sequence[Fixed] = (
    Fixed("Deployment", "spec.selector", f"{_APPS} ValidateDeploymentUpdate"),
    Fixed("DaemonSet", "spec.selector", f"{_APPS} ValidateDaemonSetSpecUpdate"),
    Fixed("ReplicaSet", "spec.selector", f"{_APPS} ValidateReplicaSetUpdate"),
    Fixed(
        "StatefulSet",
        "spec",
        f"{_APPS} ValidateStatefulSetUpdate",
        but="spec.replicas spec.ordinals spec.template spec.updateStrategy spec.minReadySeconds"
        " spec.revisionHistoryLimit spec.persistentVolumeClaimRetentionPolicy",
    ),
    Fixed(
        "Job",
        "spec.selector spec.completionMode spec.podFailurePolicy spec.backoffLimitPerIndex"
        " spec.managedBy spec.successPolicy",
        f"{_BATCH} ValidateJobSpecUpdate",
    ),
    Fixed("Job", "spec.template", f"{_BATCH} validatePodTemplateUpdate", when=_runs),
    Fixed("Job", "spec.completions", f"{_BATCH} validateCompletions", when=_not_elastic),
    Fixed(
        "ConfigMap",
        "data binaryData immutable",
        f"{_CORE} ValidateConfigMapUpdate",
        when=_is_immutable,
    ),
    Fixed(
        "Secret", "data stringData immutable", f"{_CORE} ValidateSecretUpdate", when=_is_immutable
    ),
    Fixed("Secret", "type", f"{_CORE} ValidateSecretUpdate"),
    Fixed(
        "Service",
        "spec.clusterIP spec.clusterIPs",
        f"{_CORE} validateUpgradeDowngradeClusterIPs",
        when=_has_address,
    ),
    Fixed(
        "Service",
        "spec.ipFamilies",
        f"{_CORE} validateUpgradeDowngradeIPFamilies",
        when=_changes_family,
    ),
    Fixed(
        "Service",
        "spec.loadBalancerClass",
        f"{_CORE} validateLoadBalancerClassField",
        when=_stays_balanced,
    ),
    Fixed(
        "PersistentVolumeClaim",
        "spec",
        f"{_CORE} ValidatePersistentVolumeClaimUpdate",
        but="spec.resources.requests.storage spec.volumeAttributesClassName",
    ),
    Fixed(
        "PersistentVolumeClaim",
        "spec.resources.requests.storage",
        f"{_CORE} ValidatePersistentVolumeClaimUpdate",
        when=_size_shrinks,
    ),
    Fixed(
        "PersistentVolume",
        "spec",
        f"{_CORE} ValidatePersistentVolumeUpdate",
        but="spec.capacity spec.accessModes spec.claimRef spec.persistentVolumeReclaimPolicy"
        " spec.storageClassName spec.mountOptions spec.nodeAffinity spec.volumeAttributesClassName",
    ),
    Fixed(
        "PersistentVolume",
        "spec.nodeAffinity",
        f"{_CORE} ValidatePersistentVolumeUpdate",
        when=_is_bound_to_nodes,
    ),
    Fixed(
        "Pod",
        "spec",
        f"{_CORE} ValidatePodUpdate",
        but="spec.containers[].image spec.initContainers[].image spec.activeDeadlineSeconds"
        " spec.tolerations",
    ),
    Fixed("ResourceQuota", "spec.scopes", f"{_CORE} ValidateResourceQuotaUpdate"),
    Fixed("RoleBinding", "roleRef", f"{_RBAC} ValidateRoleBindingUpdate"),
    Fixed("ClusterRoleBinding", "roleRef", f"{_RBAC} ValidateClusterRoleBindingUpdate"),
    Fixed(
        "StorageClass",
        "provisioner parameters reclaimPolicy volumeBindingMode",
        f"{_STORAGE} ValidateStorageClassUpdate",
    ),
    Fixed(
        "PriorityClass",
        "value preemptionPolicy",
        "apis/scheduling/validation/validation.go ValidatePriorityClassUpdate",
    ),
    Fixed(
        "IngressClass",
        "spec.controller",
        "apis/networking/validation/validation.go validateIngressClassSpecUpdate",
    ),
    Fixed("RuntimeClass", "handler", f"{_NODE} ValidateRuntimeClassUpdate"),
)
"""
What the API server refuses; every other field of these kinds may change, and so may every field of
PodDisruptionBudget, HorizontalPodAutoscaler, Ingress, NetworkPolicy, Role and CronJob.

Source:
    kubernetes v1.36.3, the function that each row names
"""


def fixed_fields(case: Case) -> Iterator[Verdict]:
    """Name the changed fields that the API server will refuse."""
    if not case.pair.states:
        return
    for field in case.fields:
        if refused(*case.pair.states, field.path):
            path = field.path[:2] if field.path[0] == "spec" else field.path[:1]
            reason = f"{show(path)} cannot change; {_advice(case.pair.kind)}"
            yield Verdict(Level.NEEDS_RECREATION, reason, path)


def refused(before: Body, after: Body, path: Path) -> Fixed | None:
    """Find the rule that keeps the field at *path* from changing."""
    for fixed in FIXED:
        if fixed.kind == after["kind"] and fixed.holds(path, before, after):
            return fixed
    return None


def _advice(kind: str) -> str:
    if kind == "StatefulSet":
        return "delete it with --cascade=orphan, then apply; its pods and claims stay"
    if kind == "Job":
        return "give the Job a new name, or delete it first"
    return f"delete the {kind} first"
