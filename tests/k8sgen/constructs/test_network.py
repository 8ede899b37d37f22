"""Who may talk to whom follows from who was given what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen import Cluster, Endpoint, Environment, Ingress, Pods, Port, Route, Stack
from k8sgen.project.compose import Composition
from tests.stacks import HTTP, Settings, Web, composed, found

ADMIN = Port("admin", 9000)
PORTS = (HTTP, ADMIN)


class A(Web):
    """The first of some services."""


class B(Web):
    """The second."""


class C(Web):
    """The third."""


class D(Web):
    """The fourth."""


SERVICES = (A, B, C, D)
NAMES = ("a", "b", "c", "d")
# Only a service that is made later can be given what an earlier one offers.
EDGES = st.sets(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(PORTS)).filter(
        lambda edge: edge[0] < edge[1]
    )
)


def wired(edges: set[tuple[int, int, Port]]) -> Composition:
    """
    Compose four services, where *edges* says which server is given to which client.
    """

    def make(stack: Stack) -> None:
        made: list[Web] = []
        for index, cls in enumerate(SERVICES):
            given_to = [
                made[s].endpoint(port) for s, c, port in sorted(edges, key=str) if c == index
            ]
            made.append(cls(stack, Settings(), given=given_to))

    return composed(make)


def allowed(composition: Composition, name: str, direction: str, field: str) -> set[Any]:
    """
    Return the (service, port number) pairs that a policy allows, DNS aside.
    """
    rules = found(composition, "NetworkPolicy", name)["spec"][direction]
    return {
        (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], port["port"])
        for rule in rules
        for peer in rule[field]
        if "namespaceSelector" not in peer
        for port in rule["ports"]
    }


@given(EDGES)
@settings(max_examples=25)
def test_policies_allow_exactly_the_edges(edges: set[tuple[int, int, Port]]) -> None:
    """Each edge twice: out of the client, into the server; nothing else."""
    composition = wired(edges)
    for index, name in enumerate(NAMES):
        clients = {(NAMES[c], port.number) for s, c, port in edges if s == index}
        servers = {(NAMES[s], port.number) for s, c, port in edges if c == index}
        assert allowed(composition, name, "ingress", "from") == clients
        assert allowed(composition, name, "egress", "to") == servers


@given(EDGES)
@settings(max_examples=10)
def test_each_peer_is_one_rule(edges: set[tuple[int, int, Port]]) -> None:
    """With all its ports, each once."""
    composition = wired(edges)
    for name in NAMES:
        spec = found(composition, "NetworkPolicy", name)["spec"]
        for direction, field in (("ingress", "from"), ("egress", "to")):
            peers = [str(rule[field]) for rule in spec[direction]]
            assert len(set(peers)) == len(peers)
            for rule in spec[direction]:
                ports = [(port["protocol"], port["port"]) for port in rule["ports"]]
                assert len(set(ports)) == len(ports)


def test_every_service_may_look_up_names() -> None:
    """Of the cluster's DNS, over UDP and TCP, and nothing else of another namespace."""
    dns = Pods(namespace="dns", labels={"app": "coredns"})
    environment = Environment(name="here", cluster=Cluster(dns=dns))
    composition = composed(lambda stack: Web(stack, Settings()), environment)
    policy = found(composition, "NetworkPolicy", "web")["spec"]
    ports = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    assert policy == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [],
        "egress": [{"to": dns.party("dns").peers(), "ports": ports}],
    }


def test_scrapers_may_read_the_metrics() -> None:
    """Only of who has some."""
    environment = Environment(name="here", cluster=Cluster(scrapers=Pods(namespace="metrics")))
    composition = composed(lambda stack: Web(stack, Settings()).scrape(ADMIN), environment)
    assert found(composition, "NetworkPolicy", "web")["spec"]["ingress"] == [
        {
            "from": Pods(namespace="metrics").party("").peers(),
            "ports": [{"protocol": "TCP", "port": 9000}],
        }
    ]


