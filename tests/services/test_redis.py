"""What the manifests of Redis promise; tests/conformance tries them on the server itself."""

from __future__ import annotations

import pytest

from k8sgen import Compute, Random, Resources, SecretKey
from k8sgen.secrets.contract.keys import live_in
from services.redis import Redis, RedisSettings
from tests.services.stacks import Composed, composed

AUTH = 'REDISCLI_AUTH="$(cat /run/secrets/redis/operator-password)"'
PING = ["sh", "-c", f"{AUTH} exec redis-cli -e --user operator ping"]


def made_of(settings: RedisSettings) -> Composed:
    """Compose a stack of Redis alone."""
    return composed(lambda stack: Redis(stack, settings))


class TestPassword:
    """It is a reference wherever it is used."""

    def test_it_is_neither_in_the_command_nor_in_the_configuration(self) -> None:
        """
        The configuration names the file that is mounted from the Secret.
        """
        made = made_of(RedisSettings())
        secret = next(v for v in made.pod("redis")["volumes"] if "secret" in v)["secret"]
        assert made.container("redis")["command"] == ["redis-server", "/etc/redis/redis.conf"]
        assert "aclfile /run/secrets/redis/users.acl\n" in made.files("redis")["redis.conf"]
        files = ["users.acl", "password", "operator-password"]
        assert [item["path"] for item in secret["items"]] == files

    def test_it_has_one_home(self) -> None:
        """
        The server's list of users and every client's URL are derived from it, and it rotates.
        """
        redis = made_of(RedisSettings()).service(Redis)
        password = redis.secrets["password"]
        assert isinstance(password.recipe, Random)
        assert password.rotate_days
        assert password in redis.secrets["users.acl"].sources
        assert redis.cache().url.shown() == "redis://default:{redis/password}@redis:6379/0"

    def test_it_holds_no_white_space(self) -> None:
        """
        The list of users separates its words by it.
        """
        recipe = made_of(RedisSettings()).service(Redis).secrets["password"].recipe
        assert isinstance(recipe, Random)
        assert not any(character.isspace() for character in recipe.alphabet)

    def test_the_probe_does_not_depend_on_it(self) -> None:
        """
        It has a user of its own: a rotation that is half-way takes no server out of service.
        """
        container = made_of(RedisSettings()).container("redis")
        assert "env" not in container
        assert container["readinessProbe"]["exec"]["command"] == PING

    def test_a_new_one_restarts_nothing(self) -> None:
        """
        The running server learns it; its clients roll.
        """
        redis = made_of(RedisSettings()).service(Redis)
        keys = list(redis.secrets.values())
        assert live_in("statefulset/redis", keys) == {key.name for key in keys}
        url = SecretKey(secret="web", key="url", recipe=redis.cache().url)
        assert live_in("deployment/web", [*keys, url]) == set()


class TestServer:
    """The pod, its volume and its configuration."""

    def test_an_error_in_the_answer_restarts_nothing(self) -> None:
        """
        A server that loads, or cannot write, is not ready, and alive as long as it listens.
        """
        container = made_of(RedisSettings()).container("redis")
        ping = {"command": PING}
        startup, readiness = container["startupProbe"], container["readinessProbe"]
        assert container["livenessProbe"]["tcpSocket"] == {"port": "redis"}
        assert startup["exec"] == readiness["exec"] == ping
        assert startup["periodSeconds"] * startup["failureThreshold"] == 600

    @pytest.mark.parametrize(("limit", "most"), [("64Mi", "25mb"), ("1Gi", "409mb")])
    def test_memory_leaves_room_below_the_limit(self, limit: str, most: str) -> None:
        """
        Two fifths are the keys'; the rest is for the fork that rewrites the file.
        """
        resources = Resources(
            requests=Compute(cpu="1", memory="64Mi"), limits=Compute(cpu="1", memory=limit)
        )
        files = made_of(RedisSettings(resources=resources)).files("redis")
        assert f"maxmemory {most}\n" in files["redis.conf"]

    def test_the_eviction_policy_is_a_setting(self) -> None:
        """
        A queue must not lose what a cache may.
        """
        files = made_of(RedisSettings(eviction="noeviction")).files("redis")
        assert "maxmemory-policy noeviction\n" in files["redis.conf"]

    def test_the_append_only_file_is_on_the_volume(self) -> None:
        """
        Its folder is the claim's.
        """
        made = made_of(RedisSettings())
        assert "dir /data\nappendonly yes\n" in made.files("redis")["redis.conf"]
        mounts = made.container("redis")["volumeMounts"]
        assert {"name": "data", "mountPath": "/data"} in mounts

    def test_two_servers_over_two_volumes_are_refused(self) -> None:
        """
        They would share an address, and each have half of the keys.
        """
        with pytest.raises(ValueError, match="replicas: 2 is too large"):
            RedisSettings(replicas=2)
