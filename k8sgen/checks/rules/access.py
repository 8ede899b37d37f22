"""The rules about who gets in: roles, certificates, and what is exposed."""

from __future__ import annotations

from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered, get, label
from k8sgen.checks.rule import Issue, rule

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


@rule("host-tls", fix="set the cluster's issuer, so that every host gets a certificate")
def host_tls(rendered: Rendered) -> Iterator[Issue]:
    """Every host has a certificate, signed by an issuer, wherever TLS is served."""
    for body in rendered.of("Ingress"):
        entries = get(body, "spec", "tls") or []
        covered = {host for tls in entries for host in tls.get("hosts") or []}
        hosts = {each.get("host", "*") for each in get(body, "spec", "rules") or []}
        for host in sorted(hosts - covered):
            if rendered.context.serves_tls:
                yield Issue(body, f"{label(body)}: the host {host!r} is served without TLS")
        for host in sorted(covered - hosts):
            yield Issue(body, f"{label(body)}: a certificate for {host!r}, which no rule serves")
        annotations = body["metadata"].get("annotations") or {}
        if entries and not any(annotations.get(issuer) for issuer in _ISSUERS):
            for tls in entries:
                if tls.get("secretName") not in rendered.context.secrets:
                    yield Issue(body, f"{label(body)}: nobody issues {tls.get('secretName')!r}")


@rule("exposure", fix="expose it by an Ingress")
def exposure(rendered: Rendered) -> Iterator[Issue]:
    """No Kubernetes Service opens a port of the nodes or an address outside by itself."""
    for body in rendered.of("Service"):
        spec = body.get("spec") or {}
        if spec.get("type", "ClusterIP") != "ClusterIP" or spec.get("externalIPs"):
            yield Issue(body, f"{label(body)}: the type {spec.get('type')} exposes it")


RULES = (wildcard_roles, host_tls, exposure)