def exposed(stack: Stack, *hosts: str) -> None:
    """
    Let the world in.
    """
    web = Web(stack, Settings())
    Ingress(web, web.endpoint(HTTP), hosts=hosts)


class TestIngress:
    """The way in from outside."""

    def test_it_leads_hosts_to_the_endpoint(self) -> None:
        """Each once, sorted, by the port's name."""
        composition = composed(lambda stack: exposed(stack, "b.example", "a.example", "b.example"))
        spec = found(composition, "Ingress")["spec"]
        assert spec["ingressClassName"] == "traefik"
        assert [rule["host"] for rule in spec["rules"]] == ["a.example", "b.example"]
        (path,) = spec["rules"][0]["http"]["paths"]
        assert path["backend"] == {"service": {"name": "web", "port": {"name": "http"}}}
        assert "tls" not in spec

    def test_the_controller_and_nobody_else_is_let_in(self) -> None:
        """To that port."""
        environment = Environment(name="here")
        policy = found(
            composed(lambda stack: exposed(stack, "a.example"), environment), "NetworkPolicy", "web"
        )
        assert policy["spec"]["ingress"] == [
            {
                "from": environment.cluster.ingress_controller.party("").peers(),
                "ports": [{"protocol": "TCP", "port": 8000}],
            }
        ]

    def test_an_issuer_signs_its_hosts(self) -> None:
        """By cert-manager's annotation, into a Secret of its own."""
        environment = Environment(name="here", cluster=Cluster(issuer="letsencrypt"))
        ingress = found(composed(lambda stack: exposed(stack, "a.example"), environment), "Ingress")
        annotations = ingress["metadata"]["annotations"]
        assert annotations == {"cert-manager.io/cluster-issuer": "letsencrypt"}
        assert ingress["spec"]["tls"] == [{"hosts": ["a.example"], "secretName": "web-tls"}]

    @pytest.mark.parametrize("hosts", [[], ["A.example"], ["a.example", "https://b.example"]])
    def test_a_host_is_a_host(self, hosts: list[str]) -> None:
        """And there is one at least."""
        with pytest.raises(Exception, match="hosts: "):
            composed(lambda stack: exposed(stack, *hosts))


class TestEndpoint:
    """A port of a service, as others address it."""

    def test_an_address_is_a_host_and_a_port(self) -> None:
        """The Kubernetes Service's name."""
        made: list[Endpoint] = []
        composed(lambda stack: made.append(Web(stack, Settings()).endpoint(HTTP, name="api")))
        assert (made[0].host, made[0].address, made[0].http) == (
            "api",
            "api:8000",
            "http://api:8000",
        )

    def test_ports_of_one_name_share_a_kubernetes_service(self) -> None:
        """Each once; pods are found by their labels, ports by their names."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings())
            for port in (HTTP, ADMIN, HTTP):
                web.endpoint(port)

        assert found(composed(make), "Service")["spec"] == {
            "selector": {
                "app.kubernetes.io/name": "web",
                "app.kubernetes.io/component": "server",
            },
            "ports": [
                {"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP"},
                {"name": "admin", "port": 9000, "targetPort": "admin", "protocol": "TCP"},
            ],
        }

    def test_a_headless_one_has_no_address_of_its_own(self) -> None:
        """Its name resolves to the pods."""
        composition = composed(lambda s: Web(s, Settings()).endpoint(HTTP, name="x", headless=True))
        assert found(composition, "Service")["spec"]["clusterIP"] == "None"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"host": "A.example"}, "host: 'A.example' is not a host name"),
        ({"path": "api"}, "path: 'api' is not a plain path"),
        ({"access": "secret"}, "access: 'secret' is not 'public' or 'token'"),
    ],
)
def test_a_route_is_checked_where_it_is_written(options: dict[str, Any], problem: str) -> None:
    """Its host, its path, who may use it."""

    def make(stack: Stack) -> None:
        endpoint = Web(stack, Settings()).endpoint(HTTP)
        Route(**{"id": "x", "endpoint": endpoint, "host": "a.example", **options})

    with pytest.raises(Exception, match=problem):
        composed(make)
