"""The backend: the product's HTTP API, behind Oathkeeper."""

from __future__ import annotations

from typing import Literal

import attrs

from k8sgen import (
    Deployment,
    Endpoint,
    Image,
    Pod,
    Port,
    Probes,
    PublicKeys,
    Random,
    Route,
    SecretFiles,
    Service,
    ServiceSettings,
    Stack,
)
from services.oathkeeper import IdTokens
from services.postgres import Database
from services.redis import Cache

HTTP = Port("http", 8000)
METRICS = Port("metrics", 9090)  # of its own, so that who reads them cannot call the API
SECRETS = "/run/secrets/backend"


@attrs.frozen(kw_only=True)
class BackendSettings(ServiceSettings):
    """
    Settings for the backend.

    Args:
        log_level: From this level on, messages are logged.
    """

    image: Image = Image("ghcr.io/example/backend", "1.0.0")
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Backend(Service):
    """
    The HTTP API.

    Args:
        templates: Renders its templates.
        id_tokens: By which it knows who calls; without Oathkeeper nobody makes them.
    """

    def __init__(
        self,
        scope: Stack,
        settings: BackendSettings,
        *,
        database: Database,
        cache: Cache,
        templates: Endpoint,
        id_tokens: IdTokens | None,
    ) -> None:
        super().__init__(scope, settings, given=[database, cache, templates])
        self.http = self.endpoint(HTTP)
        self.scrape(METRICS)
        tokens, mounts = {}, {}
        if id_tokens:
            keys = self.secret("id-token.jwks.json", PublicKeys(id_tokens.keys))
            mounts = {SECRETS: SecretFiles([keys])}
            tokens = {
                "ID_TOKEN_ISSUER": id_tokens.issuer,
                "ID_TOKEN_AUDIENCE": self.name,
                "ID_TOKEN_KEYS": f"{SECRETS}/{keys.key}",
            }
        config = self.config(
            {
                "PORT": str(HTTP.number),
                "METRICS_PORT": str(METRICS.number),
                "LOG_LEVEL": settings.log_level,
                "TEMPLATES_URL": templates.http,
                **tokens,
            }
        )
        container = self.container(
            ports=[HTTP, METRICS],
            env_from=[config],
            env={
                "DATABASE_URL": self.secret("database-url", database.url),
                "CACHE_URL": self.secret("cache-url", cache.url),
                "SESSION_KEY": self.secret("session-key", Random(length=64), rotate_days=90),
            },
            mounts=mounts,
            probes=Probes.http("/healthz", "/readyz"),
            drain=5,
        )
        Deployment(self, Pod(container))

    def routes(self, host: str) -> list[Route]:
        """Return what is reachable from outside at *host*: the API, with an access token."""
        return [Route(id="backend-api", endpoint=self.http, host=host, path="/api")]
