"""PostgreSQL: one server, with a database and a role of its own for each service that asks."""

from __future__ import annotations

import re

import attrs

from k8sgen import (
    Claim,
    Compute,
    Derived,
    EmptyDir,
    Endpoint,
    Image,
    Pod,
    Port,
    Probes,
    Random,
    Resources,
    SecretFiles,
    SecretKey,
    Service,
    ServiceSettings,
    Stack,
    StatefulSet,
    Storage,
    at_least,
    at_most,
)

PORT = Port("postgres", 5432)
USER = 999  # postgres, in the Debian image
CONFIG = "/etc/postgresql"
SECRETS = "/run/secrets/postgres"
SOCKETS = "/var/run/postgresql"
SUPERUSER = "superuser-password"

_NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,62}")
_RESERVED = frozenset({"postgres", "template0", "template1", "public", "none"})


@attrs.frozen(kw_only=True)
class PostgresSettings(ServiceSettings):
    """
    What an environment says of PostgreSQL.

    Args:
        image: From PostgreSQL 18 on, whose image keeps its data below /var/lib/postgresql in a
            folder a major version, and refuses to start over the data of another one.
        replicas: One, or none: nothing is replicated.
        max_connections: Of all clients together; they share a quarter of the memory limit.
        slow_query_ms: Queries that take longer are logged.
    """

    image: Image = Image("postgres", "18.6")
    replicas: int = attrs.field(default=1, validator=[at_least(0), at_most(1)])
    resources: Resources = Resources(
        requests=Compute(cpu="250m", memory="1Gi"), limits=Compute(cpu="2", memory="1Gi")
    )
    storage: Storage = Storage(size="10Gi")
    max_connections: int = attrs.field(default=100, validator=at_least(10))
    slow_query_ms: int = attrs.field(default=1000, validator=at_least(1))


@attrs.frozen(kw_only=True, eq=False)
class Database(Endpoint):
    """
    A database as a client is given it.

    Args:
        name: Of the database, and of the role that owns it and alone may connect.
        password: Of that role.
    """

    name: str
    password: SecretKey

    @property
    def url(self) -> Derived:
        """
        The URL with role and password in it.

        It asks for no TLS: the server has no certificate, and the network policies let only the
        service's own pods connect.
        """
        template = f"postgres://{self.name}:{{password}}@{self.address}/{self.name}?sslmode=disable"
        return Derived(template, {"password": self.password})


class Postgres(Service):
    """
    One PostgreSQL server.

    Before it serves, each start of the pod makes what `databases.sql` names and is missing, and
    sets the passwords: a new service gets its database, and a rotated password its effect, by a
    rollout. On the running server: `psql --file=/etc/postgresql/databases.sql`.

    Clients use the Kubernetes Service with a stable address, as drivers keep the address that they
    once looked up; the headless one only gives the pod its name.
    """

    def __init__(self, scope: Stack, settings: PostgresSettings) -> None:
        super().__init__(scope, settings)
        self._databases: dict[str, Database] = {}
        self._port = self.endpoint(PORT)
        self.secret(SUPERUSER, Random(length=48), rotate_days=180)
        memory = settings.resources.limits.mebibytes
        mounts = {
            "/var/lib/postgresql": Claim("data", settings.storage),
            CONFIG: self.config(
                {
                    "postgresql.conf": _postgresql_conf(settings),
                    "pg_hba.conf": _PG_HBA,
                    "databases.sql": self._databases_sql,
                    "prepare.sh": _PREPARE,
                }
            ),
            SECRETS: SecretFiles(self.secrets.values()),
            SOCKETS: EmptyDir("sockets", "1Mi", memory=True),
            "/dev/shm": EmptyDir("shared-memory", f"{memory // 4}Mi", memory=True),  # noqa: S108
        }
        prepare = self.container(
            name="prepare",
            command=["bash", f"{CONFIG}/prepare.sh"],
            env={
                "POSTGRES_PASSWORD_FILE": f"{SECRETS}/{SUPERUSER}",
                # Sorts alike whatever the C library of a later image says, so indexes stay valid.
                "POSTGRES_INITDB_ARGS": "--data-checksums"
                " --locale-provider=builtin --builtin-locale=C.UTF-8",
            },
            mounts=mounts,
        )
        server = self.container(
            args=["postgres", "-c", f"config_file={CONFIG}/postgresql.conf"],
            ports=[PORT],
            mounts=mounts,
            probes=Probes.exec(["pg_isready", "--host=127.0.0.1"], start=600),
        )
        # The image's stop signal asks for a fast shutdown, which still writes a checkpoint.
        StatefulSet(self, Pod(server, init=prepare, user=USER, grace=120))

    def database(self, name: str) -> Database:
        """
        Give a client the database *name*, with a role of the same name.

        Raises:
            ValueError: PostgreSQL reserves the name, or it would have to be quoted.
        """
        if not _NAME.fullmatch(name) or name in _RESERVED:
            msg = f"{name!r} cannot name a database; use lower-case letters, digits and _"
            raise ValueError(msg)
        if name not in self._databases:
            password = self.secret(f"{name}-password", Random(length=48), rotate_days=90)
            port = self._port
            self._databases[name] = Database(
                service=self, host=port.host, port=port.port, name=name, password=password
            )
        return self._databases[name]

    def _databases_sql(self) -> str:
        """Write what makes every database; run again, it changes nothing but the passwords."""
        each = (_DATABASE.format(name=name, secrets=SECRETS) for name in sorted(self._databases))
        return _SUPERUSER.format(secrets=SECRETS, key=SUPERUSER) + "".join(each)


