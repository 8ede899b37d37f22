"""
What Kubernetes refuses beyond the schemas, kind by kind: at an apply, or when it makes the pods.

Source:
    kubernetes v1.36 pkg/apis/{core,apps,batch,autoscaling,policy,networking,rbac}/validation
"""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.accepted import cluster, network, pods, workloads
from k8sgen.checks.accepted.fault import Fault, field, is_key
from k8sgen.kubernetes.manifest import POD_TEMPLATES, Body

_ROOMS = (workloads.KINDS, network.KINDS, cluster.KINDS)


def faults(body: Body) -> Iterator[Fault]:
    """Return what Kubernetes would refuse in *body*."""
    for key in body["metadata"].get("annotations") or {}:
        if not is_key(key):
            yield Fault("metadata.annotations", f"{key!r} is not a name")
    for kinds in _ROOMS:
        if body["kind"] in kinds:
            yield from kinds[body["kind"]](body)
    where = POD_TEMPLATES.get(body["kind"], () if body["kind"] == "Pod" else None)
    if where is not None:
        path = ".".join((*where, "spec"))
        yield from (fault.under(path) for fault in pods.faults(field(body, path) or {}))
