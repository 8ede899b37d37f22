"""The topology that is read off a stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from k8sgen import Endpoint
from k8sgen.project.compose import Composition
from k8sgen.topology import Runner, Topology, topology

NAME = "app.kubernetes.io/name"


@pytest.fixture
def production(compositions: Mapping[str, Composition]) -> Topology:
    """
    The topology of the shipped production environment.
    """
    return topology(compositions["production"])


def test_edges_are_what_services_were_given(compositions: Mapping[str, Composition]) -> None:
    """Each edge is an endpoint that the stack handed over, in every environment."""
    for composition in compositions.values():
        given = {
            (service.name, endpoint.server.party.name, endpoint.port.name)
            for service in composition.stack.services
            for endpoint in service.used
            if isinstance(endpoint, Endpoint)
        }
        assert {(e.client, e.server, e.port.name) for e in topology(composition).edges} == given


def test_edges_are_what_the_network_policies_let_through(
    compositions: Mapping[str, Composition], production: Topology
) -> None:
    """The picture and the manifests say the same of who may open a connection to whom."""
    allowed = {
        (client, server, port)
        for resource in compositions["production"].resources
        if resource.body["kind"] == "NetworkPolicy"
        for client, server, port in _allowed(resource.body["spec"])
    }
    assert {(e.client, e.server, e.port.number) for e in production.edges} == allowed


def _allowed(spec: dict[str, Any]) -> set[tuple[str, str, int]]:
    server = spec["podSelector"].get("matchLabels", {}).get(NAME, "")
    return {
        (peer["podSelector"]["matchLabels"][NAME], server, port["port"])
        for rule in spec.get("ingress", ())
        for peer in rule["from"]
        if "namespaceSelector" not in peer
        for port in rule["ports"]
    }


def test_only_oathkeeper_is_open_to_the_outside(production: Topology) -> None:
    """The Ingress' hosts lead to its proxy port, with the scheme that its TLS gives them."""
    (entry,) = production.entries
    assert (entry.service, entry.port.name) == ("oathkeeper", "proxy")
    assert entry.urls == (
        "https://api.example.com",
        "https://auth.example.com",
        "https://id.example.com",
    )


def test_hosts_without_a_certificate_are_http(compositions: Mapping[str, Composition]) -> None:
    """The local environment serves plain HTTP, and the topology says so."""
    urls = topology(compositions["local"]).urls
    assert urls
    assert all(url.startswith("http://") for url in urls)


def test_jobs_and_metrics_belong_to_their_service(production: Topology) -> None:
    """Hydra has its janitor and the port that is scraped."""
    hydra = next(node for node in production.nodes if node.name == "hydra")
    janitor = Runner(kind="CronJob", name="hydra-janitor", schedule="17 3 * * *")
    assert hydra.running == (Runner(kind="Deployment", name="hydra", pods="3-6"), janitor)
    assert list(hydra.lines()) == ["Deployment, 3-6 pods", "CronJob hydra-janitor"]
    assert hydra.metrics() == "metrics 4445"


def test_those_that_use_come_before_those_that_are_used(production: Topology) -> None:
    """In words, the outside is first and what nobody uses is nowhere on the left."""
    users = [user for user, _ in production.uses()]
    assert users[:2] == ["outside", "oathkeeper"]
    assert "postgres" not in users
