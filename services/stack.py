"""The stack: the services, and what each is given."""

from __future__ import annotations

import attrs
import constructs

import k8sgen
from k8sgen import Route, host_name
from services.auth_handler import AuthHandler, AuthHandlerSettings
from services.backend import Backend, BackendSettings
from services.hydra import Hydra, HydraSettings
from services.oathkeeper import IdTokens, Oathkeeper, OathkeeperSettings
from services.postgres import Postgres, PostgresSettings
from services.redis import Redis, RedisSettings
from services.template_system import TemplateSystem, TemplateSystemSettings


@attrs.frozen(kw_only=True)
class Environment(k8sgen.Environment):
    """
    The settings of one environment and of its services; `None` leaves a service out.

    Args:
        domain: The public hosts are below it.
    """

    domain: str = attrs.field(default="example.localhost", validator=host_name)
    postgres: PostgresSettings | None = PostgresSettings()
    redis: RedisSettings | None = RedisSettings()
    template_system: TemplateSystemSettings | None = TemplateSystemSettings()
    hydra: HydraSettings | None = HydraSettings()
    auth_handler: AuthHandlerSettings | None = AuthHandlerSettings()
    backend: BackendSettings | None = BackendSettings()
    oathkeeper: OathkeeperSettings | None = OathkeeperSettings()

    def host(self, name: str) -> str:
        """Return a public host."""
        return f"{name}.{self.domain}"

    def url(self, name: str) -> str:
        """Return the public URL of a host, without a path."""
        return f"{self.cluster.scheme}://{self.host(name)}"


class Stack(k8sgen.Stack):
    """The services of one environment, each given what it uses."""

    part_of = "example"

    def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        env = environment
        routes: list[Route] = []
        id_tokens = IdTokens(issuer=env.url("api"))
        if env.postgres:
            postgres = Postgres(self, env.postgres)
        if env.redis:
            redis = Redis(self, env.redis)
        if env.template_system:
            templates = TemplateSystem(
                self, env.template_system, database=postgres.database("templates")
            )
        if env.hydra:
            hydra = Hydra(
                self,
                env.hydra,
                url=env.url("id"),
                login=env.url("auth"),
                database=postgres.database("hydra"),
            )
            routes += hydra.routes()
        if env.auth_handler:
            auth_handler = AuthHandler(
                self,
                env.auth_handler,
                url=env.url("auth"),
                hydra=hydra.admin,
                database=postgres.database("auth"),
            )
            routes += auth_handler.routes()
        if env.backend:
            backend = Backend(
                self,
                env.backend,
                database=postgres.database("backend"),
                cache=redis.cache(),
                templates=templates.http,
                id_tokens=id_tokens if env.oathkeeper else None,
            )
            routes += backend.routes(env.host("api"))
        if env.oathkeeper:
            Oathkeeper(
                self,
                env.oathkeeper,
                routes=routes,
                introspection=hydra.admin,
                id_tokens=id_tokens,
            )
