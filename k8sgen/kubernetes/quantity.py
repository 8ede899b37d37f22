"""Kubernetes quantities ("250m", "1Gi") as exact numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

# Source: apimachinery pkg/api/resource/quantity.go and suffix.go.
_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal("1e3"), "M": Decimal("1e6"), "G": Decimal("1e9"),
    "T": Decimal("1e12"), "P": Decimal("1e15"), "E": Decimal("1e18"),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30),
    "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([eE][+-]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)"
)


def parse_quantity(text: str | int) -> Decimal:
    """
    Read a quantity as a number of its base unit (cores, bytes).

    Raises:
        ValueError: *text* is not a Kubernetes quantity.
    """
    match = _QUANTITY.fullmatch(str(text))
    if not match:
        msg = f"{text!r} is not a quantity; write for instance 250m, 2, 512Mi or 10Gi"
        raise ValueError(msg)
    number, exponent, suffix = match.groups()
    return Decimal(number + (exponent or "")) * _SUFFIXES[suffix or ""]


def canonical_quantity(text: str) -> str:
    """
    Write a quantity as the API server keeps it, `2Gi` for `2048Mi`; anything else stays as it is.

    In another form it would differ for ever from what a server-side apply left on the cluster.

    Source:
        apimachinery pkg/api/resource/quantity.go, CanonicalizeBytes
    """
    match = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return text
    number = parse_quantity(text)
    if str(match[3]).endswith("i") and abs(number) >= 1024 and number == int(number):
        found = _shortened(int(number), 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
    else:
        nano = int((number * 10**9).to_integral_value(ROUND_CEILING))
        suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        if match[2]:
            suffixes = [f"{match[2][0]}{power}" if power else "" for power in range(-9, 19, 3)]
        found = _shortened(nano, 1000, suffixes) if nano else "0"
    return text if text == found else found


def _shortened(number: int, base: int, suffixes: Sequence[str]) -> str:
    """Write *number* with the greatest suffix that leaves it whole."""
    step = 0
    while number % base == 0 and step + 1 < len(suffixes):
        number, step = number // base, step + 1
    return f"{number}{suffixes[step]}"
