"""What an Ingress or an HTTPRoute opens: hosts and paths, and who answers there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

WAYS_IN = ("Ingress", "HTTPRoute")
"""The kinds of manifests that open hosts."""


@attrs.frozen
class PublicPath:
    """
    One path of one host.

    Args:
        host: `*` is every host.
        path: As the manifest has it.
        service: The name of the Kubernetes Service that answers.
        port: Its name or number.
        match: How paths are compared: `Prefix`, `Exact`, …
        encrypted: Whether it is served by TLS; `None` where the Gateway decides.
    """

    host: str
    path: str
    service: str
    port: str | int | None
    match: str
    encrypted: bool | None

    @property
    def answer(self) -> tuple[object, ...]:
        """Who answers, and for which paths below it."""
        return self.service, self.port, self.match

    @property
    def place(self) -> str:
        """The host and the path."""
        return f"{self.host}{self.path}"


def public_paths(body: Mapping[str, Any] | None) -> Iterator[PublicPath]:
    """Return what *body* opens; empty where it is of another kind, or only redirects."""
    spec = (body or {}).get("spec") or {}
    if body and body["kind"] == "Ingress":
        yield from _of_ingress(spec)
    elif body and body["kind"] == "HTTPRoute":
        yield from _of_route(spec)


def _of_ingress(spec: Mapping[str, Any]) -> Iterator[PublicPath]:
    secure = {host for tls in spec.get("tls") or () for host in tls.get("hosts") or ()}
    if spec.get("defaultBackend"):
        yield PublicPath("*", "/", *_backend(spec["defaultBackend"]), "Prefix", encrypted=False)
    for rule in spec.get("rules") or ():
        host = rule.get("host", "*")
        for path in (rule.get("http") or {}).get("paths") or ():
            target = (*_backend(path.get("backend") or {}), path.get("pathType", ""))
            yield PublicPath(host, path.get("path", "/"), *target, encrypted=host in secure)


def _backend(backend: Mapping[str, Any]) -> tuple[str, str | int | None]:
    service = backend.get("service") or {}
    port = service.get("port") or {}
    return str(service.get("name", "")), port.get("name") or port.get("number")


def _of_route(spec: Mapping[str, Any]) -> Iterator[PublicPath]:
    for rule in spec.get("rules") or ():
        paths = [match.get("path") or {} for match in rule.get("matches") or [{}]]
        for backend in rule.get("backendRefs") or ():
            if backend.get("kind", "Service") == "Service":
                for host in spec.get("hostnames") or ["*"]:
                    for path in paths:
                        value, kind = path.get("value", "/"), path.get("type", "PathPrefix")
                        name, port = str(backend.get("name", "")), backend.get("port")
                        yield PublicPath(host, value, name, port, kind, encrypted=None)
