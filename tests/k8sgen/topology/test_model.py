"""The topology that is read off a stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from k8sgen import Endpoint, Manifest, Outside, Stack
from k8sgen.project.compose import Composition
from k8sgen.topology import Runner, Topology, topology
from tests.stacks import Settings, Web, composed

NAME = "app.kubernetes.io/name"


@pytest.fixture
def production(compositions: Mapping[str, Composition]) -> Topology:
    """
    The topology of the shop's production environment.
    """
    return topology(compositions["production"])


def test_edges_are_what_services_were_given(compositions: Mapping[str, Composition]) -> None:
    """Each edge is an endpoint or an outside that the stack handed over, in every environment."""
    for composition in compositions.values():
        given = {
            (service.name, *end)
            for service in composition.stack.services
            for side in (service, *service.workloads)
            for used in side.used
            for end in _ends(used)
        }
        drawn = topology(composition)
        assert {(e.client, e.server, e.port.number) for e in drawn.edges} == given


def _ends(used: Endpoint | Outside) -> list[tuple[str, int]]:
    if isinstance(used, Outside):
        return [(used.name, port) for port in used.ports]
    return [(used.server.party.name, used.port.number)]


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
    outside = {node.name for node in production.outside}
    inside = [e for e in production.edges if e.server not in outside]
    assert {(e.client, e.server, e.port.number) for e in inside} == allowed


def _allowed(spec: dict[str, Any]) -> set[tuple[str, str, int]]:
    server = spec["podSelector"].get("matchLabels", {}).get(NAME, "")
    return {
        (peer["podSelector"]["matchLabels"][NAME], server, port["port"])
        for rule in spec.get("ingress", ())
        for peer in rule["from"]
        if "namespaceSelector" not in peer
        for port in rule["ports"]
    }


def test_only_what_has_a_way_in_is_open_to_the_outside(production: Topology) -> None:
    """The hosts of the HTTPRoute lead to its port, with the scheme of the Gateway's listener."""
    (entry,) = production.entries
    assert (entry.service, entry.port.name) == ("storefront", "http")
    assert entry.urls == ("https://shop.example.com",)


def test_hosts_without_a_certificate_are_http(compositions: Mapping[str, Composition]) -> None:
    """A cluster without issuer serves plain HTTP, and the topology says so."""
    urls = topology(compositions["base"]).urls
    assert urls
    assert all(url.startswith("http://") for url in urls)


def test_jobs_and_metrics_belong_to_their_service(production: Topology) -> None:
    """The storefront has its worker, its CronJob and the port that is scraped."""
    storefront = next(node for node in production.nodes if node.name == "storefront")
    assert storefront.running == (
        Runner(kind="Deployment", name="storefront", pods="3-9"),
        Runner(kind="Deployment", name="storefront-worker", pods="1-20"),
        Runner(kind="CronJob", name="storefront-sweep", schedule="5 4 * * *"),
    )
    assert storefront.metrics() == "metrics 9102"


def test_those_that_use_come_before_those_that_are_used(production: Topology) -> None:
    """In words, the outside is first, and a service that uses nothing is nowhere on the left."""
    users = [user for user, _ in production.uses()]
    assert users[:2] == ["outside", "storefront"]
    assert "sessions" not in users


def test_pods_are_counted_wherever_their_number_is_said() -> None:
    """An autoscaler that something else of the stack makes, and the parallelism of a Job."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        web.deployment()
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        scaler = {"minReplicas": 4, "maxReplicas": 4, "scaleTargetRef": target}
        head = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
        Manifest(stack, "scaler", {**head, "metadata": {"name": "web"}, "spec": scaler})
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "load"}}
        Manifest(web, "load", {**job, "spec": {"parallelism": 4}})

    (node,) = topology(composed(make)).nodes
    assert node.running == (
        Runner(kind="Deployment", name="web", pods="4"),
        Runner(kind="Job", name="load", pods="4"),
    )
    assert list(node.lines()) == ["Deployment, 4 pods", "Job load, 4 pods"]
