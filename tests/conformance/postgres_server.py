"""PostgreSQL as the pod starts it, on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from k8sgen import Stack
from k8sgen.secrets.rotation.values import derive
from services.postgres import Postgres, PostgresSettings
from tests.conformance.pods import AWKWARD, LocalPod, Secrets, free_port, values
from tests.services.stacks import Composed, composed
from tests.tools import tool

# The image's own script, as far as an empty or a filled volume matters.
ENSURE_INITDB = """\
#!/bin/bash
set -e
[ -s "$PGDATA/PG_VERSION" ] ||
    initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --no-sync $POSTGRES_INITDB_ARGS
"""
PASSWORD_END = AWKWARD + " end"


def wired(*names: str) -> Composed:
    """Compose a stack in which clients asked for the databases *names*."""

    def wire(stack: Stack) -> None:
        postgres = Postgres(stack, PostgresSettings())
        for name in names:
            postgres.database(name)

    return composed(wire)


@attrs.frozen
class Server:
    """A running server, and how to talk to it."""

    made: Composed
    pod: LocalPod
    env: dict[str, str]
    log: Path

    def url(
        self, name: str, end: str = PASSWORD_END, *, turn: int = 0, database: str | None = None
    ) -> str:
        """Return the URL that the client of *name* is given, for the port of here."""
        made = values(self.made.stack, suffix=end, turn=turn)
        url = derive(self.made.service(Postgres).database(name).url, made)
        url = url.replace("@postgres:5432/", f"@127.0.0.1:{self.env['PGPORT']}/")
        return url.replace(f"/{name}?", f"/{database or name}?")

    def ask(self, url: str, query: str) -> str:
        """Return what *query* answers there."""
        line = ["psql", "--no-psqlrc", "-qAt", "--set=ON_ERROR_STOP=1", "--command", query, url]
        answer = self.pod.run(line, {"PATH": self.env["PATH"], "LC_MESSAGES": "C"})
        return (answer.stdout + answer.stderr).strip()

    def psql(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `psql` as a person in the container does."""
        return self.pod.run(["psql", "--no-psqlrc", *words], self.env)


@contextmanager
def running(made: Composed, secrets: Secrets, log: Path) -> Iterator[Server]:
    """Prepare an empty volume, and run the server until the block ends."""
    pod = pod_of(made, secrets)
    env = image_env(pod)
    prepared = pod.run(pod.command("prepare"), {**env, **init_env(pod)})
    assert prepared.returncode == 0, prepared.stderr
    with pod.running(pod.command("postgres"), env, log):
        found = Server(made, pod, env, log)
        wait_for(found)
        yield found
    pod.remove()


def pod_of(made: Composed, secrets: Secrets) -> LocalPod:
    """Return the server's pod."""
    # Who may not become the user postgres has no peer of that name.
    peer = {} if os.geteuid() == 0 else {" peer\n": " trust\n"}
    replace = {"listen_addresses = '*'": "listen_addresses = '127.0.0.1'", **peer}
    return LocalPod(made, "postgres", secrets, user="postgres", replace=replace)


def image_env(pod: LocalPod) -> dict[str, str]:
    """What the image sets, and where its tools look by default."""
    binaries = Path(tool("postgres")).resolve().parent
    script = pod.path("/tmp/docker-ensure-initdb.sh")
    script.write_text(ENSURE_INITDB)
    script.chmod(0o755)
    return {
        "PATH": f"{script.parent}:{binaries}:/usr/bin:/bin",
        "PGDATA": str(pod.path("/var/lib/postgresql/18/docker")),
        "PGHOST": str(pod.path("/var/run/postgresql")),
        "PGPORT": str(free_port()),
        "PGUSER": "postgres",
        "LANG": "C.UTF-8",
    }


def init_env(pod: LocalPod) -> dict[str, str]:
    """What the manifest sets for the first start."""
    env = pod.env("prepare")
    found = subprocess.check_output([tool("postgres"), "--version"], text=True)
    if int(re.findall(r"\d+", found)[0]) < 17:  # which has no sort order of its own yet
        arguments = env["POSTGRES_INITDB_ARGS"]
        env["POSTGRES_INITDB_ARGS"] = re.sub(
            r" --(locale-provider|builtin-locale)=\S+", "", arguments
        )
    return env


def wait_for(server: Server) -> None:
    """Wait until it is ready, as its probe says."""
    for _ in range(100):
        if server.pod.run(server.pod.probe("postgres"), server.env).returncode == 0:
            return
        time.sleep(0.1)
    pytest.fail(server.log.read_text())
