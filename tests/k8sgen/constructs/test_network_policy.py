"""Who may talk to whom follows from who was given what."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen import Addresses, Cluster, CronJob, Environment, Outside, Pod, Pods, Port, Stack
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
EDGES = st.sets(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(PORTS)).filter(
        lambda edge: edge[0] != edge[1]
    )
)


def wired(edges: set[tuple[int, int, Port]]) -> Composition:
    """
    Compose four services, where *edges* says which server is used by which client.

    A server that is made earlier is given to the client; of a later one it is told afterwards.
    """

    def make(stack: Stack) -> None:
        made: list[Web] = []
        for index, cls in enumerate(SERVICES):
            earlier = (edge for edge in sorted(edges, key=str) if edge[0] < index == edge[1])
            given_to = [made[server].endpoint(port) for server, _, port in earlier]
            made.append(cls(stack, Settings(), given=given_to))
        for server, client, port in sorted(edges, key=str):
            if server > client:
                made[client].uses(made[server].endpoint(port))

    return composed(make)


def allowed(composition: Composition, name: str, direction: str, field: str) -> set[Any]:
    """
    Return the (service, port number) pairs that a policy allows, DNS aside.
    """
    rules = found(composition, "NetworkPolicy", name)["spec"].get(direction, [])
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
            rules = spec.get(direction, [])
            peers = [str(rule[field]) for rule in rules]
            assert len(set(peers)) == len(peers)
            for rule in rules:
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


def test_a_cluster_may_name_its_own_parts_by_addresses() -> None:
    """A NodeLocal DNSCache, or controllers that use the network of the nodes."""
    nodes = Addresses(cidrs=["192.0.2.0/24", "2001:db8::/64"])
    cluster = Cluster(dns=Addresses(cidrs=["169.254.20.10/32"]), scrapers=nodes)
    environment = Environment(name="here", cluster=cluster)
    composition = composed(lambda stack: Web(stack, Settings()).scrape(ADMIN), environment)
    spec = found(composition, "NetworkPolicy", "web")["spec"]
    assert spec["egress"][0]["to"] == [{"ipBlock": {"cidr": "169.254.20.10/32"}}]
    assert spec["ingress"][0]["from"] == [
        {"ipBlock": {"cidr": "192.0.2.0/24"}},
        {"ipBlock": {"cidr": "2001:db8::/64"}},
    ]


def test_an_edge_of_one_workload_opens_nothing_for_its_siblings() -> None:
    """It has a policy of its own, which adds to that of all pods of the service."""
    mail = Outside("mail", cidrs=["192.0.2.25/32"], ports=[587])

    def make(stack: Stack) -> None:
        store = A(stack, Settings())
        web = B(stack, Settings())
        web.deployment()
        worker = web.deployment(name="b-worker")
        worker.uses(store.endpoint(HTTP), mail)
        worker.scrape(ADMIN)
        CronJob(web, Pod(web.main(probes=None)), name="b-night", schedule="0 3 * * *", given=[mail])

    composition = composed(make)
    own = {"app.kubernetes.io/name": "b", "app.kubernetes.io/component": "b-worker"}
    worker = found(composition, "NetworkPolicy", "b-worker")["spec"]
    assert worker["podSelector"] == {"matchLabels": own}
    assert [rule["ports"][0]["port"] for rule in worker["egress"]] == [8000, 587]
    assert [rule["ports"][0]["port"] for rule in worker["ingress"]] == [9000]
    night = found(composition, "NetworkPolicy", "b-night")["spec"]
    assert [rule["to"] for rule in night["egress"]] == [[{"ipBlock": {"cidr": "192.0.2.25/32"}}]]
    everyone = found(composition, "NetworkPolicy", "b")["spec"]
    assert len(everyone["egress"]) == 1  # DNS
    (rule,) = found(composition, "NetworkPolicy", "a")["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": own}}]


def test_an_endpoint_of_one_workload_leads_to_its_pods_alone() -> None:
    """Neither the Kubernetes Service nor the policies name its siblings."""

    def make(stack: Stack) -> None:
        web = A(stack, Settings())
        web.deployment()
        B(stack, Settings(), given=[web.deployment(name="a-admin").endpoint(ADMIN)])

    composition = composed(make)
    own = {"app.kubernetes.io/name": "a", "app.kubernetes.io/component": "a-admin"}
    assert found(composition, "Service", "a-admin")["spec"]["selector"] == own
    egress = found(composition, "NetworkPolicy", "b")["spec"]["egress"]
    assert egress[1]["to"] == [{"podSelector": {"matchLabels": own}}]
    assert found(composition, "NetworkPolicy", "a-admin")["spec"]["podSelector"] == {
        "matchLabels": own
    }
    assert "ingress" not in found(composition, "NetworkPolicy", "a")["spec"]
