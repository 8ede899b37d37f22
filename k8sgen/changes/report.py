"""Changes as plain data, for programs."""

from __future__ import annotations

from typing import Any

from k8sgen.changes.compare import Change, Changes
from k8sgen.changes.fields import Field
from k8sgen.changes.level import Level
from k8sgen.changes.path import show
from k8sgen.kustomize.build.merge import MISSING


def report(changes: Changes) -> dict[str, Any]:
    """Return the changes of one environment; a missing value has no key."""
    counts = changes.counts()
    return {
        "name": changes.name,
        "level": changes.level.slug,
        "counts": {level.slug: counts[level] for level in sorted(Level, reverse=True)},
        "unread": list(changes.unread),
        "everywhere": [{**_field(f), "resources": n} for f, n in changes.everywhere],
        "resources": [_resource(change) for change in changes.resources],
    }


def _resource(change: Change) -> dict[str, Any]:
    pair = change.pair
    return {
        "service": pair.service,
        "apiVersion": pair.body["apiVersion"],
        "kind": pair.kind,
        "namespace": pair.namespace,
        "name": pair.name,
        "change": change.word,
        "level": change.level.slug,
        "consequences": [
            {"level": v.level.slug, "reason": v.reason, "field": show(v.path)}
            for v in change.verdicts
        ],
        "fields": [_field(field) for field in change.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"field": show(field.path)}
    if field.before is not MISSING:
        found["before"] = field.before
    if field.after is not MISSING:
        found["after"] = field.after
    if field.lines:
        found["lines"] = list(field.lines)
    return {**found, "note": field.note} if field.note else found
