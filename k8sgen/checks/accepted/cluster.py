"""What the API server refuses in configuration, storage, roles and what else a namespace has."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterator
from typing import Any

from k8sgen.checks.accepted.fault import (
    KEY,
    LABEL_KEY,
    PATH_SEGMENT,
    SUBDOMAIN,
    Fault,
    at,
    between,
    each,
    named,
    needs,
    unique,
    word,
)
from k8sgen.kubernetes.demand import number
from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.quantity import parse_quantity

_MOST = 1024 * 1024
_HIGHEST = 1_000_000_000
_COMPUTE = r"cpu|memory|ephemeral-storage|hugepages-.+"
_EXTENDED = r"[a-z0-9.-]+/[A-Za-z0-9._-]+"
_OBJECTS = (
    r"pods|services(\.(loadbalancers|nodeports))?|replicationcontrollers|resourcequotas|secrets"
    r"|configmaps|persistentvolumeclaims"
)
_WHOLE = re.compile(rf"{_OBJECTS}|count/.+")
_COUNTED = re.compile(
    rf"{_OBJECTS}|((requests|limits)\.)?({_COMPUTE})|requests\.storage|(requests\.)?{_EXTENDED}"
)
_OF_POD = re.compile(rf"{_COMPUTE}|{_EXTENDED}")
_ANY = re.compile(rf"storage|{_COUNTED.pattern}")
_KINDS_OF_LIMIT = ("Container", "Pod", "PersistentVolumeClaim")
_BOUNDS = ("min", "defaultRequest", "default", "max", "maxLimitRequestRatio")
_LEVELS = ("privileged", "baseline", "restricted")
_POD_SECURITY = tuple(f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn"))
_RBAC = "rbac.authorization.k8s.io"


def _config(body: Body) -> Iterator[Fault]:
    yield from _keys(body)
    in_base64 = ("data",) if body["kind"] == "Secret" else ("binaryData",)
    size = 0
    for name in ("data", "binaryData"):
        for key, text in (body.get(name) or {}).items():
            content = _decoded(str(text)) if name in in_base64 else str(text).encode()
            size += len(content or b"")
            if content is None:
                yield Fault(f"{name}.{key}", "it is not base64")
    if size > _MOST:
        yield Fault("data", "it has more than a mebibyte")


def _keys(body: Body) -> Iterator[Fault]:
    for name in ("data", "binaryData", "stringData"):
        for key in body.get(name) or {}:
            if not KEY.fullmatch(str(key)):
                yield Fault(f"{name}.{key}", "a key has letters, digits, -, _ and .")
    for key in sorted({*(body.get("data") or {})} & {*(body.get("binaryData") or {})}):
        yield Fault(f"binaryData.{key}", "it is in data already")


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        return None


def _claim(body: Body) -> Iterator[Fault]:
    yield from needs("spec.accessModes", "spec.resources.requests.storage")(body)
    modes = get(body, "spec", "accessModes", default=[])
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield Fault("spec.accessModes", "ReadWriteOncePod is alone")
    if _is_zero(get(body, "spec", "resources", "requests", "storage")):
        yield Fault("spec.resources.requests.storage", "it is nothing")
    yield from named(body, "spec.storageClassName", SUBDOMAIN)


def _is_zero(amount: Any) -> bool:
    try:
        return amount is not None and parse_quantity(amount) == 0
    except ValueError:
        return False


def _claims(body: Body) -> Iterator[Fault]:
    """Judge the claims of a StatefulSet as claims of their own."""
    yield from each(body, "spec.volumeClaimTemplates", needs("metadata.name"), _claim)


def _role(body: Body) -> Iterator[Fault]:
    yield from each(body, "rules", needs("verbs"), _grant)
    for index, rule in enumerate(body.get("rules") or []):
        if body["kind"] == "Role" and rule.get("nonResourceURLs"):
            yield Fault(f"rules[{index}].nonResourceURLs", "only a ClusterRole has them")


def _grant(rule: Any) -> Iterator[Fault]:
    if rule.get("nonResourceURLs"):
        for name in ("apiGroups", "resources", "resourceNames"):
            if rule.get(name):
                yield Fault(name, "a rule about URLs has none")
    else:
        yield from needs("apiGroups", "resources")(rule)


def _binding(body: Body) -> Iterator[Fault]:
    yield from needs("roleRef")(body)
    yield from at(body, "roleRef", needs("kind", "name"), _reference)
    if body["kind"] == "ClusterRoleBinding" and get(body, "roleRef", "kind") == "Role":
        yield Fault("roleRef.kind", "a ClusterRoleBinding names a ClusterRole")
    yield from each(body, "subjects", needs("kind", "name"), _subject)
    if body["kind"] == "ClusterRoleBinding":
        yield from each(body, "subjects", _in_namespace)


def _reference(reference: Any) -> Iterator[Fault]:
    yield from word(reference, "kind", ("Role", "ClusterRole"))
    yield from word(reference, "apiGroup", ("", _RBAC))
    yield from named(reference, "name", PATH_SEGMENT)


def _subject(subject: Any) -> Iterator[Fault]:
    kind, group = subject.get("kind"), subject.get("apiGroup")
    yield from word(subject, "kind", ("ServiceAccount", "User", "Group"))
    if kind == "ServiceAccount":
        yield from named(subject, "name", SUBDOMAIN)
        if group:
            yield Fault("apiGroup", "a ServiceAccount has none")
    elif kind in ("User", "Group") and group not in (None, "", _RBAC):
        yield Fault("apiGroup", f"{group!r} has no {kind}")


def _in_namespace(subject: Any) -> Iterator[Fault]:
    if subject.get("kind") == "ServiceAccount":
        yield from needs("namespace")(subject)


def _quota(body: Body) -> Iterator[Fault]:
    for name, amount in get(body, "spec", "hard", default={}).items():
        if not (_COUNTED.fullmatch(str(name)) or _WHOLE.fullmatch(str(name))):
            yield Fault(f"spec.hard.{name}", "there is no such resource")
        if _WHOLE.fullmatch(str(name)) and number(amount) % 1:
            yield Fault(f"spec.hard.{name}", f"{amount} is not a whole number")


def _limits(body: Body) -> Iterator[Fault]:
    yield from each(body, "spec.limits", needs("type"), _limit)
    yield from unique(body, "spec.limits", "type")


def _limit(limit: Any) -> Iterator[Fault]:
    kind = limit.get("type")
    yield from named(limit, "type", LABEL_KEY)
    if "/" not in str(kind):
        yield from word(limit, "type", ("", *_KINDS_OF_LIMIT))
    yield from _bounds(limit, _OF_POD if kind in ("Container", "Pod") else _ANY)
    if kind == "Pod":
        for name in ("default", "defaultRequest"):
            if limit.get(name):
                yield Fault(name, "a Pod has none")
    if kind == "PersistentVolumeClaim" and not (
        get(limit, "min", "storage") or get(limit, "max", "storage")
    ):
        yield Fault("type", "a PersistentVolumeClaim needs a min or max of storage")


def _bounds(limit: Any, resources: re.Pattern[str]) -> Iterator[Fault]:
    for name in _BOUNDS:
        for unit in limit.get(name) or {}:
            if not resources.fullmatch(str(unit)):
                yield Fault(f"{name}.{unit}", "there is no such resource")
    for low, high in itertools.combinations(_BOUNDS[:4], 2):
        for unit, amount in (limit.get(low) or {}).items():
            most = get(limit, high, unit)
            if most is not None and number(amount) > number(most):
                yield Fault(f"{low}.{unit}", f"{amount} is more than the {high}, {most}")


def _namespace(body: Body) -> Iterator[Fault]:
    for key, text in (body["metadata"].get("labels") or {}).items():
        if key in _POD_SECURITY and text not in _LEVELS:
            yield Fault(f"metadata.labels.{key}", f"{text!r} is not one of {', '.join(_LEVELS)}")


def _priority(body: Body) -> Iterator[Fault]:
    if not str(body["metadata"]["name"]).startswith("system-"):
        yield from between(body, "value", -(2**31), _HIGHEST)
    else:
        yield Fault("metadata.name", "names that begin with system- are the system's")


KINDS = {
    "Namespace": _namespace,
    "ConfigMap": _config,
    "Secret": _config,
    "PersistentVolumeClaim": _claim,
    "StatefulSet": _claims,
    "Role": _role,
    "ClusterRole": _role,
    "RoleBinding": _binding,
    "ClusterRoleBinding": _binding,
    "ResourceQuota": _quota,
    "LimitRange": _limits,
    "PriorityClass": _priority,
}
