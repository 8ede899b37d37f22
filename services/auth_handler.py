"""The auth-handler: the pages on which people log in and consent, for Hydra."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import attrs

from k8sgen import (
    Deployment,
    Endpoint,
    Image,
    Pod,
    Port,
    Probes,
    Random,
    Route,
    Service,
    ServiceSettings,
    Stack,
    at_least,
)
from services.postgres import Database

METRICS = Port("metrics", 9090)  # of its own, as every path of the other one is public


@attrs.frozen(kw_only=True)
class AuthHandlerSettings(ServiceSettings):
    """
    Settings for the auth-handler.

    Args:
        port: Where it listens; above 1023, because it does not run as root.
        remember_days: For how long a login is remembered where its person asked for it.
        log_level: From this level on, messages are logged.
    """

    image: Image = Image("ghcr.io/example/auth-handler", "1.0.0")
    port: int = attrs.field(default=3000, validator=at_least(1024))
    remember_days: int = attrs.field(default=30, validator=at_least(1))
    log_level: Literal["debug", "info", "warn", "error"] = "info"


class AuthHandler(Service):
    """
    The login and consent application.

    Args:
        url: Its public URL.
        hydra: The admin endpoint, where it reads and answers login and consent requests.
        database: Its own, for the accounts.
    """

    def __init__(
        self,
        scope: Stack,
        settings: AuthHandlerSettings,
        *,
        url: str,
        hydra: Endpoint,
        database: Database,
    ) -> None:
        super().__init__(scope, settings, given=[hydra, database])
        self._host = urlsplit(url).netloc
        port = Port("http", settings.port)
        self.http = self.endpoint(port)
        self.scrape(METRICS)
        config = self.config(
            {
                "PORT": str(port.number),
                "METRICS_PORT": str(METRICS.number),
                "PUBLIC_URL": url,
                "HYDRA_ADMIN_URL": hydra.http,
                "REMEMBER_DAYS": str(settings.remember_days),
                "LOG_LEVEL": settings.log_level,
            }
        )
        container = self.container(
            ports=[port, METRICS],
            env_from=[config],
            env={
                "DATABASE_URL": self.secret("database-url", database.url),
                "SESSION_KEY": self.secret("session-key", Random(length=64), rotate_days=90),
                "CSRF_KEY": self.secret("csrf-key", Random(length=64), rotate_days=90),
            },
            probes=Probes.http("/healthz", "/readyz"),
            drain=5,
        )
        Deployment(self, Pod(container))

    def routes(self) -> list[Route]:
        """Return what is reachable from outside: all paths of its host, by anybody."""
        return [
            Route(
                id=self.name,
                endpoint=self.http,
                host=self._host,
                methods=("GET", "POST"),
                access="public",
            )
        ]
