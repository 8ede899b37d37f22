"""The auth-handler: port and image from its settings, Hydra's admin endpoint, its own host."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen import Image
from services.auth_handler import AuthHandler, AuthHandlerSettings
from services.hydra import Hydra, HydraSettings
from services.postgres import Postgres, PostgresSettings
from tests.services.stacks import Composed, composed


def stack(**settings: Any) -> Composed:
    """Compose the auth-handler with Hydra and a database."""

    def wire(stack: Any) -> None:
        url = "https://auth.example.com"
        postgres = Postgres(stack, PostgresSettings())
        hydra = Hydra(
            stack,
            HydraSettings(),
            url="https://id.example.com",
            login=url,
            database=postgres.database("hydra"),
        )
        AuthHandler(
            stack,
            AuthHandlerSettings(**settings),
            url=url,
            hydra=hydra.admin,
            database=postgres.database("auth"),
        )

    return composed(wire)


def test_port_is_the_settings() -> None:
    """
    Container, Kubernetes Service and configuration agree on it.
    """
    made = stack(port=3456)
    port = made.container("auth-handler")["ports"][0]
    (of_service,) = made["Service", "auth-handler"]["spec"]["ports"]
    assert port["containerPort"] == of_service["port"] == 3456
    assert made.files("auth-handler")["PORT"] == "3456"


def test_metrics_have_a_port_of_their_own() -> None:
    """
    Only scrapers are let in there, and no Kubernetes Service leads to it.
    """
    made = stack()
    template = made["Deployment", "auth-handler"]["spec"]["template"]
    ports = [port["containerPort"] for port in made.container("auth-handler")["ports"]]
    assert made.files("auth-handler")["METRICS_PORT"] == "9090"
    assert template["metadata"]["annotations"]["prometheus.io/port"] == "9090"
    assert ports == [3000, 9090]
    assert [port["port"] for port in made["Service", "auth-handler"]["spec"]["ports"]] == [3000]


def test_image_is_the_settings() -> None:
    """
    The container runs it.
    """
    made = stack(image=Image("ghcr.io/example/other", "2.0.0"))
    assert made.container("auth-handler")["image"] == "ghcr.io/example/other:2.0.0"


def test_it_alone_asks_hydras_admin_endpoint() -> None:
    """
    It knows the URL, and Hydra's policy lets it in there and nowhere else.
    """
    made = stack()
    assert made.files("auth-handler")["HYDRA_ADMIN_URL"] == "http://hydra-admin:4445"
    assert made.callers("hydra") == {("auth-handler", 4445)}


def test_its_host_is_open_to_everybody() -> None:
    """
    Who is not logged in yet reaches every page.
    """
    (route,) = stack().service(AuthHandler).routes()
    assert (route.host, route.path, route.access) == ("auth.example.com", "/", "public")


def test_secrets_come_by_environment_variable() -> None:
    """
    Database, sessions and forms have one key each.
    """
    variables = stack().container("auth-handler")["env"]
    assert {v["name"]: v["valueFrom"]["secretKeyRef"]["key"] for v in variables} == {
        "DATABASE_URL": "database-url",
        "SESSION_KEY": "session-key",
        "CSRF_KEY": "csrf-key",
    }


def test_privileged_port_is_refused() -> None:
    """
    Who is not root may not listen below 1024.
    """
    with pytest.raises(ValueError, match="the least is 1024"):
        AuthHandlerSettings(port=80)
