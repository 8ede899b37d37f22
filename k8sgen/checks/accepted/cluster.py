"""What the API server refuses in configuration, storage, roles and what else a namespace has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from k8sgen.checks.accepted.fault import SUBDOMAIN, Fault, at, between, each, needs, word
from k8sgen.kubernetes.demand import number
from k8sgen.kubernetes.manifest import Body, get

_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_MOST = 1024 * 1024
_HIGHEST = 1_000_000_000
_COUNTED = re.compile(
    r"((requests|limits)\.)?(cpu|memory|ephemeral-storage|storage)|requests\..+|limits\..+"
    r"|pods|services(\.(loadbalancers|nodeports))?|replicationcontrollers|resourcequotas|secrets"
    r"|configmaps|persistentvolumeclaims|count/.+|hugepages-.+|.+\..+/.+"
)

_WHOLE = re.compile(
    r"pods|services(\..+)?|replicationcontrollers|resourcequotas|secrets|configmaps|count/.+"
    r"|persistentvolumeclaims"
)


def _config(body: Body) -> Iterator[Fault]:
    size = 0
    for field in ("data", "binaryData"):
        for key, text in (body.get(field) or {}).items():
            size += len(str(text).encode())
            if not _KEY.fullmatch(str(key)) or key == "." or str(key).startswith(".."):
                yield Fault(f"{field}.{key}", "a key has letters, digits, -, _ and .")
    for key in sorted({*(body.get("data") or {})} & {*(body.get("binaryData") or {})}):
        yield Fault(f"binaryData.{key}", "it is in data already")
    if size > _MOST:
        yield Fault("data", "it has more than a mebibyte")


def _claim(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", needs("accessModes"))
    yield from at(body, "spec.resources.requests", needs("storage"))
    if get(body, "spec", "resources", "requests") is None:
        yield Fault("spec.resources.requests", "it needs storage")
    modes = get(body, "spec", "accessModes", default=[])
    for mode in modes:
        if mode not in _MODES:
            yield Fault("spec.accessModes", f"{mode!r} is not one of {', '.join(_MODES)}")
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield Fault("spec.accessModes", "ReadWriteOncePod is alone")
    yield from at(body, "spec", lambda spec: word(spec, "volumeMode", ("Block", "Filesystem")))
    size = get(body, "spec", "resources", "requests", "storage")
    if size is not None and number(size) <= 0:
        yield Fault("spec.resources.requests.storage", f"{size} is not more than zero")
    storage = get(body, "spec", "storageClassName")
    if storage and not SUBDOMAIN.fullmatch(str(storage)):
        yield Fault("spec.storageClassName", f"{storage!r} is not a name")


def _claims(body: Body) -> Iterator[Fault]:
    """Judge the claims of a StatefulSet as claims of their own."""
    for index, template in enumerate(get(body, "spec", "volumeClaimTemplates", default=[])):
        where = f"spec.volumeClaimTemplates[{index}]"
        yield from (fault.under(where) for fault in _claim(template))


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


def _reference(reference: Any) -> Iterator[Fault]:
    yield from word(reference, "kind", ("Role", "ClusterRole"))
    yield from word(reference, "apiGroup", ("rbac.authorization.k8s.io",))


def _subject(subject: Any) -> Iterator[Fault]:
    kind, group = subject.get("kind"), subject.get("apiGroup")
    yield from word(subject, "kind", ("ServiceAccount", "User", "Group"))
    if kind == "ServiceAccount" and group:
        yield Fault("apiGroup", "a ServiceAccount has none")
    elif kind in ("User", "Group") and group not in (None, "rbac.authorization.k8s.io"):
        yield Fault("apiGroup", f"{group!r} has no {kind}")


def _quota(body: Body) -> Iterator[Fault]:
    for name, amount in get(body, "spec", "hard", default={}).items():
        if not _COUNTED.fullmatch(str(name)):
            yield Fault(f"spec.hard.{name}", "there is no such resource")
        if _WHOLE.fullmatch(str(name)) and number(amount) % 1:
            yield Fault(f"spec.hard.{name}", f"{amount} is not a whole number")


def _limits(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec", lambda spec: each(spec, "limits", needs("type"), _limit))


def _limit(limit: Any) -> Iterator[Fault]:
    order = ("min", "defaultRequest", "default", "max")
    for low, high in ((a, b) for n, a in enumerate(order) for b in order[n + 1 :]):
        for unit, amount in (limit.get(low) or {}).items():
            most = get(limit, high, unit)
            if most is not None and number(amount) > number(most):
                yield Fault(f"{low}.{unit}", f"{amount} is more than the {high}, {most}")
    if limit.get("type") == "PersistentVolumeClaim" and not (
        get(limit, "min", "storage") or get(limit, "max", "storage")
    ):
        yield Fault("type", "a PersistentVolumeClaim needs a min or max of storage")


def _priority(body: Body) -> Iterator[Fault]:
    if not str(body["metadata"]["name"]).startswith("system-"):
        yield from between(body, "value", -(2**31), _HIGHEST)
    else:
        yield Fault("metadata.name", "names that begin with system- are the system's")
    yield from word(body, "preemptionPolicy", ("PreemptLowerPriority", "Never"))


KINDS = {
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
