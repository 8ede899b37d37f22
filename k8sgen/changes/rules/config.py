"""What changed configuration files do to the pods that read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path
from k8sgen.changes.rules.rollout import replaced, rolls
from k8sgen.changes.states import Case, Pair, States
from k8sgen.kubernetes.manifest import containers, get, pod_template

_DATA = ("data", "binaryData", "stringData")
_VOLUME = {"ConfigMap": ("configMap", "name"), "Secret": ("secret", "secretName")}


def files(case: Case) -> Iterator[Verdict]:
    """Judge changed data of a ConfigMap or Secret by who reads it, and whether that rolls too."""
    if not case.pair.states or case.pair.kind not in _VOLUME:
        return
    paths = [(name,) for name in _DATA if case.touches(name)]
    found = ((reader, _reads(reader, case.pair)) for reader in case.states.workloads())
    readers = [(reader, how) for reader, how in found if how]
    for path in paths:
        for reader, how in readers:
            yield _verdict(reader, how, path, case.states)
        if not readers:
            yield Verdict(Level.NONE, "no pod here reads it", path)


def _verdict(reader: Pair, how: str, path: Path, states: States) -> Verdict:
    if reader.kind in ("Job", "CronJob"):
        return Verdict(Level.NONE, f"the next run of {reader.title} reads it", path)
    if rolls(reader):
        found = replaced(reader, states)
        return Verdict(found.level, f"{reader.title} reads it and rolls: {found.reason}", path)
    if how == "volume":
        reason = f"the files change under the running pods of {reader.title}, which do not roll"
        return Verdict(Level.MAY_INTERRUPT, reason, path)
    reason = f"{reader.title} reads it once at its start and does not roll: restart it"
    return Verdict(Level.NONE, reason, path)


def _reads(reader: Pair, source: Pair) -> str:
    """Return how the pods of *reader* read *source*: as a volume, once at their start, or not."""
    if reader.after is None or reader.namespace != source.namespace:
        return ""
    pod = pod_template(reader.after)
    mounts = _volumes(get(pod, "spec", "volumes", default=[]), source)
    once = False
    for _, container in containers(pod):
        for mount in container.get("volumeMounts") or ():
            if mount["name"] in mounts and "subPath" not in mount:
                return "volume"
            once = once or mount["name"] in mounts
        once = once or source.name in _variables(container, source.kind)
    return "start" if once else ""


def _volumes(volumes: Sequence[Mapping[str, Any]], source: Pair) -> set[str]:
    field, name = _VOLUME[source.kind]
    found = set()
    for volume in volumes:
        projected = get(volume, "projected", "sources", default=[])
        names = {get(volume, field, name), *(get(p, field, "name") for p in projected)}
        if source.name in names:
            found.add(volume["name"])
    return found


def _variables(container: Mapping[str, Any], kind: str) -> set[str]:
    source, key = {"ConfigMap": ("configMapRef", "configMapKeyRef")}.get(
        kind, ("secretRef", "secretKeyRef")
    )
    whole = (get(each, source, "name") for each in container.get("envFrom") or ())
    single = (get(each, "valueFrom", key, "name") for each in container.get("env") or ())
    return {name for name in (*whole, *single) if name}
