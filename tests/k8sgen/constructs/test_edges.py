"""Edges: the one derivation of who talks to whom."""

from __future__ import annotations

import pytest

from k8sgen import Cluster, Environment, Ingress, Outside, Port, Stack
from k8sgen.kubernetes.edges import Edge
from tests.stacks import HTTP, Settings, Web, composed

ADMIN = Port("admin", 9000)


class Other(Web):
    """Another service."""


def told(edge: Edge) -> tuple[str, str, str, int]:
    """Return what a person says of an edge."""
    return edge.reason, edge.client.name, edge.server.name, edge.port


def test_a_stack_gives_every_edge_once() -> None:
    """Lookups, what is used, what is exposed, what is scraped; each with its two parties."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        other = Other(stack, Settings(), given=[web.endpoint(HTTP), web.endpoint(HTTP)])
        other.uses(Outside("mail", hosts=["smtp.example.com"], ports=[465, 587]))
        web.uses(other.endpoint(HTTP))
        web.scrape(ADMIN)
        Ingress(web, web.endpoint(HTTP), hosts=["a.example"])

    cluster = Cluster(issuer="letsencrypt")
    stack = composed(make, Environment(name="here", cluster=cluster)).stack
    assert [told(edge) for edge in stack.edges()] == [
        ("lookup", "web", "dns", 53),
        ("lookup", "web", "dns", 53),
        ("lookup", "other", "dns", 53),
        ("lookup", "other", "dns", 53),
        ("used", "web", "other", 8000),
        ("used", "other", "web", 8000),
        ("used", "other", "mail", 465),
        ("used", "other", "mail", 587),
        ("exposed", "ingress controller", "web", 8000),
        ("acme", "ingress controller", "acme solver", 8089),
        ("scraped", "scrapers", "web", 9000),
    ]


def test_an_ingress_opens_the_service_that_its_endpoint_leads_to() -> None:
    """Which need not be the one that it is declared in."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        Ingress(Other(stack, Settings()), web.endpoint(HTTP), hosts=["a.example"])

    exposed = [e for e in composed(make).stack.edges() if e.reason == "exposed"]
    assert [told(edge) for edge in exposed] == [("exposed", "ingress controller", "web", 8000)]


def test_what_is_used_too_late_is_refused() -> None:
    """A function that is called at synth cannot open a way that policies have been read for."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        endpoint = Other(stack, Settings()).endpoint(HTTP)

        def text() -> str:
            web.uses(endpoint)
            return ""

        web.deployment(mounts={"/etc/web": web.config({"a": text})})

    with pytest.raises(Exception, match="web uses something new, but the stack is being synth"):
        composed(make)


@pytest.mark.parametrize("of_workload", [False, True])
def test_a_pod_has_the_metrics_of_one_port(of_workload: bool) -> None:
    """Scrapers find no second one by the annotations, whoever declares it."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        deployment = web.deployment()
        web.scrape(HTTP)
        (deployment if of_workload else web).scrape(ADMIN)

    with pytest.raises(Exception, match="one port of a pod, and 8000 and 9000 of web are scraped"):
        composed(make)
