"""Kubernetes quantities ("250m", "1Gi") as exact numbers."""

from __future__ import annotations

import re
from decimal import Decimal

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
