"""What the manifests of the backend promise."""

from __future__ import annotations

import pytest

from k8sgen import Cluster, PublicKeys, Stack
from services.backend import Backend, BackendSettings
from services.oathkeeper import IdTokens
from services.postgres import Postgres, PostgresSettings
from services.redis import Redis, RedisSettings
from services.template_system import TemplateSystem, TemplateSystemSettings
from tests.services.stacks import Composed, composed

TOKENS = IdTokens(issuer="https://api.example.com")


def made_of(settings: BackendSettings, id_tokens: IdTokens | None = TOKENS) -> Composed:
    """Compose the backend and all that it is given."""

    def wire(stack: Stack) -> None:
        postgres = Postgres(stack, PostgresSettings())
        redis = Redis(stack, RedisSettings())
        templates = TemplateSystem(
            stack, TemplateSystemSettings(), database=postgres.database("templates")
        )
        Backend(
            stack,
            settings,
            database=postgres.database("backend"),
            cache=redis.cache(),
            templates=templates.http,
            id_tokens=id_tokens,
        )

    return composed(wire)


@pytest.fixture(scope="module")
def made() -> Composed:
    """
    The backend with the defaults.
    """
    return made_of(BackendSettings())


def test_it_reads_what_it_was_given(made: Composed) -> None:
    """
    Addresses from its ConfigMap, and what holds a password from its Secret.
    """
    container = made.container("backend")
    assert container["envFrom"] == [{"configMapRef": {"name": "backend"}}]
    assert made.files("backend")["TEMPLATES_URL"] == "http://template-system:8080"
    references = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container["env"]}
    assert references == {
        "DATABASE_URL": {"name": "backend", "key": "database-url"},
        "CACHE_URL": {"name": "backend", "key": "cache-url"},
        "SESSION_KEY": {"name": "backend", "key": "session-key"},
    }


def test_it_can_verify_who_calls(made: Composed) -> None:
    """
    By the public keys in a file, the issuer, and its own name as the audience.
    """
    files = made.files("backend")
    assert (files["ID_TOKEN_ISSUER"], files["ID_TOKEN_AUDIENCE"]) == (TOKENS.issuer, "backend")
    folder, _, name = files["ID_TOKEN_KEYS"].rpartition("/")
    mounts = {m["mountPath"]: m["name"] for m in made.container("backend")["volumeMounts"]}
    volume = next(v for v in made.pod("backend")["volumes"] if v["name"] == mounts[folder])
    assert [item["path"] for item in volume["secret"]["items"]] == [name]
    assert made.service(Backend).secrets[name].recipe == PublicKeys(TOKENS.keys)


def test_without_a_gateway_nobody_makes_tokens() -> None:
    """
    So it mounts no keys, and takes no token for one.
    """
    made = made_of(BackendSettings(), None)
    assert not [name for name in made.files("backend") if name.startswith("ID_TOKEN")]
    assert not [name for name in made.service(Backend).secrets if "jwks" in name]


def test_what_it_was_given_is_all_that_it_may_reach(made: Composed) -> None:
    """
    The database, the cache, the templates, and names.
    """
    rules = made["NetworkPolicy", "backend"]["spec"]["egress"]
    ports = [port["port"] for rule in rules for port in rule["ports"]]
    assert sorted(set(ports)) == [53, 5432, 6379, 8080]


def test_its_configuration_rolls_its_pods(made: Composed) -> None:
    """
    A change of a variable in the ConfigMap changes the pod's annotation.
    """
    other = made_of(BackendSettings(log_level="debug"))
    before, after = (
        found["Deployment", "backend"]["spec"]["template"]["metadata"]["annotations"]
        for found in (made, other)
    )
    assert before["checksum/config"] != after["checksum/config"]


def test_it_is_scraped(made: Composed) -> None:
    """
    Its pods say where their metrics are, and the policy lets the scrapers in there alone.
    """
    template = made["Deployment", "backend"]["spec"]["template"]
    assert template["metadata"]["annotations"]["prometheus.io/port"] == "9090"
    (rule,) = made["NetworkPolicy", "backend"]["spec"]["ingress"]
    assert rule["from"] == Cluster().scrapers.party("").peers()
    assert [port["port"] for port in rule["ports"]] == [9090]


def test_from_outside_only_the_api_is_reached_and_only_with_a_token(made: Composed) -> None:
    """
    Health and metrics have no route.
    """
    routes = made.service(Backend).routes("api.example.com")
    assert [(r.host, r.path, r.access) for r in routes] == [("api.example.com", "/api", "token")]


def test_the_session_key_rotates(made: Composed) -> None:
    """
    The keys of other services do so at home.
    """
    keys = made.service(Backend).secrets
    assert [name for name, key in keys.items() if key.rotate_days] == ["session-key"]
