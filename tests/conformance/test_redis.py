"""Redis itself, started as the pod does it, with the files of the ConfigMap and the Secret."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import attrs
import pytest

from k8sgen import Compute, Resources
from k8sgen.secrets.rotation.values import derive
from services.redis import Redis, RedisSettings
from tests.conformance.pods import AWKWARD, LocalPod, free_port, processes, values
from tests.services.stacks import Composed, composed
from tests.tools import tool


@attrs.frozen
class Server:
    """A running server, and how to talk to it."""

    made: Composed
    pod: LocalPod
    port: int
    log: Path

    @property
    def url(self) -> str:
        """The URL that a client is given, for the port of here."""
        cache = self.made.service(Redis).cache()
        url = derive(cache.url, values(self.made.stack))
        return url.replace("@redis:6379/", f"@127.0.0.1:{self.port}/")

    @property
    def cli(self) -> dict[str, str]:
        """The environment of the container, whose `redis-cli` finds the port of here."""
        script = self.pod.path("/tmp/redis-cli")
        client = Path(tool("redis-server")).with_name(script.name)
        script.write_text(f'#!/bin/sh\nexec {client} -p {self.port} "$@"\n')
        script.chmod(0o755)
        return {"PATH": f"{script.parent}:{os.environ['PATH']}", **self.pod.env("redis")}

    def probe(self) -> subprocess.CompletedProcess[str]:
        """Run the probe of the container."""
        return self.pod.run(self.pod.probe("redis"), self.cli)

    def ask(self, *words: str, url: str | None = None) -> str:
        """Return what a command answers to the client."""
        line = ["redis-cli", "--no-auth-warning", "-u", url or self.url, *words]
        answer = self.pod.run(line, {"PATH": os.environ["PATH"]})
        return (answer.stdout + answer.stderr).strip()


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """
    A server that does not run yet, over an empty volume.
    """
    tool("redis-server")
    made = composed(lambda stack: Redis(stack, RedisSettings()))
    pod = LocalPod(made, "redis", values(made.stack))
    yield Server(made, pod, free_port(), tmp_path_factory.mktemp("redis") / "log")
    pod.remove()


@contextmanager
def run(server: Server) -> Iterator[Server]:
    """Run the container's command until the block ends."""
    pod = server.pod
    line = pod.command("redis", "--port", str(server.port), "--bind", "127.0.0.1")
    with pod.running(line, {"PATH": os.environ["PATH"], **pod.env("redis")}, server.log):
        for _ in range(100):
            if server.probe().returncode == 0:
                break
            time.sleep(0.05)
        else:
            pytest.fail(server.log.read_text())
        yield server


@pytest.fixture(scope="module")
def server(stopped: Server) -> Iterator[Server]:
    """
    The running server.
    """
    with run(stopped) as found:
        yield found


class TestPassword:
    """Who may enter."""

    def test_the_url_that_a_client_is_given_connects(self, server: Server) -> None:
        """
        The percent-encoded password opens the server, with every command.
        """
        assert server.ask("SET", "key", "value") == "OK"
        assert server.ask("GET", "key") == "value"

    def test_nobody_enters_without_it(self, server: Server) -> None:
        """
        Neither with a wrong one nor with none.
        """
        bare = f"redis://127.0.0.1:{server.port}/0"
        assert "NOAUTH" in server.ask("GET", "key", url=bare)
        assert "WRONGPASS" in server.ask("GET", "key", url=bare.replace("//", "//default:wrong@"))

    def test_old_and_new_are_valid_until_the_old_is_retired(self, server: Server) -> None:
        """
        The running server is told of both; its probes pass all the while.
        """
        key = server.made.service(Redis).secrets["password"]
        assert key.live_update
        first = values(server.made.stack)
        rotated = {**first, "redis/password": "password-rotated" + AWKWARD}
        new = server.url.replace(quote(AWKWARD, safe=""), quote("rotated" + AWKWARD, safe=""))
        told = server.pod.tell(key, key.live_update.accept, rotated, server.cli)
        assert (told.returncode, told.stdout) == (0, "OK\n")
        assert server.ask("PING") == server.ask("PING", url=new) == "PONG"
        server.pod.fill(server.made, rotated)  # as the kubelet does, some time later
        assert server.probe().returncode == 0
        told = server.pod.tell(key, key.live_update.retire, rotated, server.cli)
        assert (told.returncode, told.stdout) == (0, "OK\n")
        assert "WRONGPASS" in server.ask("PING")
        assert server.ask("PING", url=new) == "PONG"
        assert server.probe().returncode == 0
        told = server.pod.tell(key, key.live_update.accept, first, server.cli)
        server.pod.fill(server.made, first)
        told = server.pod.tell(key, key.live_update.retire, first, server.cli)
        assert (told.returncode, server.ask("PING")) == (0, "PONG")

    def test_the_files_may_be_ahead(self, server: Server) -> None:
        """
        Where something applied the Secret before the server was told, it can be told yet.
        """
        key = server.made.service(Redis).secrets["password"]
        assert key.live_update
        first = values(server.made.stack)
        rotated = values(server.made.stack, suffix="ahead")
        server.pod.fill(server.made, {**first, "redis/password": rotated["redis/password"]})
        told = server.pod.tell(key, key.live_update.accept, rotated, server.cli)
        assert (told.returncode, server.ask("PING")) == (0, "PONG")
        server.pod.fill(server.made, first)
        told = server.pod.tell(key, key.live_update.retire, first, server.cli)
        assert (told.returncode, server.ask("PING")) == (0, "PONG")

    def test_the_operator_reads_no_key(self, server: Server) -> None:
        """
        It may ask whether the server answers, and set passwords.
        """
        password = values(server.made.stack)["redis/operator-password"]
        url = f"redis://operator:{quote(password, safe='')}@127.0.0.1:{server.port}/0"
        assert server.ask("PING", url=url) == "PONG"
        for words in (["GET", "key"], ["SET", "key", "x"], ["CONFIG", "GET", "*"], ["ACL", "LIST"]):
            assert "NOPERM" in server.ask(*words, url=url)

    def test_no_value_is_no_password(self, server: Server) -> None:
        """
        Where nothing comes through the pipe, or an empty line, the server stays as it is.
        """
        update = server.made.service(Redis).secrets["password"].live_update
        assert update
        for command in (update.accept, update.retire):
            for typed in ("", "\n"):
                line = ["sh", "-c", server.pod.mapped(command)]
                assert server.pod.run(line, server.cli, typed).returncode == 1
        bare = f"redis://default:@127.0.0.1:{server.port}/0"
        assert server.ask("PING", url=bare) != "PONG"
        assert server.ask("PING") == "PONG"

    def test_a_restart_has_the_passwords_of_the_file(self, server: Server) -> None:
        """
        Those that a running server was told of are forgotten.
        """
        assert server.ask("ACL", "LOAD") == "OK"  # as a restart does
        assert server.ask("PING") == "PONG"

    def test_it_is_not_shown(self, server: Server) -> None:
        """
        Not in the process list, not in the log, not in the answer of the server.
        """
        for shown in (processes("cmdline"), server.log.read_text(), server.ask("ACL", "LIST")):
            assert AWKWARD not in shown


