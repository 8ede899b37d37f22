"""Redis: the cache, kept in an append-only file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, get_args

import attrs

from k8sgen import (
    Claim,
    Compute,
    ConfigFile,
    ConfigUse,
    Derived,
    Endpoint,
    Image,
    LiveUpdate,
    Pod,
    Port,
    Probe,
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

PORT = Port("redis", 6379)
USER = 999  # redis, in the Debian image
CONFIG = "/etc/redis"
SECRETS = "/run/secrets/redis"

OPERATOR = "operator"
"""The user of this pod alone, for its probes and for new passwords; it reads and writes no key."""

_AUTH = f'REDISCLI_AUTH="$(cat {SECRETS}/{OPERATOR}-password)"'

Eviction = Literal[
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
]


@attrs.frozen(kw_only=True)
class RedisSettings(ServiceSettings):
    """
    Settings for Redis.

    Args:
        replicas: One, or none: nothing is replicated.
        storage: Of the append-only file; up to twice the memory limit while it is rewritten.
        eviction: Which keys go when the memory is full.
    """

    image: Image = Image("redis", "8.10.1")
    replicas: int = attrs.field(default=1, validator=[at_least(0), at_most(1)])
    resources: Resources = Resources(
        requests=Compute(cpu="50m", memory="256Mi"), limits=Compute(cpu="500m", memory="256Mi")
    )
    storage: Storage = Storage(size="1Gi")
    eviction: Eviction = "allkeys-lru"


@attrs.frozen(kw_only=True, eq=False)
class Cache(Endpoint):
    """
    Redis as a client is given it.

    Args:
        password: Of the user `default`.
    """

    password: SecretKey

    @property
    def url(self) -> Derived:
        """The URL with the password in it."""
        template = f"redis://default:{{password}}@{self.address}/0"
        return Derived(template, {"password": self.password})


class Redis(Service):
    """One Redis server; its clients reach it by the stable address of a Kubernetes Service."""

    def __init__(self, scope: Stack, settings: RedisSettings) -> None:
        super().__init__(scope, settings)
        self._password = self._declare("password", "default", rotate_days=90)
        self._operator = self._declare(f"{OPERATOR}-password", OPERATOR, rotate_days=180)
        self._port = self.endpoint(PORT)
        conf = ConfigFile(content=_redis_conf(settings), check=_problems)
        container = self.container(
            # Not by the image's entrypoint, which would load every module that it brings.
            command=["redis-server", f"{CONFIG}/redis.conf"],
            ports=[PORT],
            mounts={
                "/data": Claim("data", settings.storage),
                CONFIG: self.config({"redis.conf": conf}),
                SECRETS: SecretFiles([self._users(), self._password, self._operator]),
            },
            probes=_probes(),
        )
        StatefulSet(self, Pod(container, user=USER))

    def cache(self) -> Cache:
        """Return a client the cache."""
        port = self._port
        return Cache(server=self, host=port.host, port=port.port, password=self._password)

    def _declare(self, key: str, user: str, *, rotate_days: int) -> SecretKey:
        """Declare the password of a user, a new one of which the running server learns."""
        live = LiveUpdate(
            workload=f"statefulset/{self.name}",
            accept=_ACCEPT.format(user=user),
            retire=_RETIRE.format(user=user, key=key),
        )
        return self.secret(key, Random(length=48), rotate_days=rotate_days, live_update=live)

    def _users(self) -> SecretKey:
        """Declare the access control list; a password may not hold white space."""
        rules = f"""\
user default on >{{password}} ~* &* +@all
user {OPERATOR} on >{{operator}} +ping +acl|setuser
"""
        keys = {"password": self._password, "operator": self._operator}
        return self.secret("users.acl", Derived(rules, keys, encode=False))


_READ = 'IFS= read -r new && [ -n "$new" ] || exit 1  # an empty password would let anybody in'

_ACCEPT = f"""\
{_READ}
export {_AUTH}
printf '>%s' "$new" | redis-cli -e --user {OPERATOR} -x ACL SETUSER {{user}}"""
"""The running server takes the new password beside the old one."""

_RETIRE = f"""\
{_READ}
tries=0
until [ "$(cat {SECRETS}/{{key}})" = "$new" ]; do
  [ $((tries += 1)) -le 90 ] || {{{{ echo "the file {{key}} is an old one yet" >&2; exit 1; }}}}
  sleep 2
done
export {_AUTH}
printf '>%s' "$new" | redis-cli -e --user {OPERATOR} -x ACL SETUSER {{user}} resetpass"""
"""It takes the new one alone, once a restart would too: kubelet updates the files a bit later."""


def _probes() -> Probes:
    """
    Ask for an answer, but restart only a server that accepts no connection.

    While it loads its data, runs a long script or cannot write to its volume, the answer is an
    error, which a restart would make worse.
    """
    # -e: an error in the answer, as after a wrong password, is a failure too.
    ask = f"{_AUTH} exec redis-cli -e --user {OPERATOR} ping"
    ping = Probes.exec(["sh", "-c", ask], start=600)
    return attrs.evolve(ping, liveness=Probe(port=PORT.name))


def _redis_conf(settings: RedisSettings) -> str:
    """
    Write the configuration file.

    A rewrite of the file forks the server, and what is written meanwhile is copied: at full speed
    that is everything. So the keys get two fifths of the memory limit, and the rest is left for the
    copy, for fragments and for the clients' buffers.
    """
    memory = settings.resources.limits.mebibytes * 4 // 10
    return f"""\
protected-mode yes
aclfile {SECRETS}/users.acl

dir /data
appendonly yes
appendfsync everysec
save ""

maxmemory {memory}mb
maxmemory-policy {settings.eviction}
"""


_SYNCS = ("always", "everysec", "no")
_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 2**10, "m": 10**6, "mb": 2**20, "g": 10**9, "gb": 2**30}


def _problems(use: ConfigUse) -> Iterator[str]:
    """
    Judge the configuration file by the container that reads it.

    Source:
        https://redis.io/docs/latest/operate/oss_and_stack/management/config-file
    """
    lines = (line.split() for line in use.text.splitlines() if not line.lstrip().startswith("#"))
    found = {words[0].lower(): " ".join(words[1:]) for words in lines if words}
    memory = found.get("maxmemory", "0")
    size = re.fullmatch(r"(\d+)([kmg]?b?)", memory.lower())
    if size is None:
        yield f"maxmemory: {memory!r} is not an amount of memory"
    elif use.memory is not None and int(size[1]) * _UNITS[size[2]] >= use.memory:
        yield f"maxmemory: {memory} is not less than the container's memory limit"
    for name, words in (("maxmemory-policy", get_args(Eviction)), ("appendfsync", _SYNCS)):
        if name in found and found[name] not in words:
            yield f"{name}: {found[name]!r} is not one of {', '.join(words)}"
    port = found.get("port", str(PORT.number))
    if port not in map(str, use.ports):
        yield f"port: {port} is no port of the container"
