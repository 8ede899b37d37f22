"""What the manifests of PostgreSQL promise; tests/conformance tries them on the server itself."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from k8sgen import Alternate, Compute, Derived, Random, Resources, Stack, Storage
from services.postgres import Postgres, PostgresSettings
from services.template_system import TemplateSystem, TemplateSystemSettings
from tests.services.stacks import Composed, composed


def wired(settings: PostgresSettings, *names: str) -> Composed:
    """Compose a stack in which clients asked for the databases *names*."""

    def wire(stack: Stack) -> None:
        postgres = Postgres(stack, settings)
        for name in names:
            postgres.database(name)

    return composed(wire)


def parameters(settings: PostgresSettings) -> dict[str, str]:
    """Return what the configuration file says."""
    text = wired(settings).files("postgres")["postgresql.conf"]
    return dict(re.findall(r"^(\w+) = '?([^'#\n]*[^'#\n ])", text, re.MULTILINE))


class TestDatabases:
    """What a client gets by asking."""

    def test_a_database_is_made_though_it_was_asked_for_after_the_server_was_declared(self) -> None:
        """
        The script and the mounted passwords are those of the finished stack.
        """
        made = wired(PostgresSettings(), "backend", "templates")
        secret = next(v for v in made.pod("postgres")["volumes"] if "secret" in v)["secret"]
        mounted = {item["key"] for item in secret["items"]}
        assert mounted == set(made.service(Postgres).secrets)
        for name in ("backend", "templates"):
            assert f'CREATE DATABASE "{name}"' in made.files("postgres")["databases.sql"]
            assert f"{name}-password" in mounted

    def test_a_new_database_rolls_the_pod_which_makes_it(self) -> None:
        """
        What is mounted decides the checksum on the pod.
        """
        one, two = (
            made["StatefulSet", "postgres"]["spec"]["template"]["metadata"]["annotations"]
            for made in (wired(PostgresSettings()), wired(PostgresSettings(), "backend"))
        )
        assert one["checksum/config"] != two["checksum/config"]

    def test_the_order_of_asking_does_not_matter(self) -> None:
        """
        The script is the same, so that moving a line of the stack rolls nothing.
        """
        scripts = [
            wired(PostgresSettings(), *names).files("postgres")["databases.sql"]
            for names in (("one", "two"), ("two", "one"))
        ]
        assert scripts[0] == scripts[1]

    def test_asking_twice_gives_the_same(self) -> None:
        """
        Two services may share a database; it has one owner.
        """
        postgres = wired(PostgresSettings()).service(Postgres)
        assert postgres.database("shared") is postgres.database("shared")

    def test_the_url_is_derived_from_the_password_which_stays_at_home(self) -> None:
        """
        A rotated password changes one key, and every URL follows.
        """
        database = wired(PostgresSettings(), "backend").service(Postgres).database("backend")
        assert isinstance(database.url, Derived)
        assert database.password.secret == "postgres"
        assert database.url.shown() == (
            "postgresql://{postgres/backend-login}:{postgres/backend-password}"
            "@postgres:5432/backend?sslmode=disable"
        )

    @pytest.mark.parametrize(
        "name", ["postgres", "template1", "public", "pg_x", "Backend", "a-b", "", "1st", "x" * 62]
    )
    def test_a_name_that_is_taken_or_needs_quotes_is_refused(self, name: str) -> None:
        """
        The message says what may be in it.
        """
        postgres = wired(PostgresSettings()).service(Postgres)
        with pytest.raises(ValueError, match="lower-case letters, digits and _"):
            postgres.database(name)


class TestSecrets:
    """Passwords are references to files."""

    def test_no_password_is_in_an_environment_variable(self) -> None:
        """
        Neither of the server nor of what prepares it; the superuser's is named by its file.
        """
        made = wired(PostgresSettings(), "backend")
        prepare = made.pod("postgres")["initContainers"][0]
        env = {entry["name"]: entry["value"] for entry in prepare["env"]}
        assert env["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres/superuser-password"
        assert "env" not in made.container("postgres")

    def test_every_password_is_drawn_and_rotates(self) -> None:
        """
        None is brought by a person, and none lives for ever.
        """
        keys = wired(PostgresSettings(), "backend").service(Postgres).secrets
        passwords = [key for name, key in keys.items() if name.endswith("-password")]
        assert len(passwords) == 2
        for key in passwords:
            assert isinstance(key.recipe, Random)
            assert key.rotate_days

    def test_a_rotation_turns_to_another_login_and_tells_the_server(self) -> None:
        """
        The commands read login and password, in this order.
        """
        database = wired(PostgresSettings(), "backend").service(Postgres).database("backend")
        assert isinstance(database.login.recipe, Alternate)
        assert database.login.recipe.names == ("backend-a", "backend-b")
        assert database.login.recipe.password == database.password
        assert database.login.live_update
        assert database.login.live_update.also == (database.password,)


class TestServer:
    """The pod, its volume and its configuration."""

    @pytest.mark.parametrize(
        ("answer", "alive", "ready"),
        [(0, True, True), (1, True, False), (2, False, False), (3, False, False)],
    )
    def test_only_no_answer_restarts_it(
        self, answer: int, alive: bool, ready: bool, tmp_path: Path
    ) -> None:
        """
        A server that recovers refuses (1), and is alive; the probes run with a stand-in here.
        """
        program = tmp_path / "pg_isready"
        program.write_text(f"#!/bin/sh\nexit {answer}\n")
        program.chmod(0o755)
        container = wired(PostgresSettings()).container("postgres")
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        for name, passes in (
            ("startupProbe", alive),
            ("livenessProbe", alive),
            ("readinessProbe", ready),
        ):
            command = container[name]["exec"]["command"]
            assert (subprocess.run(command, check=False, env=path).returncode == 0) is passes

    def test_the_volume_is_where_the_image_keeps_its_data_from_18_on(self) -> None:
        """
        A mount at the folder of older images would leave the data in the container.
        """
        mounts = wired(PostgresSettings()).container("postgres")["volumeMounts"]
        assert {"name": "data", "mountPath": "/var/lib/postgresql"} in mounts

    def test_what_is_written_is_a_volume(self) -> None:
        """
        Sockets, shared memory and temporary files have one, as the root is read-only.
        """
        mounts = wired(PostgresSettings()).container("postgres")["volumeMounts"]
        writable = {mount["mountPath"] for mount in mounts if not mount.get("readOnly")}
        assert writable == {"/tmp", "/dev/shm", "/var/lib/postgresql", "/var/run/postgresql"}

    def test_clients_use_a_stable_address_and_the_pod_a_headless_one(self) -> None:
        """
        The StatefulSet names the headless Kubernetes Service, the URL the other.
        """
        made = wired(PostgresSettings())
        headless = made["StatefulSet", "postgres"]["spec"]["serviceName"]
        assert made["Service", headless]["spec"]["clusterIP"] == "None"
        assert "clusterIP" not in made["Service", "postgres"]["spec"]

    @pytest.mark.parametrize(
        ("limit", "buffers", "work"),
        [("256Mi", "64MB", "655kB"), ("1Gi", "256MB", "2621kB"), ("8Gi", "2048MB", "20971kB")],
    )
    def test_memory_follows_the_limit(self, limit: str, buffers: str, work: str) -> None:
        """
        A quarter for the buffers, and a quarter shared by all connections.
        """
        resources = Resources(
            requests=Compute(cpu="1", memory="64Mi"), limits=Compute(cpu="1", memory=limit)
        )
        found = parameters(PostgresSettings(resources=resources))
        assert (found["shared_buffers"], found["work_mem"]) == (buffers, work)

    def test_the_log_leaves_most_of_the_volume_to_the_data(self) -> None:
        """
        An eighth, and never less than what PostgreSQL needs.
        """
        sizes = [
            parameters(PostgresSettings(storage=Storage(size=size)))["max_wal_size"]
            for size in ("100Mi", "8Gi")
        ]
        assert sizes == ["64MB", "1024MB"]

    def test_hosts_prove_themselves_by_scram(self) -> None:
        """
        The superuser has the socket in the pod alone.
        """
        rules = [
            line.split()
            for line in wired(PostgresSettings()).files("postgres")["pg_hba.conf"].splitlines()
        ]
        assert [rule for rule in rules if rule[0] != "#"] == [
            ["local", "all", "postgres", "peer"],
            ["host", "all", "postgres", "all", "reject"],
            ["host", "all", "all", "all", "scram-sha-256"],
        ]

    def test_two_servers_over_two_volumes_are_refused(self) -> None:
        """
        They would share an address, and each have half of the data.
        """
        with pytest.raises(ValueError, match="replicas: 2 is too large"):
            PostgresSettings(replicas=2)

    def test_only_who_was_given_a_database_may_connect(self) -> None:
        """
        The network policy names the client, not the namespace.
        """

        def wire(stack: Stack) -> None:
            postgres = Postgres(stack, PostgresSettings())
            TemplateSystem(stack, TemplateSystemSettings(), database=postgres.database("templates"))

        assert composed(wire).callers("postgres") == {("template-system", 5432)}
