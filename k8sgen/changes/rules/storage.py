"""What happens to data: claims, their templates, retention, and what pods mount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path
from k8sgen.changes.states import Case, Pair, States
from k8sgen.kubernetes.manifest import containers, get, pod_template
from k8sgen.kubernetes.quantity import parse_quantity

_TEMPLATES: Path = ("spec", "volumeClaimTemplates")
_RETENTION: Path = ("spec", "persistentVolumeClaimRetentionPolicy")


def claims(case: Case) -> Iterator[Verdict]:
    """Judge a change of claims, claim templates, and of what keeps volumes."""
    if not case.pair.states:
        return
    before, after = case.pair.states
    if case.pair.kind == "PersistentVolumeClaim":
        yield from _claim(before, after, ("spec",))
    elif case.pair.kind == "StatefulSet":
        yield from _templates(before, after)
        yield from _retention(case.pair, case.states)
    elif case.pair.kind in ("PersistentVolume", "StorageClass"):
        yield from _reclaim(before, after)


def _claim(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Verdict]:
    old, new = (get(body, "spec", "resources", "requests", "storage") for body in (before, after))
    if old and new and parse_quantity(new) < parse_quantity(old):
        reason = f"a volume cannot shrink ({old} to {new}): a smaller one is a new, empty one"
        yield Verdict(Level.LOSES_DATA, reason, (*path, "resources"))
    for name in ("storageClassName", "volumeMode", "volumeName", "selector", "dataSource"):
        if get(before, "spec", name) != get(after, "spec", name):
            reason = f"a volume cannot change its {name}: the data stays behind in the old one"
            yield Verdict(Level.LOSES_DATA, reason, (*path, name))


def _templates(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Verdict]:
    new = {t["metadata"]["name"]: t for t in get(after, "spec", "volumeClaimTemplates", default=[])}
    for claim in get(before, "spec", "volumeClaimTemplates", default=[]):
        name = claim["metadata"]["name"]
        path = (*_TEMPLATES, f"[{name}]")
        if name in new:
            yield from _claim(claim, new[name], (*path, "spec"))
        else:
            yield Verdict(Level.LOSES_DATA, f"pods no longer have the data of {name!r}", path)


def _retention(pair: Pair, states: States) -> Iterator[Verdict]:
    policies = ("whenDeleted", "whenScaled")
    for name in policies:
        old, new = (
            get(body, *_RETENTION, name, default="Retain") for body in (pair.before, pair.after)
        )
        if old == "Retain" and new == "Delete":
            yield Verdict(Level.LOSES_DATA, f"claims are deleted {name}", (*_RETENTION, name))
    count, before = states.replicas(pair), states.replicas(pair, after=False)
    scaled = get(
        pair.after, "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled", default="Retain"
    )
    if count < before and scaled == "Delete" and get(pair.after, "spec", "volumeClaimTemplates"):
        reason = f"the claims of {before - count} pods are deleted (whenScaled: Delete)"
        yield Verdict(Level.LOSES_DATA, reason, ("spec", "replicas"))


def _reclaim(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Verdict]:
    for path in (("spec", "persistentVolumeReclaimPolicy"), ("reclaimPolicy",)):
        old, new = (get(body, *path) for body in (before, after))
        if old == "Retain" and new != "Retain":
            yield Verdict(Level.LOSES_DATA, "volumes are deleted with their claims", path)


def mounted(case: Case) -> Iterator[Verdict]:
    """Judge a workload whose containers no longer see a persistent volume where they did."""
    if not case.pair.states:
        return
    old, new = (_mounts(body) for body in case.pair.states)
    for (container, path), volume in old.items():
        if new.get((container, path)) != volume:
            reason = f"container {container} no longer finds the data of {volume} at {path}"
            yield Verdict(Level.LOSES_DATA, reason, ("spec", "template", "spec"))


def _mounts(body: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return what persists, by container and path."""
    pod = pod_template(dict(body))
    volumes = get(pod, "spec", "volumes", default=[])
    lasting = {
        v["name"]: f"claim {v['persistentVolumeClaim'].get('claimName')}"
        for v in volumes
        if "persistentVolumeClaim" in v
    }
    for claim in get(body, "spec", "volumeClaimTemplates", default=[]):
        lasting[claim["metadata"]["name"]] = f"claim template {claim['metadata']['name']}"
    return {
        (container["name"], mount["mountPath"]): lasting[mount["name"]]
        for _, container in containers(pod)
        for mount in container.get("volumeMounts") or ()
        if mount["name"] in lasting
    }
