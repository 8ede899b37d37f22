"""What the API server refuses in pods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from k8sgen.checks.accepted import containers, scheduling, volumes
from k8sgen.checks.accepted.fault import (
    SUBDOMAIN,
    Fault,
    Part,
    at,
    between,
    each,
    is_address,
    is_label,
    named,
    needs,
    unique,
)
from k8sgen.kubernetes.manifest import get


def faults(spec: Part) -> Iterator[Fault]:
    """Return what is refused in a pod's *spec*."""
    yield from needs("containers")(spec)
    yield from between(spec, "activeDeadlineSeconds", 1)
    for name in ("serviceAccountName", "priorityClassName", "nodeName"):
        yield from named(spec, name, SUBDOMAIN)
    for kind in ("initContainers", "containers"):
        yield from each(spec, kind, containers.container, partial(containers.in_pod, kind, spec))
    yield from each(spec, "volumes", volumes.volume)
    yield from each(spec, "tolerations", scheduling.toleration)
    yield from each(spec, "topologySpreadConstraints", scheduling.spread)
    yield from unique(spec, "topologySpreadConstraints", "topologyKey", "whenUnsatisfiable")
    yield from each(spec, "hostAliases", _alias)
    yield from at(spec, "affinity", scheduling.affinity)
    yield from at(spec, "securityContext", containers.identity)
    yield from _names(spec)
    for key, value in (spec.get("nodeSelector") or {}).items():
        if not is_label(key, value):
            yield Fault("nodeSelector", f"{key}={value} is not a label")


def _names(spec: Part) -> Iterator[Fault]:
    """Judge how names are looked up."""
    servers = get(spec, "dnsConfig", "nameservers", default=[])
    if spec.get("dnsPolicy") == "None" and not servers:
        yield Fault("dnsConfig.nameservers", "the dnsPolicy None needs one")
    if len(servers) > 3:
        yield Fault("dnsConfig.nameservers", "there are at most three")
    for server in servers:
        if not is_address(server):
            yield Fault("dnsConfig.nameservers", f"{server!r} is not an IP address")


def _alias(alias: Part) -> Iterator[Fault]:
    if not is_address(alias.get("ip")):
        yield Fault("ip", f"{alias.get('ip')!r} is not an IP address")
    for host in alias.get("hostnames") or ():
        if not SUBDOMAIN.fullmatch(str(host)):
            yield Fault("hostnames", f"{host!r} is not a host name")
