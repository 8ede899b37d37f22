"""Redis: cache and queue, kept in an append-only file."""

from __future__ import annotations

import attrs

from k8sgen import (
    Claim,
    Compute,
    Derived,
    Endpoint,
    Image,
    Pod,
    Port,
    Probes,
    Random,
    Resources,
    SecretKey,
    Service,
    ServiceSettings,
    Stack,
    StatefulSet,
    Storage,
)

PORT = Port("redis", 6379)


@attrs.frozen(kw_only=True)
class RedisSettings(ServiceSettings):
    image: Image = Image("redis", "8.2.9")
    storage: Storage = Storage(size="1Gi")


@attrs.frozen(kw_only=True, eq=False)
class Cache(Endpoint):
    password: SecretKey

    @property
    def url(self) -> Derived:
        return Derived(f"redis://:{{password}}@{self.address}/0", {"password": self.password})


class Redis(Service):
    def __init__(self, scope: Stack, settings: RedisSettings) -> None:
        super().__init__(scope, settings)
        self.password = self.secret("password", Random(length=48), rotate_days=90)
        config = self.config({"redis.conf": "appendonly yes\n"})
        pod = Pod(
            self.container(
                ports=[PORT],
                env={"REDIS_PASSWORD": self.password},
                mounts={"/data": Claim("data", settings.storage), "/etc/redis": config},
                probes=Probes.exec(["redis-cli", "ping"]),
            ),
            user=999,
        )
        self._endpoint = self.endpoint(PORT)
        StatefulSet(self, pod, headless=self.name)

    def cache(self) -> Cache:
        e = self._endpoint
        return Cache(service=e.service, host=e.host, port=e.port, password=self.password)
