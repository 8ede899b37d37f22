"""The stack: who is given what, and what happens where a service is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from k8sgen import Endpoint, Service, ServiceSettings
from k8sgen.errors import Location, ProjectError
from k8sgen.project.compose import Composition, compose
from k8sgen.project.project import Project
from services.stack import Environment

EDGES: dict[str, set[str]] = {
    "postgres": set(),
    "redis": set(),
    "template-system": {"postgres"},
    "hydra": {"postgres"},
    "auth-handler": {"postgres", "hydra"},
    "backend": {"postgres", "redis", "template-system"},
    "oathkeeper": {"hydra", "auth-handler", "backend"},
}


def left_out(project: Project, *names: str) -> Composition:
    """Compose the base without the services *names*, and without those that have no edges here."""
    fields = attrs.asdict(project.base, recurse=False).items()
    services = [name for name, value in fields if isinstance(value, ServiceSettings)]
    unknown = [name for name in services if name.replace("_", "-") not in EDGES]
    nothing: dict[str, Any] = dict.fromkeys([*names, *unknown])
    return compose(project.stack, attrs.evolve(project.base, **nothing), project.root)


def test_edges_are_these(compositions: Mapping[str, Composition]) -> None:
    """
    Each service is given what it uses, and no more.
    """
    found: dict[str, set[str]] = {name: set() for name in EDGES}
    for edge in compositions["base"].stack.edges():
        if edge.reason == "used":
            found.setdefault(edge.client.name, set()).add(edge.server.name)
    assert {name: found[name] for name in EDGES} == EDGES


def test_network_policies_follow_the_edges(compositions: Mapping[str, Composition]) -> None:
    """
    A service is let in where it was given an endpoint, and nowhere else.
    """
    label = "app.kubernetes.io/name"
    let_in: dict[str, set[str]] = {name: set() for name in EDGES}
    for resource in compositions["base"].resources:
        if resource.body["kind"] == "NetworkPolicy":
            for rule in resource.body["spec"].get("ingress", ()):
                for source in rule["from"]:
                    if "namespaceSelector" not in source:
                        client = source["podSelector"]["matchLabels"][label]
                        let_in.setdefault(client, set()).add(resource.service)
    assert {name: let_in[name] for name in EDGES} == EDGES


def test_no_route_leads_to_metrics(compositions: Mapping[str, Composition]) -> None:
    """
    Nobody is scraped on a port that a route leads to, so scrapers cannot call what needs a token.
    """
    services = compositions["base"].stack.services
    (proxy,) = [service for service in services if service.name == "oathkeeper"]
    for used in proxy.used:
        assert isinstance(used, Endpoint)
        assert isinstance(used.server, Service)
        assert used.port not in used.server.metrics


def test_each_service_has_its_own_database(compositions: Mapping[str, Composition]) -> None:
    """
    No two services share a role.
    """
    passwords = [
        key.key
        for service in compositions["base"].stack.services
        if service.name == "postgres"
        for key in service.secrets.values()
        if key.key != "superuser-password"
    ]
    for name in ("auth", "backend", "hydra", "templates"):
        assert [key for key in passwords if key.startswith(f"{name}-")], name


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("postgres", "postgres"),
        ("redis", "redis"),
        ("template_system", "templates"),
        ("hydra", "hydra"),
    ],
)
def test_what_another_service_needs_cannot_be_left_out(
    name: str, variable: str, project: Project
) -> None:
    """
    The error names what is missing, and the line of the stack that asks for it.
    """
    with pytest.raises(ProjectError, match=variable) as caught:
        left_out(project, name)
    location = caught.value.location
    assert isinstance(location, Location)
    assert location.file.as_posix() == "services/stack.py"
    lines = (project.root / location.file).read_text("utf-8").splitlines()
    assert f"{variable}." in lines[location.line - 1]


@pytest.mark.parametrize(
    "names",
    [
        ["oathkeeper"],
        ["backend"],
        ["auth_handler"],
        ["backend", "redis"],
        ["backend", "template_system"],
        ["hydra", "auth_handler", "oathkeeper"],
        ["postgres", "template_system", "hydra", "auth_handler", "backend", "oathkeeper"],
    ],
)
def test_services_that_nobody_needs_can_be_left_out(names: list[str], project: Project) -> None:
    """
    Together with those that need it, any service can go, and leaves nothing behind.
    """
    composition = left_out(project, *names)
    gone = {name.replace("_", "-") for name in names}
    assert {service.name for service in composition.stack.services} == EDGES.keys() - gone
    assert not {resource.service for resource in composition.resources} & gone


def test_domain_is_checked() -> None:
    """
    What is no host name is refused when the environment is made.
    """
    with pytest.raises(ValueError, match="is not a host name"):
        Environment(domain="https://example.com")
