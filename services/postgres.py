"""PostgreSQL: one server, with a database and a role of its own for each service that asks."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from k8sgen import (
    Alternate,
    Claim,
    Compute,
    ConfigFile,
    Container,
    Derived,
    EmptyDir,
    Endpoint,
    FileContent,
    Image,
    LiveUpdate,
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
    Volume,
    at_least,
    at_most,
)
from services._postgres_files import login_problems, server_problems
from services._postgres_sql import ACCEPT, RETIRE, SUPERUSER, databases_sql

PORT = Port("postgres", 5432)
USER = 999  # postgres, in the Debian image
CONFIG = "/etc/postgresql"
SECRETS = "/run/secrets/postgres"
SOCKETS = "/var/run/postgresql"

_ACCEPT = f"psql --no-psqlrc --quiet --file={CONFIG}/accept.sql"

_NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,60}")
_RESERVED = frozenset({"postgres", "template0", "template1", "public", "none"})


@attrs.frozen(kw_only=True)
class PostgresSettings(ServiceSettings):
    """
    Settings for PostgreSQL.

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
        name: Of the database, and of the role that owns it and all that is in it.
        login: The role that the client connects as. It acts as the owner, and so does another,
            to which a rotation turns: so the old password is valid until every client has the new.
        password: Of the login role.
    """

    name: str
    login: SecretKey
    password: SecretKey

    @property
    def url(self) -> Derived:
        """
        The URL with login and password in it.

        It asks for no TLS: the server has no certificate, and the network policies let only the
        service's own pods connect.
        """
        template = f"postgresql://{{login}}:{{password}}@{self.address}/{self.name}?sslmode=disable"
        return Derived(template, {"login": self.login, "password": self.password})


class Postgres(Service):
    """
    One PostgreSQL server.

    Before it serves, each start of the pod makes what `databases.sql` names and is missing, and
    sets the passwords: a new service gets its database by a rollout. On the running server:
    `psql --file=/etc/postgresql/databases.sql`.

    Clients use the Kubernetes Service with a stable address, as drivers keep the address that they
    once looked up; the headless one only gives the pod its name.
    """

    def __init__(self, scope: Stack, settings: PostgresSettings) -> None:
        super().__init__(scope, settings)
        self._databases: dict[str, Database] = {}
        self._port = self.endpoint(PORT)
        superuser = LiveUpdate(
            workload=f"statefulset/{self.name}", accept=f"{{ echo postgres; cat; }} | {_ACCEPT}"
        )
        self.secret(SUPERUSER, Random(length=48), rotate_days=180, live_update=superuser)
        mounts = self._mounts(settings)
        server = self.container(
            args=["postgres", "-c", f"config_file={CONFIG}/postgresql.conf"],
            ports=[PORT],
            mounts=mounts,
            probes=_probes(),
        )
        # The image's stop signal asks for a fast shutdown, which still writes a checkpoint.
        StatefulSet(self, Pod(server, init=self._prepare(mounts), user=USER, grace=120))

    def database(self, name: str) -> Database:
        """
        Return a client the database *name*, with an owner of the same name.

        Raises:
            ValueError: PostgreSQL reserves the name, or it would have to be quoted.
        """
        if not _NAME.fullmatch(name) or name in _RESERVED:
            msg = f"{name!r} cannot name a database; use lower-case letters, digits and _"
            raise ValueError(msg)
        if name not in self._databases:
            self._databases[name] = self._declare(name)
        return self._databases[name]

    def _mounts(self, settings: PostgresSettings) -> dict[str, Volume]:
        server = ConfigFile(content=_postgresql_conf(settings), check=server_problems)
        files: dict[str, FileContent | ConfigFile] = {
            "postgresql.conf": server,
            "pg_hba.conf": ConfigFile(content=_PG_HBA, check=login_problems),
            "databases.sql": lambda: databases_sql(self._databases, SECRETS),
            "accept.sql": ACCEPT,
            "retire.sql": RETIRE,
            "prepare.sh": _PREPARE,
        }
        shared = settings.resources.limits.mebibytes // 4  # parallel queries share it
        return {
            "/var/lib/postgresql": Claim("data", settings.storage),
            CONFIG: self.config(files),
            SECRETS: SecretFiles(self.secrets.values()),
            SOCKETS: EmptyDir("sockets", "1Mi", memory=True),
            "/dev/shm": EmptyDir("shared-memory", f"{shared}Mi", memory=True),  # noqa: S108
        }

    def _prepare(self, mounts: Mapping[str, Volume]) -> Container:
        """Make the container that runs before the server, on the same volumes."""
        # Sorting alike whatever C library a later image brings keeps the indexes valid.
        initdb = "--data-checksums --locale-provider=builtin --builtin-locale=C.UTF-8"
        return self.container(
            name="prepare",
            command=["bash", f"{CONFIG}/prepare.sh"],
            env={
                "POSTGRES_PASSWORD_FILE": f"{SECRETS}/{SUPERUSER}",
                "POSTGRES_INITDB_ARGS": initdb,
            },
            mounts=mounts,
        )

    def _declare(self, name: str) -> Database:
        password = self.secret(f"{name}-password", Random(length=48), rotate_days=90)
        live_update = LiveUpdate(
            workload=f"statefulset/{self.name}",
            accept=_ACCEPT,
            retire=f"psql --no-psqlrc --quiet --file={CONFIG}/retire.sql",
            also=(password,),
        )
        logins = Alternate((f"{name}-a", f"{name}-b"), password)
        login = self.secret(f"{name}-login", logins, live_update=live_update)
        host, port = self._port.host, self._port.port
        return Database(
            server=self, host=host, port=port, name=name, login=login, password=password
        )


def _probes() -> Probes:
    """
    Ask whether it accepts connections, but restart only a server that gives no answer.

    One that recovers from a crash answers and refuses: a restart would begin the recovery anew.

    Source:
        https://www.postgresql.org/docs/18/app-pg-isready.html
    """
    ask = "pg_isready --host=127.0.0.1"
    alive = Probes.exec(["sh", "-c", f"{ask}; [ $? -le 1 ]"], start=600)
    ready = attrs.evolve(alive.readiness, command=ask.split())
    return attrs.evolve(alive, readiness=ready)


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
host    all       postgres  all      reject
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