class TestProbe:
    """What counts as health."""

    def test_it_fails_where_the_password_is_wrong(self, server: Server) -> None:
        """
        That of its own user: an answer that is an error is no sign of health.
        """
        assert server.probe().returncode == 0
        right = values(server.made.stack)
        try:
            server.pod.fill(server.made, {**right, "redis/password": "another"})
            assert server.probe().returncode == 0
            server.pod.fill(server.made, {**right, "redis/operator-password": "wrong"})
            assert server.probe().returncode != 0
        finally:
            server.pod.fill(server.made, right)

    def test_it_fails_without_a_server(self, server: Server) -> None:
        """
        It asks for an answer, not for a process.
        """
        assert attrs.evolve(server, port=free_port()).probe().returncode != 0


class TestServer:
    """The configuration, and the volume."""

    def test_memory_follows_the_limit(self, server: Server) -> None:
        """
        Two fifths of the limit of 256Mi, and then the least recently used keys go.
        """
        assert str(102 * 2**20) == server.ask("CONFIG", "GET", "maxmemory").split()[1]
        assert server.ask("CONFIG", "GET", "maxmemory-policy").split()[1] == "allkeys-lru"

    def test_a_restart_keeps_the_keys(self, stopped: Server) -> None:
        """
        They come back from the append-only file on the volume.
        """
        other = attrs.evolve(stopped, port=free_port(), log=stopped.log.with_name("again"))
        pod = LocalPod(other.made, "redis", values(other.made.stack))
        other = attrs.evolve(other, pod=pod)
        with run(other):
            assert other.ask("SET", "kept", "yes") == "OK"
        with run(other):
            assert other.ask("GET", "kept") == "yes"
        pod.remove()

    @pytest.mark.slow
    def test_writes_at_full_speed_fit_the_memory_limit(self, tmp_path: Path) -> None:
        """
        Also while the file is rewritten, for which the server forks: both processes together.
        """
        benchmark = tool("redis-benchmark")
        compute = Compute(cpu="1", memory="128Mi")
        settings = RedisSettings(resources=Resources(requests=compute, limits=compute))
        made = composed(lambda stack: Redis(stack, settings))
        pod = LocalPod(made, "redis", values(made.stack, suffix="plain"))
        small = Server(made, pod, free_port(), tmp_path / "log")
        url = small.url.replace(quote(AWKWARD, safe=""), "plain")
        load = ["-t", "set", "-r", "3000000", "-n", "1500000", "-d", "512", "-P", "64", "-q"]
        peak = 0
        with pod.running(
            [*pod.command("redis"), "--port", str(small.port)], {}, small.log
        ) as server:
            while small.ask("PING", url=url) != "PONG":
                time.sleep(0.1)
            with subprocess.Popen(
                [benchmark, "-p", str(small.port), "-a", "password-plain", *load],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as writer:
                while writer.poll() is None:
                    peak = max(peak, anonymous(server.pid))
                    time.sleep(0.02)
            rewrites = small.ask("INFO", "persistence", url=url).partition("aof_rewrites:")[2]
        pod.remove()
        assert writer.returncode == 0
        assert int(rewrites.split()[0]) > 2
        assert peak < 128 * 2**20


def anonymous(pid: int) -> int:
    """Return the memory of a process and its children that no file backs, in bytes."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = 0
    for each in (pid, *children):
        with suppress(OSError):  # a child that is over
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
            found += int(text.partition("Pss_Anon:")[2].split()[0]) * 1024
    return found
