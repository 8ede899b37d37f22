"""Ory Hydra: the OAuth 2.0 and OpenID Connect server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import attrs
import yaml
from attrs.validators import matches_re

from k8sgen import (
    Compute,
    ConfigFile,
    ConfigUse,
    Container,
    CronJob,
    Deployment,
    Derived,
    Image,
    Pod,
    Port,
    Probes,
    Random,
    Resources,
    Route,
    SecretKey,
    Service,
    ServiceSettings,
    Stack,
    at_least,
)
from services.postgres import Database

PUBLIC = Port("public", 4444)
ADMIN = Port("admin", 4445)
METRICS = Port("metrics", 9090)
CONFIG = "/etc/hydra"
METRICS_CONFIG = "/etc/hydra-metrics"
DURATION = r"\d+(ms|s|m|h)"

PUBLIC_PATHS = (
    "/.well-known",
    "/oauth2/auth",
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/sessions",
    "/userinfo",
)
"""All but `/oauth2/device`, whose pages the login application does not have."""


@attrs.frozen(kw_only=True)
class HydraSettings(ServiceSettings):
    """
    Settings for Hydra.

    Args:
        access_token_ttl: How long a token is valid, as a Go duration: `1h`, `30m`.
        refresh_token_ttl: How long a new token can be had without a new login.
        login_ttl: How long a person may take to log in and to consent.
        connections: Of each pod to the database, at most.
        clean_up: When expired tokens and logins are deleted, in cron's five fields, UTC.
        metrics: An image of nginx that runs without root, such as nginxinc/nginx-unprivileged: it
            stands between scrapers and the admin port. Without it nothing is scraped.
        log_level: From this level on, messages are logged.
    """

    image: Image = Image("oryd/hydra", "v26.2.0-distroless")
    resources: Resources = Resources(
        requests=Compute(cpu="100m", memory="128Mi"), limits=Compute(cpu="1", memory="512Mi")
    )
    access_token_ttl: str = attrs.field(default="1h", validator=matches_re(DURATION))
    refresh_token_ttl: str = attrs.field(default="720h", validator=matches_re(DURATION))
    login_ttl: str = attrs.field(default="30m", validator=matches_re(DURATION))
    connections: int = attrs.field(default=8, validator=at_least(2))
    clean_up: str = "17 3 * * *"
    metrics: Image | None = None
    log_level: Literal["debug", "info", "warn", "error"] = "info"


class Hydra(Service):
    """
    Hydra, with its public and its admin endpoint apart: the admin one has no authentication.

    Its metrics are on the admin port, which also gives out the private signing keys. So scrapers
    get them, where the settings say so, from a container beside it that serves nothing else.

    Each pod migrates the database before it serves. A rollout replaces one pod at a time, so one
    migrates, whichever tool applies the manifests; a Job could not be changed once it ran, and
    every tool would have to keep its order. At the very first start several pods may race: a
    migration that another pod was faster with fails, and the container that tried starts again.

    Args:
        url: Its public URL, the issuer of all tokens; with `http` it runs in development mode.
        login: The public URL of the application that shows the pages for login and consent.
        database: Its own.
    """

    def __init__(
        self, scope: Stack, settings: HydraSettings, *, url: str, login: str, database: Database
    ) -> None:
        super().__init__(scope, settings, given=[database])
        self._url = url
        self.public = self.endpoint(PUBLIC, name=f"{self.name}-public")
        self.admin = self.endpoint(ADMIN, name=f"{self.name}-admin")
        config = ConfigFile(content=self._config(settings, login), check=_problems)
        self._files = self.config({"hydra.yaml": config})
        self._dsn = self.secret("dsn", _with_pool(database.url, settings.connections))
        migrate = self._run("migrate", "sql", "up", "--read-from-env", "--yes", name="migrate")
        beside = [self._metrics(settings.metrics)] if settings.metrics else []
        Deployment(self, Pod(self._server(), init=migrate, sidecars=beside))
        # By default a run stops after 10000 rows, and a backlog would only grow.
        most = ["--limit=1000000", "--batch-size=1000"]
        clean = self._run("janitor", "--read-from-env", "--tokens", "--requests", "--grants", *most)
        CronJob(self, Pod(clean), name=f"{self.name}-janitor", schedule=settings.clean_up)

    def routes(self) -> list[Route]:
        """Return what is reachable from outside, at the host of its URL."""
        host = urlsplit(self._url).netloc
        return [
            Route(
                id=f"{self.name}-{path.strip('/.')}",
                endpoint=self.public,
                host=host,
                path=path,
                methods=("GET", "POST"),
                access="public",
            )
            for path in PUBLIC_PATHS
        ]

    def _server(self) -> Container:
        return self.container(
            args=["serve", "all", "--config", f"{CONFIG}/hydra.yaml"],
            ports=[PUBLIC, ADMIN],
            env={
                "DSN": self._dsn,
                # In the file it would have no effect: the default of the flag --dev comes after it.
                "DEV": str(self._url.startswith("http://")).lower(),
                # What an old key encrypted stays as it is, so old keys stay for a long time.
                "SECRETS_SYSTEM": self._key("system", previous=4, rotate_days=365),
                "SECRETS_COOKIE": self._key("cookie", previous=1, rotate_days=90),
                "SECRETS_PAGINATION": self._key("pagination", previous=1, rotate_days=90),
            },
            mounts={CONFIG: self._files},
            probes=Probes.http("/health/alive", "/health/ready", port=PUBLIC.name),
            drain=5,
        )

    def _metrics(self, image: Image) -> Container:
        self.scrape(METRICS)
        files = self.config({"nginx.conf": NGINX}, name=f"{self.name}-metrics")
        return self.container(
            name="metrics",
            image=image,
            resources=Resources(
                requests=Compute(cpu="10m", memory="16Mi"),
                limits=Compute(cpu="100m", memory="64Mi"),
            ),
            command=["nginx", "-c", f"{METRICS_CONFIG}/nginx.conf", "-g", "daemon off;"],
            ports=[METRICS],
            mounts={METRICS_CONFIG: files},
            probes=Probes.tcp(METRICS),
        )

    def _key(self, name: str, *, previous: int, rotate_days: int) -> SecretKey:
        return self.secret(name, Random(length=64, previous=previous), rotate_days=rotate_days)

    def _run(self, *args: str, name: str = "janitor") -> Container:
        """Make a container that does one thing to the database."""
        return self.container(
            name=name,
            args=[*args, "--config", f"{CONFIG}/hydra.yaml"],
            env={"DSN": self._dsn},
            mounts={CONFIG: self._files},
        )

    def _config(self, settings: HydraSettings, login: str) -> dict[str, Any]:
        """
        Return the configuration file; the data source and the keys come by environment variable.

        Source:
            ory/hydra spec/config.json
        """
        return {
            "serve": {
                # TLS ends at the ingress.
                "public": _listener(PUBLIC),
                "admin": _listener(ADMIN),
                "cookies": {"same_site_mode": "Lax"},
            },
            "urls": {
                "self": {"issuer": self._url, "public": self._url, "admin": self.admin.http},
                "login": f"{login}/login",
                "consent": f"{login}/consent",
                "logout": f"{login}/logout",
                "error": f"{login}/error",
                "post_logout_redirect": f"{login}/goodbye",
            },
            "strategies": {"access_token": "opaque", "scope": "exact"},
            "oauth2": {"pkce": {"enforced_for_public_clients": True}},
            "ttl": {
                "access_token": settings.access_token_ttl,
                "refresh_token": settings.refresh_token_ttl,
                "login_consent_request": settings.login_ttl,
            },
            "log": {"level": settings.log_level, "format": "json"},
            "sqa": {"opt_out": True},
        }


def _problems(use: ConfigUse) -> Iterator[str]:
    """Judge the configuration file by the containers that read it, and by the open hosts."""
    config = yaml.safe_load(use.text)
    for name in ("public", "admin"):
        port = config["serve"][name]["port"]
        if port not in use.ports:
            yield f"serve.{name}.port: {port} is no port of the container"
    for name in ("issuer", "public"):
        host = urlsplit(config["urls"]["self"][name]).hostname
        if use.hosts and host not in use.hosts:
            yield f"urls.self.{name}: no Ingress or HTTPRoute opens the host {host!r}"


def _listener(port: Port) -> dict[str, Any]:
    health = {"disable_for_health": True}
    return {"host": "0.0.0.0", "port": port.number, "request_log": health}  # noqa: S104


def _with_pool(url: Derived, connections: int) -> Derived:
    """Add the bounds of the connection pool to a database URL, which has other options already."""
    pool = f"&max_conns={connections}&max_idle_conns={connections // 2}"
    return attrs.evolve(url, template=url.template + pool)


NGINX = f"""\
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {{
    listen {METRICS.number};
    location = /metrics {{
      limit_except GET {{ deny all; }}
      proxy_pass http://127.0.0.1:{ADMIN.number}/admin/metrics/prometheus;
    }}
    location / {{ return 404; }}
  }}
}}
"""
"""The exact path alone: whatever else is asked for never reaches the admin port."""