def _postgresql_conf(settings: PostgresSettings) -> str:
    """
    Write the server's configuration file, in parameters that every version from 15 on has.

    Of the memory limit, a quarter is the buffers', a quarter all connections' work memory, and a
    quarter that of maintenance (the three autovacuum workers and one command by hand); the rest is
    left to the processes themselves and to the page cache. The write-ahead log takes up to an
    eighth of the volume.

    Source:
        https://www.postgresql.org/docs/18/runtime-config-resource.html
    """
    memory = settings.resources.limits.mebibytes
    work_kb = max(memory * 1024 // 4 // settings.max_connections, 64)
    return f"""\
listen_addresses = '*'
unix_socket_directories = '{SOCKETS}'
hba_file = '{CONFIG}/pg_hba.conf'
password_encryption = 'scram-sha-256'
max_connections = {settings.max_connections}
idle_in_transaction_session_timeout = '10min'

shared_buffers = '{memory // 4}MB'
effective_cache_size = '{memory // 2}MB'
maintenance_work_mem = '{memory // 16}MB'
work_mem = '{work_kb}kB'
huge_pages = off  # a node may have some that the pod was not given

max_wal_size = '{max(settings.storage.mebibytes // 8, 64)}MB'
wal_compression = on
checkpoint_timeout = '15min'
random_page_cost = 1.1  # solid-state disks

log_min_duration_statement = '{settings.slow_query_ms}ms'
log_lock_waits = on
log_line_prefix = '%m [%p] %q%u@%d '
log_timezone = 'UTC'
timezone = 'UTC'
"""


_PG_HBA = """\
# TYPE  DATABASE  USER      ADDRESS  METHOD
local   all       postgres           peer
host    all       all       all      scram-sha-256
"""

_PREPARE = f"""\
set -Eeuo pipefail
docker-ensure-initdb.sh  # the image's own; it does nothing where there is a cluster
# Nobody connects yet: it listens on its socket alone. A crash is recovered from here.
options="-c config_file={CONFIG}/postgresql.conf -c listen_addresses=''"
pg_ctl start --wait --timeout=3600 --options="$options"
trap 'pg_ctl stop --wait --mode=fast' EXIT
psql --no-psqlrc --file={CONFIG}/databases.sql
"""

# A block reads each password on the server, so that no statement, log or process list shows it.
_SUPERUSER = """\
\\set ON_ERROR_STOP on
DO $$ BEGIN
  EXECUTE format('ALTER ROLE postgres PASSWORD %L', pg_read_file('{secrets}/{key}'));
END $$;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
"""

_DATABASE = """
SELECT 'CREATE ROLE "{name}" LOGIN'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
DO $$ BEGIN
  EXECUTE format('ALTER ROLE "{name}" PASSWORD %L', pg_read_file('{secrets}/{name}-password'));
END $$;
SELECT 'CREATE DATABASE "{name}" OWNER "{name}"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
"""
