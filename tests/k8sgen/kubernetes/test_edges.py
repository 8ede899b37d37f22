"""Blocks of addresses, as a network policy means them."""

from __future__ import annotations

import ipaddress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from k8sgen.kubernetes.edges import Block, contains

NETWORKS = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
    lambda pair: str(ipaddress.ip_network(f"192.0.2.{pair[0]}/{pair[1]}", strict=False))
)
BLOCKS = st.builds(Block, NETWORKS, st.lists(NETWORKS, max_size=2).map(tuple))


def addresses(block: Block) -> set[Any]:
    """Return every address of a block, one by one."""
    left_out = {ip for cidr in block.excluded for ip in ipaddress.ip_network(cidr)}
    return set(ipaddress.ip_network(block.cidr)) - left_out


@given(BLOCKS, BLOCKS)
def test_a_block_that_covers_another_has_all_of_its_addresses(one: Block, other: Block) -> None:
    """Counted one by one; where single exclusions decide it, the two agree."""
    if one.covers(other):
        assert addresses(other) <= addresses(one)
    elif not one.excluded and not other.excluded:
        assert not addresses(other) <= addresses(one)


def test_addresses_of_two_kinds_have_nothing_in_common() -> None:
    """Nor has what is no block at all."""
    assert not contains("::/0", "0.0.0.0/0")
    assert contains("nonsense", "nonsense")
    assert not contains("nonsense", "10.0.0.0/8")
