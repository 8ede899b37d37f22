"""What widens access: permissions, privileges, and ways in from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path
from k8sgen.changes.rules.privileges import privileges
from k8sgen.changes.rules.wire import hosts
from k8sgen.changes.states import Case
from k8sgen.kubernetes.edges import contains
from k8sgen.kubernetes.manifest import get
from k8sgen.kubernetes.public_paths import WAYS_IN

Powers = dict[str, Path]
Body = Mapping[str, Any]

_PSA = "pod-security.kubernetes.io/enforce"
_PSA_LEVELS = ("restricted", "baseline", "privileged")
_AUTHENTICATION = re.compile(r"(^|[-.])(auth|jwt|oidc|oauth2?)([-.]|$)")
"""`auth-url`, `auth-tls-verify-client`, `basic-auth-secret`, `jwt-key`, `auth-type`, …"""
_MIDDLEWARES = ("router.middlewares", "policies")
_OFF = {"none", "off", "false", "optional", "optional_no_ca"}
_ASKING_FILTERS = ("ExtensionRef", "ExternalAuth")
_ALLOW_LISTS = ("whitelist-source-range", "allowlist-source-range")


def powers(case: Case) -> Iterator[Verdict]:
    """Name what a resource opens now that it did not open before."""
    if case.pair.after is None:
        return
    before = _powers(case.pair.before) if case.pair.before else {}
    for reason, path in _powers(case.pair.after).items():
        if reason not in before:
            yield Verdict(Level.WIDENS_ACCESS, reason, path)
    if case.pair.states:
        yield from _loosened(*case.pair.states)


def _powers(body: Body) -> Powers:
    kind = body["kind"]
    if kind == "Service":
        return _exposure(body)
    if kind in WAYS_IN:
        reasons = (f"{where} is reachable from outside" for where in sorted(hosts(body)))
        return dict.fromkeys(reasons, ("spec", "rules"))
    if kind in ("RoleBinding", "ClusterRoleBinding"):
        return _subjects(body)
    if kind == "ServiceAccount":
        token = body.get("automountServiceAccountToken", True)
        reason = "its pods get a token for the Kubernetes API"
        return {reason: ("automountServiceAccountToken",)} if token else {}
    return privileges(body)


def _exposure(body: Body) -> Powers:
    found: Powers = {}
    kind = get(body, "spec", "type", default="ClusterIP")
    if kind in ("NodePort", "LoadBalancer"):
        found[f"it is reachable from outside the cluster (type {kind})"] = ("spec", "type")
    for address in get(body, "spec", "externalIPs", default=[]):
        found[f"it is reachable at {address}"] = ("spec", "externalIPs")
    return found


def _subjects(body: Body) -> Powers:
    role = get(body, "roleRef", default={})
    right = f"{role.get('kind')}/{role.get('name')}"
    found: Powers = {}
    for subject in body.get("subjects") or ():
        place = f" of {subject['namespace']}" if subject.get("namespace") else ""
        found[f"{subject['kind']} {subject['name']}{place} gets {right}"] = ("subjects",)
    return found


def _loosened(before: Body, after: Body) -> Iterator[Verdict]:
    """Judge what opens because a restriction goes."""
    kind = after["kind"]
    if kind == "Namespace":
        old, new = (_enforced(body) for body in (before, after))
        if _PSA_LEVELS.index(new) > _PSA_LEVELS.index(old):
            reason = f"Pod Security admits {new} instead of {old} pods"
            yield Verdict(Level.WIDENS_ACCESS, reason, ("metadata", "labels", _PSA))
    elif kind == "Ingress":
        old_tls, new_tls = (_encrypted(body) for body in (before, after))
        served = {where.partition("/")[0] for where in hosts(after)}
        for host in sorted((old_tls - new_tls) & served):
            yield Verdict(Level.WIDENS_ACCESS, f"{host} loses TLS", ("spec", "tls"))
        yield from _allow_lists(before, after)
        yield from _unasked(before, after)
    elif kind == "HTTPRoute":
        yield from _unfiltered(before, after)
    elif kind == "Service" and get(after, "spec", "type") == "LoadBalancer":
        ranges = (
            get(body, "spec", "loadBalancerSourceRanges", default=[]) for body in (before, after)
        )
        for source in _let_in(*ranges):
            reason = f"the load balancer lets in {source}"
            yield Verdict(Level.WIDENS_ACCESS, reason, ("spec", "loadBalancerSourceRanges"))


def _enforced(body: Body) -> str:
    level = get(body, "metadata", "labels", default={}).get(_PSA, "privileged")
    return level if level in _PSA_LEVELS else "privileged"


def _encrypted(body: Body) -> set[str]:
    return {
        host for entry in get(body, "spec", "tls", default=[]) for host in entry.get("hosts") or ()
    }


def _allow_lists(before: Body, after: Body) -> Iterator[Verdict]:
    old, new = (get(body, "metadata", "annotations", default={}) for body in (before, after))
    for name in old:
        if name.rpartition("/")[2] in _ALLOW_LISTS:
            lists = (sorted(_words(notes.get(name, ""))) for notes in (old, new))
            for source in _let_in(*lists):
                reason = f"the ingress controller lets in {source}"
                yield Verdict(Level.WIDENS_ACCESS, reason, ("metadata", "annotations", name))


def _unasked(before: Body, after: Body) -> Iterator[Verdict]:
    """Name the annotations of ingress controllers that asked who calls, and no longer do."""
    old, new = (get(body, "metadata", "annotations", default={}) for body in (before, after))
    for name, value in old.items():
        short = name.rpartition("/")[2]
        left = _words(new.get(name, ""))
        if _AUTHENTICATION.search(short) and _words(value) and not left - _OFF:
            reason = f"the ingress controller no longer acts on {name}, which asks who calls"
        elif short in _MIDDLEWARES and (gone := _words(value) - left):
            reason = f"requests no longer pass {' and '.join(sorted(gone))}"
        else:
            continue
        if _words(value) - _OFF:
            yield Verdict(Level.WIDENS_ACCESS, reason, ("metadata", "annotations", name))


def _words(value: str) -> set[str]:
    return set(re.findall(r"[^,\s]+", value))


def _unfiltered(before: Body, after: Body) -> Iterator[Verdict]:
    """Name the filters of a route that may have asked who calls, and are gone."""
    old, new = ({_filter(each) for each in _filters(body)} for body in (before, after))
    for name in sorted(old - new):
        reason = f"requests no longer pass the filter {name}"
        yield Verdict(Level.WIDENS_ACCESS, reason, ("spec", "rules"))


def _filters(body: Body) -> Iterator[Body]:
    for rule in get(body, "spec", "rules", default=[]):
        for each in (rule, *(rule.get("backendRefs") or ())):
            yield from (f for f in each.get("filters") or () if f.get("type") in _ASKING_FILTERS)


def _filter(body: Body) -> str:
    reference = body.get("extensionRef") or {}
    kind, name = reference.get("kind", body.get("type")), reference.get("name", "")
    return f"{kind}/{name}".rstrip("/")


def _let_in(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the sources that a list of ranges newly allows; an empty list allows all."""
    if not old:
        return []
    return [each for each in new if not any(contains(range_, each) for range_ in old)] or (
        [] if new else ["everybody"]
    )


