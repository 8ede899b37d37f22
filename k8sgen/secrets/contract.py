"""The contract of a secret: its keys, and how the value of each is made; it holds no value."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Random:
    """
    A value of *length* characters of *alphabet*, made by the operating system's generator.

    Args:
        previous: How many earlier values stay behind the new one after a rotation, comma-separated,
            for software that decrypts with all of them.
    """

    length: int = 32
    alphabet: str = string.ascii_letters + string.digits
    previous: int = 0


@attrs.frozen
class Derived:
    """
    A value worked out of others: `{name}` in *template* is the value of that key.

    Values are percent-encoded as RFC 3986 asks of a URL's user information, unless *encode* is off.
    """

    template: str
    values: Mapping[str, SecretKey] = attrs.field(hash=False)
    encode: bool = True


@attrs.frozen(kw_only=True)
class KeySet:
    """A JSON Web Key Set with one private key; a rotated key goes first, *previous* ones stay."""

    algorithm: str = "RS256"
    previous: int = 1


@attrs.frozen
class Given:
    """A value that a person brings; *hint* says where it comes from."""

    hint: str


Recipe = Random | Derived | KeySet | Given


@attrs.frozen(kw_only=True)
class SecretKey:
    """
    One key of one Kubernetes Secret, and the way its value is made.

    Args:
        secret: The name of the Kubernetes Secret, which is its service's name.
        key: The key in it.
        rotate_days: After how many days a new value is due; `None` is never. A derived value
            follows those that it is made of.
    """

    secret: str
    key: str
    recipe: Recipe
    rotate_days: int | None = None

    def env(self) -> dict[str, Any]:
        """Give the source of an environment variable."""
        return {"valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key}}}
