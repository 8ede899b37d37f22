"""The keys that ConfigMaps and Secrets have."""

from __future__ import annotations

from collections.abc import Mapping

from k8sgen.checks.rendered import Rendered
from k8sgen.kubernetes.manifest import Body, get

_TLS_KEYS = frozenset(("tls.crt", "tls.key", "ca.crt"))
_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")


def config_keys(rendered: Rendered, name: str, like: Body) -> frozenset[str] | None:
    """Return the keys of the ConfigMap *name*; `None` where it does not exist."""
    body = rendered.find("ConfigMap", name, like)
    if body is None:
        return frozenset(("ca.crt",)) if name == "kube-root-ca.crt" else None
    return frozenset([*(body.get("data") or {}), *(body.get("binaryData") or {})])


def secret_keys(rendered: Rendered) -> Mapping[str, frozenset[str]]:
    """
    Return the keys of every Secret that will exist: those of contracts, and cert-manager's.
    """
    found = {name: frozenset(keys) for name, keys in rendered.context.secrets.items()}
    for body in rendered.of("Ingress"):
        annotations = body["metadata"].get("annotations") or {}
        if any(issuer in annotations for issuer in _ISSUERS):
            for tls in get(body, "spec", "tls") or []:
                found[str(tls.get("secretName"))] = _TLS_KEYS
    for body in rendered.of("Certificate"):
        found[str(get(body, "spec", "secretName"))] = _TLS_KEYS
    for body in rendered.of("Secret"):
        keys = [*(body.get("data") or {}), *(body.get("stringData") or {})]
        found[body["metadata"]["name"]] = frozenset(keys)
    return found
