"""Ory Oathkeeper: the one way in, which checks that each request has what its route requires."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Literal

import attrs
from attrs.validators import deep_iterable, matches_re

from k8sgen import (
    Compute,
    ConfigFile,
    Deployment,
    Endpoint,
    Image,
    Ingress,
    KeySet,
    Pod,
    Port,
    Probes,
    Resources,
    Route,
    SecretFiles,
    SecretKey,
    Service,
    ServiceSettings,
    SigningKey,
    Stack,
    at_least,
)
from services._oathkeeper_files import config_problems, read_routes, rules_problems

PROXY = Port("proxy", 4455)
API = Port("api", 4456)
METRICS = Port("metrics", 9000)
CONFIG = "/etc/oathkeeper"
SECRETS = "/run/secrets/oathkeeper"
DURATION = r"\d+(ms|s|m|h)"
ORIGIN = r"https?://[a-z0-9.-]+(:\d+)?"
SIGNING_KEY = "signing-key.jwks.json"
CACHED_TOKENS = 10_000
"""A token costs 1. The default of 100 million reserves gigabytes for counters at the start."""


@attrs.frozen(kw_only=True)
class OathkeeperSettings(ServiceSettings):
    """
    Settings for Oathkeeper.

    Args:
        cors_origins: The web applications that may call from a browser: `https://example.com`.
        cors_headers: The request headers that they may send.
        request_timeout: Seconds that a request may take, with its body and its answer. A limit of
            the ingress controller should not be shorter.
        introspection_ttl: How long an answer of Hydra's is cached, as a Go duration: a revoked
            token is accepted no longer than that.
        id_token_ttl: How long its ID tokens are valid.
        log_level: From this level on, messages are logged. At `info` that is every request with
            its query, and so ID token hints and login verifiers.
    """

    image: Image = Image("oryd/oathkeeper", "v26.2.0-distroless")
    resources: Resources = Resources(
        requests=Compute(cpu="100m", memory="64Mi"), limits=Compute(cpu="1", memory="256Mi")
    )
    cors_origins: Sequence[str] = attrs.field(
        default=(), validator=deep_iterable(matches_re(ORIGIN))
    )
    cors_headers: Sequence[str] = ("Authorization", "Content-Type")
    request_timeout: int = attrs.field(default=60, validator=at_least(1))
    introspection_ttl: str = attrs.field(default="30s", validator=matches_re(DURATION))
    id_token_ttl: str = attrs.field(default="5m", validator=matches_re(DURATION))
    log_level: Literal["debug", "info", "warn", "error"] = "warn"


@attrs.frozen(kw_only=True)
class IdTokens:
    """
    By what the services behind Oathkeeper verify its ID tokens; the audience is their own name.

    Args:
        issuer: Who the tokens are from.
        keys: The set whose public half they mount: `PublicKeys(keys)`.
    """

    issuer: str
    keys: SecretKey = SecretKey(
        secret="oathkeeper",  # noqa: S106 - its name
        key="id-token.jwks.json",
        recipe=KeySet(),
        rotate_days=90,
    )


class Oathkeeper(Service):
    """
    The proxy between the ingress controller and all routes.

    A request that fits no route, or comes by the wrong scheme, is refused. Where a route requires
    an access token, Hydra is asked whether it is valid; without one the answer is 401, for browsers
    too. The service behind gets, in its place, an ID token that says who calls, and is for that
    service alone.

    Args:
        routes: All that may be reached from outside.
        introspection: Hydra's admin endpoint.
        id_tokens: What the services behind verify them by.
    """

    def __init__(
        self,
        scope: Stack,
        settings: OathkeeperSettings,
        *,
        routes: Sequence[Route],
        introspection: Endpoint,
        id_tokens: IdTokens,
    ) -> None:
        targets = dict.fromkeys(route.endpoint for route in routes)
        super().__init__(scope, settings, given=[introspection, *targets])
        ingress = Ingress(self, self.endpoint(PROXY), hosts=[route.host for route in routes])
        self.scrape(METRICS)
        keys = id_tokens.keys
        self.secret(keys.key, keys.recipe, rotate_days=keys.rotate_days)
        # Of several keys it might sign with one, and name another in the token.
        signing = self.secret(SIGNING_KEY, SigningKey(keys))
        config = self.config(
            {
                "oathkeeper.yaml": ConfigFile(
                    content=self._config(settings, introspection, id_tokens), check=config_problems
                ),
                "rules.yaml": ConfigFile(
                    content=access_rules(routes, scheme=ingress.scheme),
                    check=rules_problems,
                    routes=read_routes,
                ),
            }
        )
        drain = settings.request_timeout + 5
        container = self.container(
            args=["serve", "--config", f"{CONFIG}/oathkeeper.yaml", "--sqa-opt-out"],
            ports=[PROXY, API, METRICS],
            mounts={CONFIG: config, SECRETS: SecretFiles([signing])},
            probes=Probes.http("/health/alive", "/health/ready", port=API.name),
            # It cuts what still runs five seconds after the signal to stop, so that comes when
            # what had begun is over.
            drain=drain,
        )
        Deployment(self, Pod(container, grace=drain + 10))

    def _config(
        self, settings: OathkeeperSettings, introspection: Endpoint, id_tokens: IdTokens
    ) -> dict[str, Any]:
        """
        Return the configuration file; what is not enabled here no rule can use.

        Source:
            ory/oathkeeper spec/config.schema.json
        """
        timeout = f"{settings.request_timeout}s"
        return {
            "serve": {
                # The network policies let only the ingress controller in, so that what it says
                # of a request's scheme and host is true.
                "proxy": {
                    "port": PROXY.number,
                    "trust_forwarded_headers": True,
                    "cors": _cors(settings),
                    # Idle connections are closed by the ingress controller first (Traefik: 90 s).
                    "timeout": {"read": timeout, "write": timeout, "idle": "120s"},
                },
                "api": {"port": API.number},
                # Anybody may ask for any path; each would be a time series of its own.
                "prometheus": {"port": METRICS.number, "hide_request_paths": True},
            },
            "access_rules": {"repositories": [f"file://{CONFIG}/rules.yaml"]},
            "authenticators": {
                "noop": {"enabled": True},
                "oauth2_introspection": {
                    "enabled": True,
                    "config": {
                        "introspection_url": f"{introspection.http}/admin/oauth2/introspect",
                        "scope_strategy": "exact",
                        "cache": {
                            "enabled": True,
                            "ttl": settings.introspection_ttl,
                            "max_cost": CACHED_TOKENS,
                        },
                    },
                },
            },
            "authorizers": {"allow": {"enabled": True}},
            "mutators": {
                "noop": {"enabled": True},
                "id_token": {
                    "enabled": True,
                    "config": {
                        "issuer_url": id_tokens.issuer,
                        "jwks_url": f"file://{SECRETS}/{SIGNING_KEY}",
                        "ttl": settings.id_token_ttl,
                    },
                },
            },
            "errors": {
                "fallback": ["json"],
                "handlers": {"json": {"enabled": True, "config": {"verbose": False}}},
            },
            "log": {"level": settings.log_level, "format": "json"},
        }


_CLAIMS = """\
{{"aud": ["{audience}"], "client_id": {{{{ .Extra.client_id | toJson }}}}, \
"scope": {{{{ .Extra.scope | toJson }}}}}}"""


def _cors(settings: OathkeeperSettings) -> dict[str, Any]:
    if not settings.cors_origins:
        return {"enabled": False}
    return {
        "enabled": True,
        "allowed_origins": list(settings.cors_origins),
        "allowed_headers": list(settings.cors_headers),
    }


def access_rules(routes: Sequence[Route], *, scheme: str) -> list[dict[str, Any]]:
    """
    Write one rule a route; no two of them fit one request.

    Of several routes of a host, the one with the longest path that fits decides.

    Raises:
        ValueError: There is no route, or two answer the same requests.
    """
    if not routes:
        msg = "there is no route, so nothing could be reached from outside"
        raise ValueError(msg)
    for one, other in combinations(routes, 2):
        same_place = (one.host, one.path) == (other.host, other.path)
        if one.id == other.id or (same_place and set(one.methods) & set(other.methods)):
            msg = f"routes {one.id!r} and {other.id!r} both answer {other.host}{other.path}"
            raise ValueError(msg)
    return [_rule(route, url=f"{scheme}://{_pattern(route, routes)}") for route in routes]


def _rule(route: Route, *, url: str) -> dict[str, Any]:
    scopes = {"config": {"required_scope": list(route.scopes)}} if route.scopes else {}
    token = {"handler": "oauth2_introspection", **scopes}
    claims = _CLAIMS.format(audience=route.endpoint.server.name)
    id_token = {"handler": "id_token", "config": {"claims": claims}}
    asks = route.access == "token"
    return {
        "id": route.id,
        "match": {"url": url, "methods": _methods(route)},
        "authenticators": [token if asks else {"handler": "noop"}],
        "authorizer": {"handler": "allow"},
        "mutators": [id_token if asks else {"handler": "noop"}],
        "upstream": {"url": route.endpoint.http, "preserve_host": True},
    }


def _methods(route: Route) -> list[str]:
    """Return the methods; what answers GET answers HEAD."""
    head = ["HEAD"] if "GET" in route.methods else []
    return [*dict.fromkeys([*route.methods, *head])]


def _pattern(route: Route, routes: Sequence[Route]) -> str:
    """Write the host and the path; a regular expression is between < and >."""
    path = route.path.rstrip("/")
    deeper = "|".join(re.escape(below) for below in sorted(set(_below(route, path, routes))))
    others = f"(?!({deeper})(/|$))" if deeper else ""
    return f"{route.host}{path}<(/{others}.*)?>"


def _below(route: Route, path: str, routes: Sequence[Route]) -> Iterator[str]:
    """Return the paths of other routes below *path*, without it."""
    for other in routes:
        if other.host == route.host and other.path.startswith(f"{path}/") and other.path != "/":
            yield other.path.removeprefix(f"{path}/")
