"""The steps after a rotation, run on a real PostgreSQL and a real Redis: nobody is locked out."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

import k8sgen
from k8sgen import Environment, Image, Pod, Service, ServiceSettings
from k8sgen.project.compose import compose
from k8sgen.project.contract import needs
from k8sgen.secrets.files import identity
from k8sgen.secrets.rotation.steps import Step, Steps
from services.postgres import Postgres, PostgresSettings
from services.redis import Redis, RedisSettings
from tests.conformance import postgres_server, test_redis
from tests.conformance.pods import AWKWARD, LocalPod, free_port
from tests.k8sgen.secrets.kit import NOW, Site
from tests.services.stacks import Composed
from tests.tools import tool

pytestmark = pytest.mark.slow


class Client(Service):
    """A service with both URLs, in the place of the product's backend."""

    def __init__(self, scope: k8sgen.Stack, postgres: Postgres, redis: Redis) -> None:
        super().__init__(scope, ServiceSettings(image=Image("client", "1")))
        database = self.secret("database-url", postgres.database("client").url)
        cache = self.secret("cache-url", redis.cache().url)
        k8sgen.Deployment(self, Pod(self.container(env={"DATABASE": database, "CACHE": cache})))


class Wired(k8sgen.Stack):
    """Two servers and their client."""

    part_of = "example"

    def __init__(self, scope: Any, environment: Environment) -> None:
        super().__init__(scope, environment)
        postgres, redis = Postgres(self, PostgresSettings()), Redis(self, RedisSettings())
        Client(self, postgres, redis)


@attrs.frozen
class Running:
    """Both servers, the secrets that they were started with, and the fake cluster's kubectl."""

    site: Site
    made: Composed
    postgres: postgres_server.Server
    redis: test_redis.Server
    path: str

    def answers(self, values: dict[str, str]) -> tuple[str, str]:
        """Return what both servers answer to a client with *values*."""
        database = values["client/database-url"].replace(
            "@postgres:5432/", f"@127.0.0.1:{self.postgres.env['PGPORT']}/"
        )
        cache = values["client/cache-url"].replace("@redis:6379/", f"@127.0.0.1:{self.redis.port}/")
        return self.postgres.ask(database, "SELECT current_user"), self.redis.ask("PING", url=cache)

    def run(self, step: Step) -> None:
        """Run the commands of a step as a person does."""
        for command in step.commands:
            line = ["bash", "-euo", "pipefail", "-c", command]
            environment = {**os.environ, "PATH": f"{self.path}:{os.environ['PATH']}"}
            done = subprocess.run(
                line, cwd=self.site.root, env=environment, capture_output=True, check=False
            )
            assert done.returncode == 0, (command, done.stdout, done.stderr)

    def restart_servers(self, values: dict[str, str]) -> None:
        """Return the servers their new files and let them read them, as their restart does."""
        self.postgres.pod.fill(self.made, values)
        databases = self.postgres.pod.path("/etc/postgresql/databases.sql")
        assert self.postgres.psql(f"--file={databases}").returncode == 0
        self.redis.pod.fill(self.made, values)
        port = f"@127.0.0.1:{self.redis.port}/"
        url = values["client/cache-url"].replace("@redis:6379/", port)
        assert self.redis.ask("ACL", "LOAD", url=url) == "OK"


def fake_kubectl(folder: Path, env: dict[str, dict[str, str]], pods: dict[str, LocalPod]) -> str:
    """
    Make a kubectl whose `exec` runs on this machine what it would in a pod, and nothing else does.

    Returns:
        The folder to put on `PATH`; `k8sgen` is there too, and does nothing.
    """
    cases = []
    for name, pod in pods.items():
        variables = shlex.join(f"{k}={v}" for k, v in env[name].items())
        user = "setpriv --reuid=postgres --regid=postgres --clear-groups"
        as_user = user if name == "postgres" and os.geteuid() == 0 else ""
        config = pod.path("/etc/postgresql")
        script = f'"$(printf %s "$last" | sed "s#/etc/postgresql#{config}#g")"'
        cases.append(f"*exec*statefulset/{name}*) {as_user} env -i {variables} sh -c {script} ;;")
    text = "\n".join(["#!/bin/bash", 'last="${@: -1}"', 'case "$*" in', *cases, "esac", ""])
    for name, content in {"kubectl": text, "k8sgen": "#!/bin/sh\n"}.items():
        (folder / name).write_text(content)
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """
    Both servers, started with the decrypted secrets of an environment.
    """
    for name in ("sops", "postgres", "redis-server"):
        tool(name)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(tmp_path / "keys.txt"))
    recipient = identity.ensure("test", root=tmp_path / "project", known=()).recipient
    environment = Environment(name="production", recipients=(recipient,))
    composition = compose(Wired, environment, tmp_path / "project")
    bodies = {(r.body["kind"], r.body["metadata"]["name"]): r.body for r in composition.resources}
    made = Composed(composition.stack, bodies)
    site = Site(tmp_path / "project", needs(composition))
    site.generate(given=awkward("first"))
    values = site.values()
    with ExitStack() as stack:
        postgres = start_postgres(made, values, tmp_path / "postgres.log", stack)
        redis = start_redis(made, values, tmp_path / "redis.log", stack)
        (tmp_path / "bin").mkdir()
        pods = {"postgres": postgres.pod, "redis": redis.pod}
        path = fake_kubectl(tmp_path / "bin", {"postgres": postgres.env, "redis": redis.cli}, pods)
        yield Running(site, made, postgres, redis, path)


def awkward(start: str) -> dict[str, str]:
    """Return passwords full of what means something to somebody."""
    names = ("postgres/client-password", "redis/password")
    return {name: f"{start}-{name}-{AWKWARD}" for name in names}


def start_postgres(
    made: Composed, values: dict[str, str], log: Path, stack: ExitStack
) -> postgres_server.Server:
    """Prepare and start PostgreSQL as its pod does."""
    return stack.enter_context(postgres_server.running(made, values, log))


def start_redis(
    made: Composed, values: dict[str, str], log: Path, stack: ExitStack
) -> test_redis.Server:
    """Start Redis as its pod does."""
    pod = LocalPod(made, "redis", values)
    stack.callback(pod.remove)
    server = test_redis.Server(made, pod, free_port(), log)
    return stack.enter_context(test_redis.run(server))


def test_every_client_can_connect_after_every_step(running: Running) -> None:
    """
    With the old values until the clients have rolled, with the new ones from the first step on.
    """
    old = running.site.values()
    assert running.answers(old) == ("client", "PONG")
    outcome = running.site.generate(given=awkward("second"), now=NOW + timedelta(days=90))
    new = running.site.values()
    assert running.answers(new) != ("client", "PONG")

    keys = [key for key in running.site.needs.every_key() if key.name in outcome.renewed]
    steps = Steps(
        needs=running.site.needs, store=running.site.store, context="here", changed=keys
    ).steps()
    accept, secrets, clients, servers, retire = steps
    running.run(accept)
    assert running.answers(old) == running.answers(new) == ("client", "PONG")
    for step in (accept, secrets, clients):  # every step may be run again
        running.run(step)
        assert running.answers(old) == running.answers(new) == ("client", "PONG")
    running.run(servers)
    running.restart_servers(new)
    assert running.answers(new) == ("client", "PONG")
    running.run(retire)
    assert running.answers(new) == ("client", "PONG")
    database, cache = running.answers(old)
    assert "password authentication failed" in database
    assert "WRONGPASS" in cache
