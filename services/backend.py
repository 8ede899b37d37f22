"""The product's HTTP API."""

from __future__ import annotations

import attrs

from k8sgen import Deployment, Image, Pod, Port, Probes, Service, ServiceSettings, Stack
from services.redis import Cache

HTTP = Port("http", 8000)


@attrs.frozen(kw_only=True)
class BackendSettings(ServiceSettings):
    image: Image = Image("ghcr.io/example/backend", "1.0.0")
    log_level: str = "info"


class Backend(Service):
    def __init__(self, scope: Stack, settings: BackendSettings, *, cache: Cache) -> None:
        super().__init__(scope, settings, given=[cache])
        self.http = self.endpoint(HTTP)
        self.scrape(HTTP)
        Deployment(
            self,
            Pod(
                self.container(
                    ports=[HTTP],
                    env={
                        "LOG_LEVEL": settings.log_level,
                        "CACHE_URL": self.secret("cache-url", cache.url),
                    },
                    probes=Probes.http("/healthz", "/readyz"),
                )
            ),
        )
