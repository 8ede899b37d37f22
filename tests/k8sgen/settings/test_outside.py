"""Outside: what services use that does not run in the cluster."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen import Outside, Service, Stack
from k8sgen.actions.validate import validate
from k8sgen.errors import K8sgenError
from k8sgen.settings.outside import PUBLIC
from tests.stacks import ROOT, Settings, Web, composed, found

MAIL = Outside("mail", hosts=["smtp.example.com"], ports=[465, 587])
WAREHOUSE = Outside("warehouse", cidrs=["10.20.0.0/16", "fd00:20::/32"], ports=[5432])


def open_at(address: str) -> bool:
    """Return whether a host without blocks of its own opens *address*."""
    ip = ipaddress.ip_address(address)
    return any(
        ip in ipaddress.ip_network(block.cidr)
        and not any(ip in ipaddress.ip_network(part) for part in block.excluded)
        for block in PUBLIC
    )


@given(st.ip_addresses())
def test_a_host_opens_what_is_global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """As Python's registry of special addresses has it, NAT64's translations aside."""
    address = str(ip)
    if ip.is_loopback or ip.is_link_local:
        assert not open_at(address)
    if ip.is_global and not address.startswith("64:ff9b::"):
        assert open_at(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "169.254.20.10",
        "::1",
        "fd00:ec2::254",
        "fe80::a9fe:a9fe",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_metadata_and_neighbours_stay_closed(address: str) -> None:
    """Those of cloud machines, nodes, pods, and what NAT64 would make of them."""
    assert not open_at(address)


def test_blocks_are_opened_and_nothing_else() -> None:
    """The hosts of what has blocks are only its name."""
    both = Outside("db", hosts=["db.example.com"], cidrs=["10.20.0.0/16"], ports=[5432])
    composition = composed(lambda stack: Web(stack, Settings(), given=[both]))
    _, rule = found(composition, "NetworkPolicy", "web")["spec"]["egress"]
    assert rule == {
        "to": [{"ipBlock": {"cidr": "10.20.0.0/16"}}],
        "ports": [{"protocol": "TCP", "port": 5432}],
    }


def test_the_reachability_rules_know_it() -> None:
    """Nothing that is given is found open or blocked."""

    def make(stack: Stack) -> Service:
        web = Web(stack, Settings(replicas=2), given=[MAIL])
        web.deployment()
        web.uses(WAREHOUSE)
        return web

    report = validate(composed(make), ROOT)
    assert [finding.message for finding in report.errors] == []


@pytest.mark.parametrize("other", [Outside("web", hosts=["a.example.com"], ports=[443]), WAREHOUSE])
def test_its_name_is_its_own(other: Outside) -> None:
    """Neither a service nor anything else outside has it: a picture would show one box for both."""
    taken = Outside(other.name, hosts=["other.example.com"], ports=[1])

    def make(stack: Stack) -> None:
        Web(stack, Settings(), given=[other] if other is WAREHOUSE else []).uses(taken)

    with pytest.raises(K8sgenError, match=f"Outside\\('{other.name}'\\): something else has"):
        composed(make)


def test_a_service_cannot_take_its_name() -> None:
    """Whichever of the two comes first."""

    def make(stack: Stack) -> None:
        Web(stack, Settings(), name="shop", given=[Outside("web", hosts=["x.com"], ports=[1])])
        Web(stack, Settings())

    with pytest.raises(K8sgenError, match="the stack has an Outside web already"):
        composed(make)
