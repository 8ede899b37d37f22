"""PostgreSQL itself, prepared and started as the pod does it, with the files of the ConfigMap."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import pytest

from services.postgres import Postgres
from tests.conformance.pods import AWKWARD, free_port, processes, values
from tests.conformance.postgres_server import (
    PASSWORD_END,
    Server,
    image_env,
    init_env,
    pod_of,
    running,
    wait_for,
    wired,
)
from tests.services.stacks import Composed

ROTATED_END = "rotated" + AWKWARD


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """
    A server that was prepared from an empty volume for two services.
    """
    made = wired("backend", "template_system")
    secrets = values(made.stack, suffix=PASSWORD_END)
    with running(made, secrets, tmp_path_factory.mktemp("postgres") / "log") as found:
        yield found


class TestDatabases:
    """What each role may do."""

    @pytest.mark.parametrize("name", ["backend", "template_system"])
    def test_the_url_that_a_client_is_given_connects_as_the_owner(
        self, server: Server, name: str
    ) -> None:
        """
        The percent-encoded password opens the database, where the client acts as its owner.
        """
        query = "SELECT session_user, current_user, current_database()"
        assert server.ask(server.url(name), query) == f"{name}-a|{name}|{name}"
        assert server.ask(server.url(name), "CREATE TABLE own (); DROP TABLE own;") == ""

    @pytest.mark.parametrize("database", ["template_system", "postgres", "template1"])
    def test_a_role_connects_to_no_database_but_its_own(
        self, server: Server, database: str
    ) -> None:
        """
        Another service's database and PostgreSQL's own are closed to it.
        """
        answer = server.ask(server.url("backend", database=database), "SELECT 1")
        assert "permission denied for database" in answer

    def test_a_role_is_nothing_but_an_owner(self, server: Server) -> None:
        """
        No role of a service is a superuser, or makes roles or databases.
        """
        query = "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolcreatedb"
        assert server.psql("-qAt", "--command", query).stdout.split() == ["postgres"]

    def test_a_wrong_password_is_refused(self, server: Server) -> None:
        """
        Over TCP only SCRAM opens the door.
        """
        answer = server.ask(server.url("backend", "wrong"), "SELECT 1")
        assert "password authentication failed" in answer

    def test_the_superuser_cannot_log_in_over_the_network(self, server: Server) -> None:
        """
        With its right password either; it has the socket in the pod.
        """
        url = server.url("backend", database="postgres").replace("//backend-a:", "//postgres:")
        url = url.replace("backend-password", "superuser-password")
        assert "pg_hba.conf rejects connection" in server.ask(url, "SELECT current_user")


@contextmanager
def changed(server: Server, made: Composed) -> Iterator[subprocess.CompletedProcess[str]]:
    """Return the pod the files of *made*, and run its script; then go back."""
    script = f"--file={server.pod.path('/etc/postgresql/databases.sql')}"
    server.pod.fill(made, values(made.stack, suffix=PASSWORD_END))
    try:
        yield server.psql(script)
    finally:
        server.pod.fill(server.made, values(server.made.stack, suffix=PASSWORD_END))


class TestRunAgain:
    """`databases.sql` on the running server."""

    def test_a_second_run_changes_nothing(self, server: Server) -> None:
        """
        The script is safe on a server in use.
        """
        with changed(server, server.made) as again:
            assert (again.returncode, again.stderr) == (0, "")
            assert server.ask(server.url("backend"), "SELECT current_user") == "backend"

    def test_a_later_service_gets_its_database_from_the_running_server(
        self, server: Server
    ) -> None:
        """
        The grown script and the new password file are all that it takes.
        """
        more = wired("backend", "template_system", "user")  # a word of SQL
        with changed(server, more) as run:
            assert (run.returncode, run.stderr) == (0, "")
        url = attrs.evolve(server, made=more).url("user")
        assert server.ask(url, "SELECT current_user, current_database()") == "user|user"

    def test_a_missing_password_stops_the_run(self, server: Server) -> None:
        """
        No role is left without a password, which nobody would notice.
        """
        with changed(server, server.made):
            server.pod.path("/run/secrets/postgres/backend-password").unlink()
            run = server.psql(f"--file={server.pod.path('/etc/postgresql/databases.sql')}")
            assert run.returncode == 3
            assert "backend-password" in run.stderr


class TestServer:
    """The configuration, and the volume."""

    def test_its_files_have_no_error(self, server: Server) -> None:
        """
        PostgreSQL knows every parameter and understands every rule.
        """
        query = (
            "SELECT name || error FROM pg_file_settings WHERE error IS NOT NULL"
            " UNION ALL SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL"
        )
        assert server.psql("-qAt", "--command", query).stdout == ""

    def test_memory_follows_the_limit(self, server: Server) -> None:
        """
        A quarter of the limit of 1Gi is the shared buffers'.
        """
        assert server.psql("-qAt", "--command", "SHOW shared_buffers").stdout.strip() == "256MB"

    def test_no_password_is_shown(self, server: Server) -> None:
        """
        Not in the log, the activity or the catalog, not by any process.
        """
        activity = server.psql("-qAt", "--command", "TABLE pg_stat_activity").stdout
        stored = server.psql("-qAt", "--command", "SELECT rolpassword FROM pg_authid").stdout
        assert stored.count("SCRAM-SHA-256$") >= 3
        running = processes("cmdline") + processes("environ")
        for shown in (server.log.read_text(), activity, stored, running):
            assert PASSWORD_END not in shown
            assert ROTATED_END not in shown

    def test_the_probe_fails_without_a_server(self, server: Server) -> None:
        """
        It asks for an answer, not for a process.
        """
        env = {**server.env, "PGPORT": str(free_port())}
        assert server.pod.run(server.pod.probe("postgres"), env).returncode != 0

    def test_a_new_pod_keeps_the_data(self) -> None:
        """
        Prepared once more, over the volume of a server that crashed, it loses no table.
        """
        made = wired("backend")
        pod = pod_of(made, values(made.stack, suffix=PASSWORD_END))
        env = image_env(pod)
        log = pod.root / "log"
        for round_, query in enumerate(("CREATE TABLE kept (); SELECT 1", "TABLE kept; SELECT 1")):
            prepared = pod.run(pod.command("prepare"), {**env, **init_env(pod)})
            assert prepared.returncode == 0, (round_, prepared.stderr)
            with pod.running(pod.command("postgres"), env, log) as process:
                found = Server(made, pod, env, log)
                wait_for(found)
                assert found.ask(found.url("backend"), query).endswith("1")
                process.send_signal(signal.SIGQUIT)  # no checkpoint, as if it had crashed
        pod.remove()


class TestRotation:
    """From one login to the other, on the running server."""

    def test_old_and_new_are_valid_until_the_old_is_retired(self, server: Server) -> None:
        """
        No client is locked out in between, and what one login made is the other's too.
        """
        login = server.made.service(Postgres).database("backend").login
        assert login.live_update
        secrets = values(server.made.stack, suffix=ROTATED_END, turn=1)
        old, new = server.url("backend"), server.url("backend", ROTATED_END, turn=1)
        server.ask(old, "CREATE TABLE before ()")

        told = server.pod.tell(login, login.live_update.accept, secrets, server.env)
        assert (told.returncode, told.stderr) == (0, "")
        assert server.ask(old, "SELECT session_user") == "backend-a"
        assert server.ask(new, "DROP TABLE before; SELECT session_user") == "backend-b"

        told = server.pod.tell(login, login.live_update.retire, secrets, server.env)
        assert (told.returncode, told.stderr) == (0, "")
        assert "password authentication failed" in server.ask(old, "SELECT session_user")
        assert server.ask(new, "SELECT session_user") == "backend-b"

    def test_the_next_start_of_the_pod_leaves_the_other_login_alone(self, server: Server) -> None:
        """
        A rollout in the middle of a rotation locks nobody out either.
        """
        turned = values(server.made.stack, suffix=ROTATED_END, turn=1)
        server.pod.fill(server.made, turned)
        server.psql(f"--file={server.pod.path('/etc/postgresql/databases.sql')}")
        for url in (
            server.url("template_system"),
            server.url("template_system", ROTATED_END, turn=1),
        ):
            assert server.ask(url, "SELECT current_user") == "template_system"

    def test_a_login_of_another_name_is_refused(self, server: Server) -> None:
        """
        A value that was edited by hand makes no role.
        """
        login = server.made.service(Postgres).database("backend").login
        assert login.live_update
        secrets = {**values(server.made.stack), login.name: "odd"}
        told = server.pod.tell(login, login.live_update.accept, secrets, server.env)
        assert told.returncode == 3
        assert 'role "odd" does not exist' in told.stderr
