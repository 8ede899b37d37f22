"""The rules about who gets in: roles, certificates, and what is exposed."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.public_paths import WAYS_IN, public_paths

_MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares"
_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")


@rule("wildcard-role", fix="name the groups, resources and verbs that it needs")
def wildcard_roles(rendered: Rendered) -> Iterator[Issue]:
    """No role allows everything, and nobody is bound to cluster-admin."""
    for body in rendered.of("Role", "ClusterRole"):
        for each in body.get("rules") or []:
            for field in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
                if "*" in (each.get(field) or []):
                    yield Issue(body, f"{label(body)}: {field} has a wildcard")
    for body in rendered.of("RoleBinding", "ClusterRoleBinding"):
        if get(body, "roleRef", "name") == "cluster-admin":
            yield Issue(body, f"{label(body)}: binds to cluster-admin")


@rule("powerful-role", fix="name what it needs: resources, names, verbs; or waive it with a reason")
def powerful_roles(rendered: Rendered) -> Iterator[Issue]:
    """No role leads to every secret, to other pods, or to more rights; nobody unknown has one."""
    for body in rendered.of("Role", "ClusterRole"):
        for each in body.get("rules") or []:
            for power in _powers(each):
                yield Issue(body, f"{label(body)}: {power}")
    for body in rendered.of("RoleBinding", "ClusterRoleBinding"):
        for subject in body.get("subjects") or []:
            if subject.get("name") in _EVERYBODY:
                yield Issue(body, f"{label(body)}: {subject['name']} is everybody")


_EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated")
_READ = frozenset(("get", "list", "watch"))
_POWERS = (
    ("secrets", _READ, "it reads every Secret"),
    ("pods/exec", frozenset(("create", "get")), "it runs commands in every pod"),
    ("pods/attach", frozenset(("create", "get")), "it attaches to every pod"),
    ("pods/ephemeralcontainers", frozenset(("update", "patch")), "it adds containers to every pod"),
    ("pods/portforward", frozenset(("create", "get")), "it reaches every port of every pod"),
    ("serviceaccounts/token", frozenset(("create",)), "it makes tokens of every ServiceAccount"),
    ("nodes/proxy", frozenset(("get", "create")), "it reaches the kubelet of every node"),
)
_ESCALATING = ("escalate", "bind", "impersonate")
"""
What gives more than it seems to.

Source:
    kubernetes.io/docs/concepts/security/rbac-good-practices, "Privilege escalation risks"
"""


def _powers(grant: Body) -> Iterator[str]:
    verbs, resources = set(grant.get("verbs") or ()), set(grant.get("resources") or ())
    for verb in _ESCALATING:
        if verb in verbs:
            yield f"it may {verb}, and so get any right"
    for resource, needed, power in () if grant.get("resourceNames") else _POWERS:
        if resource in resources and verbs & needed:
            yield power


@rule("host-tls", fix="set the cluster's issuer, so that every host gets a certificate")
def host_tls(rendered: Rendered) -> Iterator[Issue]:
    """Every host has a certificate, signed by an issuer, wherever TLS is served."""
    for body in rendered.of(*WAYS_IN):
        for problem in (*_plain(rendered, body), *_uncertified(rendered, body)):
            yield Issue(body, f"{label(body)}: {problem}")


def _plain(rendered: Rendered, body: Body) -> Iterator[str]:
    if not rendered.context.serves_tls or redirects(rendered, body):
        return
    for host in sorted({path.host for path in public_paths(body) if path.encrypted is False}):
        yield f"the host {host!r} is served without TLS"
    for parent in get(body, "spec", "parentRefs") or []:
        if not parent.get("sectionName"):
            yield f"it names no listener of the Gateway {parent.get('name')!r}, TLS or not"


def _uncertified(rendered: Rendered, body: Body) -> Iterator[str]:
    entries = get(body, "spec", "tls") or []
    covered = {host for tls in entries for host in tls.get("hosts") or []}
    for host in sorted(covered - {path.host for path in public_paths(body)}):
        yield f"a certificate for {host!r}, which no rule serves"
    annotations = body["metadata"].get("annotations") or {}
    if not any(annotations.get(issuer) for issuer in _ISSUERS):
        known = {*rendered.context.secrets, *rendered.context.certificates}
        for tls in entries:
            if tls.get("secretName") not in known:
                yield f"nobody issues {tls.get('secretName')!r}"


def redirects(rendered: Rendered, body: Body) -> bool:
    """Return whether a middleware of Traefik leads all requests of an Ingress to https."""
    names = (body["metadata"].get("annotations") or {}).get(_MIDDLEWARES, "")
    found = (get(each, "spec", "redirectScheme", "scheme") for each in _named(rendered, names))
    return "https" in found


def _named(rendered: Rendered, names: str) -> Iterator[Body]:
    for each in rendered.of("Middleware"):
        metadata = each["metadata"]
        if f"{metadata.get('namespace', '')}-{metadata['name']}@kubernetescrd" in names.split(","):
            yield each


@rule("exposure", fix="expose it by an Ingress")
def exposure(rendered: Rendered) -> Iterator[Issue]:
    """No Kubernetes Service opens a port of the nodes or an address outside by itself."""
    for body in rendered.of("Service"):
        spec = body.get("spec") or {}
        if spec.get("type", "ClusterIP") != "ClusterIP" or spec.get("externalIPs"):
            yield Issue(body, f"{label(body)}: the type {spec.get('type')} exposes it")


RULES = (wildcard_roles, powerful_roles, host_tls, exposure)
