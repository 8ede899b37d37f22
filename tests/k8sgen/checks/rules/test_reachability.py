"""Which pod reaches which, by the network policies alone."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rules.reachability import Way, blocked, default_deny, undeclared, ways
from k8sgen.kubernetes.edges import Block, Edge, Party
from tests.k8sgen.checks.sound import Bodies, Body, context, sound


def _ways(bodies: Bodies) -> dict[tuple[str, str], Way]:
    rendered = Rendered(list(bodies.values()), context=context())
    return {(way.client.name, way.server.name): way for way in ways(rendered)}


def _open(bodies: Bodies, port: int = 6379, protocol: str = "TCP") -> bool:
    return _ways(bodies)["Deployment/web", "StatefulSet/store"].open(protocol, port)


def _ingress(bodies: Bodies) -> Body:
    found: Body = bodies["store-policy"]["spec"]["ingress"][0]
    return found


def test_a_way_is_open_where_both_ends_allow_it() -> None:
    """
    Only the declared port of the declared protocol, and not the way back.
    """
    bodies = sound()
    assert _open(bodies)
    assert not _open(bodies, 6380)
    assert not _open(bodies, protocol="UDP")
    assert not _ways(bodies)["StatefulSet/store", "Deployment/web"].open("TCP", 8080)


@pytest.mark.parametrize("policy", ["web-policy", "store-policy"])
def test_one_end_alone_does_not_open_a_way(policy: str) -> None:
    """
    Without its own policy only the default-deny holds for a pod, and that allows nothing.
    """
    bodies = sound()
    del bodies[policy]
    assert not _open(bodies)


def test_a_pod_that_no_policy_selects_is_open() -> None:
    """
    Without policies everybody reaches everybody.
    """
    bodies = {name: body for name, body in sound().items() if body["kind"] != "NetworkPolicy"}
    assert _open(bodies)
    assert _open(bodies, 1, "UDP")


def test_policies_add_up() -> None:
    """
    What one policy allows another does not take away.
    """
    bodies = sound()
    bodies["more"] = {
        **bodies["default-deny"],
        "metadata": {"name": "more", "namespace": "shop"},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"ports": [{"port": 9999}]}],
            "egress": [{"ports": [{"port": 9999}]}],
        },
    }
    assert _open(bodies, 9999)
    assert _open(bodies)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ({"podSelector": {}}, True),
        ({"podSelector": {"matchLabels": {"app": "other"}}}, False),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}, True),
        ({"podSelector": {"matchExpressions": [
            {"key": "app", "operator": "NotIn", "values": ["web"]}]}}, False),
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}, False),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "web"}}}, True),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "x"}}}, False),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, False),
    ],
)  # fmt: skip
def test_peers_are_selected_as_the_api_says(peer: Body, expected: bool) -> None:
    """
    A pod selector counts in the policy's namespace, or in the namespaces selected beside it.
    """
    bodies = sound()
    _ingress(bodies)["from"] = [peer]
    assert _open(bodies) is expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        (None, True),
        ([{"port": "redis"}], True),
        ([{"port": "redis", "protocol": "UDP"}], False),
        ([{"port": "other"}], False),
        ([{"port": 6000, "endPort": 7000}], True),
        ([{"port": 6000, "endPort": 6378}], False),
        ([{"protocol": "TCP"}], True),
        ([{"protocol": "SCTP"}], False),
    ],
)
def test_ports_are_read_as_the_api_says(ports: Any, expected: bool) -> None:
    """
    By number, name of the server's container port, range, or all of a protocol.
    """
    bodies = sound()
    _ingress(bodies)["ports"] = ports
    assert _open(bodies) is expected


def test_a_policy_without_types_is_about_ingress() -> None:
    """
    Egress stays as it was unless there are egress rules.
    """
    bodies = sound()
    del bodies["store-policy"]["spec"]["policyTypes"]
    assert _open(bodies)


def test_pods_of_the_same_labels_elsewhere_are_strangers() -> None:
    """
    A namespace selector that is too wide lets in who only looks like the client.
    """
    bodies = sound()
    _ingress(bodies)["from"][0]["namespaceSelector"] = {}
    rendered = Rendered(list(bodies.values()), context=context())
    found = [issue.message for issue in undeclared.check(rendered)]
    assert any("from pods app=web of another namespace" in message for message in found)


def test_declared_addresses_outside_are_ways_too() -> None:
    """
    An edge may lead to a block of addresses, and then that block alone is open.
    """
    bodies = sound()
    block = {"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 443}]}
    bodies["web-policy"]["spec"]["egress"].append(block)
    way = Edge(
        client=Party(labels={"app": "web"}), server=Party(blocks=(Block("192.0.2.0/24"),)), port=443
    )
    edges = (*(context().edges or ()), way)
    told = Rendered(list(bodies.values()), context=context(edges=edges))
    untold = Rendered(list(bodies.values()), context=context())
    assert list(undeclared.check(told)) == []
    assert list(undeclared.check(untold)) != []


def test_the_namespace_that_denies_nothing_is_the_one_blamed() -> None:
    """
    A finding about a second Namespace is one about its own manifest.
    """
    bodies = sound()
    other = {**bodies["namespace"], "metadata": {"name": "other"}}
    found = list(default_deny.check(Rendered([*bodies.values(), other])))
    assert [issue.message for issue in found] == [
        f"Namespace/other: nothing denies {direction} by default"
        for direction in ("egress", "ingress")
    ]
    assert all(issue.manifest is other for issue in found)


def _outside(*blocks: Body) -> Bodies:
    """Let the web server reach *blocks* of addresses, each by a rule of its own."""
    bodies = sound()
    rules = [{"to": [{"ipBlock": block}], "ports": [{"port": 443}]} for block in blocks]
    bodies["web-policy"]["spec"]["egress"] += rules
    return bodies


ALL = "0.0.0.0/0"
SOME = {"cidr": ALL, "except": ["192.0.2.0/24", "10.0.0.0/8"]}
SHOWN = "the addresses 0.0.0.0/0 except 10.0.0.0/8, 192.0.2.0/24"


@pytest.mark.parametrize(
    ("blocks", "whole", "part"),
    [
        ([SOME], False, True),
        ([SOME, {"cidr": ALL}], True, True),
        ([SOME, {"cidr": ALL, "except": ["10.0.0.0/8"]}], False, True),
        ([{"cidr": ALL, "except": ["10.0.0.0/8"]}], False, None),
    ],
)
def test_what_a_block_leaves_out_is_not_open(
    blocks: list[Body], whole: bool, part: bool | None
) -> None:
    """
    A block with exceptions opens no way to all of it; one with fewer opens the others' part.
    """
    found = _ways(_outside(*blocks))
    assert found["Deployment/web", f"the addresses {ALL}"].open("TCP", 443) is whole
    way = found.get(("Deployment/web", SHOWN))
    assert (way.open("TCP", 443) if way else None) is part


def test_a_declared_block_is_blocked_by_what_the_policy_leaves_out() -> None:
    """
    What is open of it is declared; without the edge it is what the policy opens too much.
    """
    bodies = _outside(SOME)
    edge = Edge(client=Party(labels={"app": "web"}), server=Party(blocks=(Block(ALL),)), port=443)
    edges = (*(context().edges or ()), edge)
    told = Rendered(list(bodies.values()), context=context(edges=edges))
    untold = Rendered(list(bodies.values()), context=context())
    assert list(undeclared.check(told)) == []
    assert [f"may not reach the addresses {ALL} at" in i.message for i in blocked.check(told)] == [
        True
    ]
    assert any(f"to {SHOWN} at 443/TCP" in issue.message for issue in undeclared.check(untold))


def test_a_wider_declared_block_is_declared_for_its_parts() -> None:
    """
    Where two edges lead to a block and to a part of it, the part may be reached for both.
    """
    bodies = sound()
    wide, part = Block("10.0.0.0/8", ("10.1.0.0/16",)), Block("10.2.0.0/16")
    rules = [
        {"to": [wide.peer()], "ports": [{"port": 443}]},
        {"to": [part.peer()], "ports": [{"port": 5432}]},
    ]
    bodies["web-policy"]["spec"]["egress"] += rules
    web = Party(labels={"app": "web"})
    edges = (
        *(context().edges or ()),
        Edge(client=web, server=Party(blocks=(wide,)), port=443),
        Edge(client=web, server=Party(blocks=(part,)), port=5432),
    )
    rendered = Rendered(list(bodies.values()), context=context(edges=edges))
    assert list(undeclared.check(rendered)) == []
    assert list(blocked.check(rendered)) == []
