"""The template system: renders templates for the backend alone."""

from __future__ import annotations

from typing import Literal

import attrs

from k8sgen import Deployment, Image, Pod, Port, Probes, Service, ServiceSettings, Stack
from services.postgres import Database

HTTP = Port("http", 8080)


@attrs.frozen(kw_only=True)
class TemplateSystemSettings(ServiceSettings):
    """
    Settings for the template system.

    Args:
        log_level: From this level on, messages are logged.
    """

    image: Image = Image("ghcr.io/example/template-system", "1.0.0")
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class TemplateSystem(Service):
    """The internal HTTP service that renders templates out of its own database."""

    def __init__(
        self, scope: Stack, settings: TemplateSystemSettings, *, database: Database
    ) -> None:
        super().__init__(scope, settings, given=[database])
        self.http = self.endpoint(HTTP)
        config = self.config({"PORT": str(HTTP.number), "LOG_LEVEL": settings.log_level})
        container = self.container(
            ports=[HTTP],
            env_from=[config],
            env={"DATABASE_URL": self.secret("database-url", database.url)},
            probes=Probes.http("/healthz", "/readyz"),
            drain=5,
        )
        Deployment(self, Pod(container))
