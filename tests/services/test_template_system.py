"""What the manifests of the template system promise."""

from __future__ import annotations

import pytest

from k8sgen import Environment, Stack
from services.postgres import Postgres, PostgresSettings
from services.template_system import TemplateSystem, TemplateSystemSettings
from tests.services.stacks import Composed, composed


def wire(stack: Stack) -> None:
    """Make the template system and its database."""
    postgres = Postgres(stack, PostgresSettings())
    TemplateSystem(stack, TemplateSystemSettings(), database=postgres.database("templates"))


@pytest.fixture(scope="module")
def made() -> Composed:
    """
    The template system with the defaults.
    """
    return composed(wire, Environment(name="test"))


def test_nobody_comes_in_who_was_not_given_it(made: Composed) -> None:
    """
    No service, no scraper and no ingress controller.
    """
    assert "ingress" not in made["NetworkPolicy", "template-system"]["spec"]
    assert not [name for kind, name in made.manifests if kind == "Ingress"]


def test_it_has_a_role_of_its_own(made: Composed) -> None:
    """
    Its URL is derived from a password that no other service has.
    """
    url = made.service(TemplateSystem).secrets["database-url"]
    assert {source.name for source in url.sources} == {
        "postgres/templates-login",
        "postgres/templates-password",
    }


def test_its_pods_leave_the_endpoints_before_they_stop(made: Composed) -> None:
    """
    A rollout loses no request.
    """
    assert made.container("template-system")["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}
