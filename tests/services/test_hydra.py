"""Hydra: two endpoints, a migration before each start, keys that keep their predecessors."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from k8sgen import Derived, Image, Random
from services.hydra import Hydra, HydraSettings
from services.postgres import Postgres, PostgresSettings
from tests.services.stacks import Composed, composed


def stack(url: str = "https://id.example.com", **settings: Any) -> Composed:
    """Compose Hydra with its database."""

    def wire(stack: Any) -> None:
        postgres = Postgres(stack, PostgresSettings())
        Hydra(
            stack,
            HydraSettings(**settings),
            url=url,
            login="https://auth.example.com",
            database=postgres.database("hydra"),
        )

    return composed(wire)


@pytest.fixture(scope="module")
def hydra() -> Composed:
    """
    Hydra as the settings' defaults have it.
    """
    return stack()


def config(made: Composed) -> Any:
    """Return the configuration file."""
    return yaml.safe_load(made.files("hydra")["hydra.yaml"])


def test_public_and_admin_are_apart(hydra: Composed) -> None:
    """
    Each has a Kubernetes Service of its own, with that one port.
    """
    for name, number in (("public", 4444), ("admin", 4445)):
        (port,) = hydra["Service", f"hydra-{name}"]["spec"]["ports"]
        assert (port["name"], port["port"]) == (name, number)
        assert config(hydra)["serve"][name]["port"] == number


def test_scrapers_get_metrics_from_a_container_beside_it() -> None:
    """
    Where it is asked for; nobody but its clients may reach the admin port itself.
    """
    made = stack(metrics=Image("nginxinc/nginx-unprivileged", "1.29.4"))
    beside = next(c for c in made.pod("hydra")["initContainers"] if c["name"] == "metrics")
    assert beside["restartPolicy"] == "Always"
    assert (
        "proxy_pass http://127.0.0.1:4445/admin/metrics/prometheus;"
        in made.files("hydra-metrics")["nginx.conf"]
    )
    rules = made["NetworkPolicy", "hydra"]["spec"]["ingress"]
    assert [p["port"] for rule in rules for p in rule["ports"]] == [9090]
    assert stack()["NetworkPolicy", "hydra"]["spec"].get("ingress") in (None, [])


def test_routes_lead_to_the_public_endpoint(hydra: Composed) -> None:
    """
    Nothing of the admin endpoint, nor the health checks, is reached from outside.
    """
    routes = hydra.service(Hydra).routes()
    assert {route.endpoint.host for route in routes} == {"hydra-public"}
    assert {route.host for route in routes} == {"id.example.com"}
    paths = {route.path for route in routes}
    assert {"/.well-known", "/oauth2/auth", "/oauth2/token", "/userinfo"} <= paths
    assert not {"/oauth2", "/oauth2/device"} & paths  # nobody has the pages of the device flow


def test_issuer_is_its_public_url(hydra: Composed) -> None:
    """
    Tokens name the URL at which their issuer is found.
    """
    assert config(hydra)["urls"]["self"]["issuer"] == "https://id.example.com"


@pytest.mark.parametrize(("scheme", "dev"), [("http", "true"), ("https", "false")])
def test_development_mode_follows_the_scheme(scheme: str, dev: str) -> None:
    """
    It is on where the issuer has no TLS, by a variable: in the file it would have no effect.
    """
    made = stack(f"{scheme}://id.example.com")
    assert {"name": "DEV", "value": dev} in made.container("hydra")["env"]
    assert "dev" not in config(made)


def test_pages_are_those_of_the_login_application(hydra: Composed) -> None:
    """
    Hydra sends people to the other application to log in and to consent.
    """
    urls = config(hydra)["urls"]
    for page in ("login", "consent", "logout", "error"):
        assert urls[page] == f"https://auth.example.com/{page}"


def test_database_is_migrated_before_it_serves(hydra: Composed) -> None:
    """
    An init container of the same image does it, with the same database.
    """
    (migrate,) = hydra.pod("hydra")["initContainers"]
    server = hydra.container("hydra")
    assert migrate["args"][:5] == ["migrate", "sql", "up", "--read-from-env", "--yes"]
    assert migrate["image"] == server["image"]
    assert migrate["env"][0] == server["env"][0]


def test_one_pod_is_replaced_at_a_time(hydra: Composed) -> None:
    """
    So one migrates at a time, and none is missing meanwhile.
    """
    strategy = hydra["Deployment", "hydra"]["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_expired_rows_are_cleaned_up(hydra: Composed) -> None:
    """
    A CronJob runs the janitor over tokens, requests and grants, never two at once.
    """
    spec = hydra["CronJob", "hydra-janitor"]["spec"]
    (janitor,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert janitor["args"][0] == "janitor"
    assert {"--tokens", "--requests", "--grants"} <= {*janitor["args"]}
    assert {"--limit=1000000", "--batch-size=1000"} <= {*janitor["args"]}
    assert spec["concurrencyPolicy"] == "Forbid"


def test_nothing_scrapes_the_admin_port(hydra: Composed) -> None:
    """
    It also gives out the private signing keys.
    """
    edges = hydra.stack.edges(server=hydra.service(Hydra).party)
    assert "scraped" not in {edge.reason for edge in edges}
    annotations = hydra["Deployment", "hydra"]["spec"]["template"]["metadata"]["annotations"]
    assert not [key for key in annotations if key.startswith("prometheus.io/")]


def test_probes_ask_the_public_port(hydra: Composed) -> None:
    """
    The admin one logs each of them.
    """
    server = hydra.container("hydra")
    ports = {server[f"{name}Probe"]["httpGet"]["port"] for name in ("liveness", "readiness")}
    assert ports == {"public"}


def test_old_keys_stay_behind_the_new(hydra: Composed) -> None:
    """
    A rotation locks nobody out: Hydra still decrypts with the keys before.
    """
    secrets = hydra.service(Hydra).secrets
    for name in ("system", "cookie", "pagination"):
        recipe = secrets[name].recipe
        assert isinstance(recipe, Random)
        assert recipe.length >= 16  # Hydra refuses shorter ones
        assert recipe.previous >= 1
        assert "," not in recipe.alphabet  # it parts the keys
        assert secrets[name].rotate_days


def test_secrets_come_by_environment_variable(hydra: Composed) -> None:
    """
    Neither the data source nor a key stands in the configuration file.
    """
    variables = {
        variable["name"]: variable["valueFrom"]["secretKeyRef"]["key"]
        for variable in hydra.container("hydra")["env"]
        if "valueFrom" in variable
    }
    assert variables == {
        "DSN": "dsn",
        "SECRETS_SYSTEM": "system",
        "SECRETS_COOKIE": "cookie",
        "SECRETS_PAGINATION": "pagination",
    }
    assert not {"dsn", "secrets"} & config(hydra).keys()


def test_data_source_bounds_its_connections() -> None:
    """
    The pool's size is an option of the URL.
    """
    recipe = stack(connections=6).service(Hydra).secrets["dsn"].recipe
    assert isinstance(recipe, Derived)
    assert recipe.template.startswith("postgresql://")
    assert recipe.template.endswith("?sslmode=disable&max_conns=6&max_idle_conns=3")


def test_a_changed_setting_rolls_the_pods(hydra: Composed) -> None:
    """
    The checksum of the configuration file is an annotation of the pods.
    """

    def checksum(made: Composed) -> Any:
        template = made["Deployment", "hydra"]["spec"]["template"]
        return template["metadata"]["annotations"]["checksum/config"]

    assert checksum(hydra) == checksum(stack())
    assert checksum(hydra) != checksum(stack(access_token_ttl="5m"))


@pytest.mark.parametrize(
    ("setting", "message"),
    [({"access_token_ttl": "1 hour"}, "must match regex"), ({"connections": 1}, "too small")],
)
def test_settings_check_themselves(setting: dict[str, Any], message: str) -> None:
    """
    A wrong duration or too few connections are refused when the settings are made.
    """
    with pytest.raises(ValueError, match=message):
        HydraSettings(**setting)