def roles(case: Case) -> Iterator[Verdict]:
    """Name the permissions of a role that no rule granted before."""
    if case.pair.kind not in ("Role", "ClusterRole") or case.pair.after is None:
        return
    before = list(_rights(case.pair.before))
    gained = [r for r in _rights(case.pair.after) if not any(_covers(old, r) for old in before)]
    for right in dict.fromkeys(_shown(right) for right in gained):
        yield Verdict(Level.WIDENS_ACCESS, f"it allows {right}", ("rules",))
    if case.pair.after.get("aggregationRule") and case.touches("aggregationRule"):
        reason = "it takes in the rules of other roles"
        yield Verdict(Level.WIDENS_ACCESS, reason, ("aggregationRule",))


Right = tuple[str, str, str, str]
"""The verb, API group, resource (or URL, without group) and name."""


def _rights(body: Body | None) -> Iterator[Right]:
    for rule in (body or {}).get("rules") or ():
        for verb in rule.get("verbs") or ():
            for url in rule.get("nonResourceURLs") or ():
                yield verb, "", url, ""
            for group in rule.get("apiGroups") or ():
                for resource in rule.get("resources") or ():
                    for name in rule.get("resourceNames") or ("*",):
                        yield verb, group, resource, name


def _covers(old: Right, new: Right) -> bool:
    return all(_matches(want, given) for want, given in zip(old, new, strict=True))


def _matches(want: str, given: str) -> bool:
    if want in ("*", given):
        return True
    if want.startswith("*/"):  # a subresource of everything
        return given.endswith(want[1:])
    return want.endswith("*") and given.startswith(want[:-1])  # a URL's prefix


def _shown(right: Right) -> str:
    verb, group, resource, name = right
    what = f"{resource}.{group}" if group else resource
    return f"{verb} on {what}" + (f" {name}" if name not in ("", "*") else "")
