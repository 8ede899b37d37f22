"""
What the API server refuses beyond the schemas, kind by kind.

Source:
    kubernetes v1.36 pkg/apis/{core,apps,batch,autoscaling,policy,networking,rbac}/validation
"""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.accepted import cluster, network, pods, workloads
from k8sgen.checks.accepted.fault import Fault, at
from k8sgen.kubernetes.manifest import POD_TEMPLATES, Body

_ROOMS = (workloads.KINDS, network.KINDS, cluster.KINDS)


def faults(body: Body) -> Iterator[Fault]:
    """Return what the API server would refuse in *body*."""
    for kinds in _ROOMS:
        if body["kind"] in kinds:
            yield from kinds[body["kind"]](body)
    where = POD_TEMPLATES.get(body["kind"], () if body["kind"] == "Pod" else None)
    if where is not None:
        yield from at(body, ".".join((*where, "spec")), pods.faults)
