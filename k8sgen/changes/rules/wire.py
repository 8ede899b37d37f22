"""What keeps requests from arriving: Kubernetes Services and Ingresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import parse
from k8sgen.changes.states import Case
from k8sgen.kubernetes.public_paths import WAYS_IN, PublicPath, public_paths

_SERVICE: Mapping[str, str] = {
    "spec.selector": "requests go to other pods",
    "spec.ports": "clients of the old port get no answer",
    "spec.type": "how it is reached from outside changes",
    "spec.externalName": "the name resolves to another host",
    "spec.externalTrafficPolicy": "other nodes answer from outside",
    "spec.internalTrafficPolicy": "other nodes answer from inside",
    "spec.sessionAffinity": "clients may land on another pod",
    "spec.publishNotReadyAddresses": "pods that are not ready start or stop to get requests",
}
_INGRESS: Mapping[str, str] = {
    "spec.ingressClassName": "another controller serves the hosts",
    "spec.defaultBackend": "requests are routed in another way",
    "spec.tls": "clients see another certificate, or none",
    "spec.parentRefs": "another Gateway, or listener, serves the hosts",
    "metadata.annotations": "the ingress controller acts on annotations",
}


def kubernetes_service(case: Case) -> Iterator[Verdict]:
    """Judge a change of how a Kubernetes Service finds its pods."""
    if case.pair.kind == "Service":
        yield from _interrupted(case, _SERVICE)


def ingress(case: Case) -> Iterator[Verdict]:
    """Judge a change of how requests from outside are routed."""
    if case.pair.kind in WAYS_IN:
        yield from _interrupted(case, _INGRESS)
        old, new = _routes(case.pair.before), _routes(case.pair.after)
        for where in sorted(old.keys() & new.keys()):
            if old[where].answer != new[where].answer:
                reason = f"requests to {where} go elsewhere"
                yield Verdict(Level.MAY_INTERRUPT, reason, ("spec", "rules"))
        gone = hosts(case.pair.before) - hosts(case.pair.after) if case.pair.after else ()
        for where in sorted(gone):
            reason = f"{where} is no longer reachable from outside"
            yield Verdict(Level.MAY_INTERRUPT, reason, ("spec", "rules"))


def hosts(body: Mapping[str, Any] | None) -> set[str]:
    """Return the hosts and paths that an Ingress or an HTTPRoute opens."""
    return set(_routes(body))


def _routes(body: Mapping[str, Any] | None) -> dict[str, PublicPath]:
    """Return what is at each host and path."""
    return {path.place: path for path in public_paths(body)}


def _interrupted(case: Case, rules: Mapping[str, str]) -> Iterator[Verdict]:
    for pattern, reason in rules.items() if case.pair.states else ():
        if case.touches(pattern):
            yield Verdict(Level.MAY_INTERRUPT, reason, parse(pattern))
