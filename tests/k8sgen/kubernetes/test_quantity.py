"""Quantities are read as Kubernetes reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from k8sgen.kubernetes.quantity import canonical_quantity, parse_quantity

BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]


@given(st.integers(0, 10**6), st.sampled_from(range(6)))
def test_binary_suffixes_are_powers_of_1024(number: int, power: int) -> None:
    """1Ki is 1024, and so on."""
    assert parse_quantity(f"{number}{BINARY[power]}") == number * 1024 ** (power + 1)


@given(st.integers(0, 10**6), st.sampled_from(range(10)))
def test_decimal_suffixes_are_powers_of_1000(number: int, power: int) -> None:
    """1m is a thousandth, 1k a thousand."""
    assert parse_quantity(f"{number}{DECIMAL[power]}") == number * Decimal(1000) ** (power - 3)


@given(st.decimals(0, 10**6, places=3), st.integers(-9, 18))
def test_an_exponent_is_a_power_of_ten(number: Decimal, exponent: int) -> None:
    """1e3 is a thousand, and 1E is an exa all the same."""
    assert parse_quantity(f"{number}e{exponent}") == number * Decimal(10) ** exponent
    assert parse_quantity("1E") == Decimal(10) ** 18


@given(st.text(max_size=8) | st.from_regex(r"[0-9.eEmMiKk+-]{1,8}", fullmatch=True))
@example("1e999999999")
@example("\N{FULLWIDTH DIGIT ONE}m")
@example("1Gi\n")
@example("")
def test_whatever_else_is_refused_as_no_quantity(text: str) -> None:
    """Any text is a number or a ValueError that shows it."""
    try:
        amount = parse_quantity(text)
    except ValueError as error:
        assert repr(text) in str(error)  # noqa: PT017
    else:
        assert amount.is_finite()
        assert text.isascii()


@pytest.mark.parametrize(
    "text", ["1 Gi", "1GB", "1gi", "0x10", "1.2.3", "Gi", "1e", "\N{FULLWIDTH DIGIT ONE}m", "1Gi\n"]
)
def test_near_misses_are_refused(text: str) -> None:
    """Spaces, other suffixes, other digits."""
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)


KEPT = {
    "2048Mi": "2Gi", "1.5Gi": "1536Mi", "1000Ki": "1000Ki", "512Ki": "512Ki", "1023Ki": "1023Ki",
    "1Ki": "1Ki", "0.5Ki": "512", "0.1Gi": "107374182400m", "1000m": "1", "0.5": "500m",
    "1000": "1k", "1024": "1024", "100M": "100M", "1000M": "1G", "1e3": "1e3", "5e2": "500",
    "1E3": "1E3", "2.50": "2500m", "0": "0", "0Gi": "0", "1.0000000001": "1000000001n",
}  # fmt: skip
"""As the API server answers; see tests/conformance/test_cluster.py."""


@pytest.mark.parametrize(("text", "kept"), KEPT.items())
def test_a_quantity_is_written_as_the_server_keeps_it(text: str, kept: str) -> None:
    """So that it does not differ from the cluster for ever."""
    assert canonical_quantity(text) == kept
    assert canonical_quantity(kept) is kept


@given(st.decimals(0, 10**6, places=2), st.sampled_from([*BINARY, *DECIMAL]))
def test_a_quantity_stays_the_same_amount(number: Decimal, suffix: str) -> None:
    """Whatever its form; below a billionth it is rounded up."""
    text = f"{number}{suffix}"
    amount, kept = parse_quantity(text), parse_quantity(canonical_quantity(text))
    assert 0 <= kept - amount < Decimal("1e-9")


def test_what_is_no_quantity_stays() -> None:
    """The validators say what is wrong with it."""
    assert canonical_quantity("1 Gi") == "1 Gi"
