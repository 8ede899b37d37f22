"""Oathkeeper's configuration files, read back: what they open, and what it cannot work with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from k8sgen import ConfigUse, PublicRoute


def read_routes(text: str) -> list[PublicRoute]:
    """Read the routes back from the text of the rules."""
    return [_read_route(rule) for rule in yaml.safe_load(text)]


def _read_route(rule: dict[str, Any]) -> PublicRoute:
    _, _, place = rule["match"]["url"].partition("<")[0].partition("://")
    host, slash, path = place.partition("/")
    return PublicRoute(
        host=host,
        path=f"{slash}{path}" or "/",
        methods=rule["match"]["methods"],
        requires=_required(rule["authenticators"]),
    )


def _required(authenticators: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Return what a request needs to pass the least strict of the authenticators."""
    each = [
        {"token", *(f"scope {scope}" for scope in _scopes(authenticator))}
        if authenticator["handler"] in _ASKING
        else set()
        for authenticator in authenticators
    ]
    return frozenset(set.intersection(*each)) if each else frozenset()


def _scopes(authenticator: dict[str, Any]) -> list[str]:
    scopes: list[str] = authenticator.get("config", {}).get("required_scope", [])
    return scopes


_ASKING = ("oauth2_introspection",)
"""The handlers that let nobody pass without a token."""


def config_problems(use: ConfigUse) -> Iterator[str]:
    """Judge oathkeeper.yaml by the container that reads it."""
    for name, server in yaml.safe_load(use.text)["serve"].items():
        if "port" in server and server["port"] not in use.ports:
            yield f"serve.{name}.port: {server['port']} is no port of the container"


def rules_problems(use: ConfigUse) -> Iterator[str]:
    """
    Judge rules.yaml: only handlers that are enabled, only hosts that are open, each id once.

    Source:
        https://www.ory.com/docs/oathkeeper/api-access-rules
    """
    config = yaml.safe_load(use.files["oathkeeper.yaml"])
    config["errors"] = config.get("errors", {}).get("handlers", {})
    seen = set()
    for rule in yaml.safe_load(use.text):
        for group, handler in _handlers(rule):
            if not config.get(group, {}).get(handler, {}).get("enabled"):
                yield f"{rule['id']}: {handler!r} is not enabled among the {group}"
        host = _read_route(rule).host
        if use.hosts and host not in use.hosts:
            yield f"{rule['id']}: no Ingress or HTTPRoute opens the host {host!r}"
        if rule["id"] in seen:
            yield f"{rule['id']}: there are two rules of this id"
        seen.add(rule["id"])
        for pattern in re.findall(r"<(.*?)>", rule["match"]["url"]):
            try:
                re.compile(pattern)
            except re.error as error:
                yield f"{rule['id']}: {pattern!r} is not a regular expression: {error}"


def _handlers(rule: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from (("authenticators", each["handler"]) for each in rule["authenticators"])
    yield "authorizers", rule["authorizer"]["handler"]
    yield from (("mutators", each["handler"]) for each in rule["mutators"])
    yield from (("errors", each["handler"]) for each in rule.get("errors") or ())
