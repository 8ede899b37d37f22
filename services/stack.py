from __future__ import annotations

import attrs
import constructs
import k8sgen
from services.backend import Backend, BackendSettings
from services.redis import Redis, RedisSettings


@attrs.frozen(kw_only=True)
class Environment(k8sgen.Environment):
    domain: str = "example.localhost"
    redis: RedisSettings | None = RedisSettings()
    backend: BackendSettings | None = BackendSettings()


class Stack(k8sgen.Stack):
    part_of = "example"

    def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        if environment.redis:
            redis = Redis(self, environment.redis)
        if environment.backend:
            Backend(self, environment.backend, cache=redis.cache())
