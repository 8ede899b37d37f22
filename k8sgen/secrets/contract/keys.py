"""The contract of a secret: its keys, and how the value of each is made; it holds no value."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

_PLACE = re.compile(r"\{(\w+)\}")
# Source: Kubernetes apimachinery validation.IsConfigMapKey, and room for "k8sgen/" in front.
_KEY = re.compile(r"(?!\.\.)[-._a-zA-Z0-9]{1,253}")

Algorithm = Literal["RS256", "ES256", "EdDSA"]


@attrs.frozen(kw_only=True)
class Random:
    """
    A value of *length* characters of *alphabet*, made by the operating system's generator.

    Args:
        previous: How many earlier values stay behind the new one after a rotation, comma-separated,
            for software that decrypts with all of them. With `rotate_days` that is a time: two
            previous values of 90 days each are readable for half a year.
    """

    length: int = attrs.field(default=32, validator=attrs.validators.ge(1))
    alphabet: str = string.ascii_letters + string.digits
    previous: int = attrs.field(default=0, validator=attrs.validators.ge(0))

    def __attrs_post_init__(self) -> None:
        if len(set(self.alphabet)) < 2:
            msg = f"alphabet: {self.alphabet!r} has no randomness"
            raise ValueError(msg)
        if self.previous and "," in self.alphabet:
            msg = "alphabet: a comma separates the previous values, so it cannot be in one"
            raise ValueError(msg)


@attrs.frozen
class Derived:
    """
    A value derived from others: `{name}` in *template* is the value of that key.

    Values are percent-encoded as RFC 3986 asks of a URL's user information, unless *encode* is off.
    For a key that keeps previous values, it is the current one. Braces around what no name of
    *values* can be, such as JSON's, stand for themselves.
    """

    template: str
    values: Mapping[str, SecretKey] = attrs.field(hash=False)
    encode: bool = True

    def __attrs_post_init__(self) -> None:
        places = set(_PLACE.findall(self.template))
        if places != set(self.values):
            odd = ", ".join(sorted(places ^ set(self.values)))
            msg = f"the template {self.template!r} and its values differ in: {odd}"
            raise ValueError(msg)

    def fill(self, values: Mapping[str, str]) -> str:
        """Put *values*, as they are, into the places of the template."""
        return _PLACE.sub(lambda place: values[place[1]], self.template)

    def shown(self) -> str:
        """Return the template with the names of the keys in its places."""
        return self.fill({name: f"{{{key.name}}}" for name, key in self.values.items()})


@attrs.frozen(kw_only=True)
class KeySet:
    """A JSON Web Key Set: one private key, its public half, and those of *previous* ones."""

    algorithm: Algorithm = "RS256"
    previous: int = attrs.field(default=1, validator=attrs.validators.ge(0))


@attrs.frozen
class Given:
    """A value that a person supplies; *hint* says where it comes from."""

    hint: str


@attrs.frozen
class Alternate:
    """
    One of two *names*, alternating each time that *password* is rotated.

    For servers that keep one password a user: with two users, the old one and the new one are
    valid side by side until every client has the new one.
    """

    names: tuple[str, str]
    password: SecretKey = attrs.field(hash=False)


Recipe = Random | Derived | KeySet | Given | Alternate


@attrs.frozen(kw_only=True)
class LiveUpdate:
    """
    How a running server that checks a value learns a new one while the old one is still valid.

    The commands run with `sh -c` in its pod and read the values, one per line, from standard input,
    so that no argument holds a value.

    Args:
        workload: As kubectl names it: `statefulset/redis`.
        accept: Makes the server accept the new value too.
        retire: Makes it refuse the old value, once all clients have the new one; empty where a
            restart of the server does that.
        also: Further keys whose values the commands read, after the value of the key itself.
    """

    workload: str
    accept: str
    retire: str = ""
    also: tuple[SecretKey, ...] = attrs.field(default=(), hash=False)


@attrs.frozen(kw_only=True)
class SecretKey:
    """
    One key of one Kubernetes Secret, and how its value is made.

    Args:
        secret: The name of the Kubernetes Secret, which is its service's name.
        key: The key in it.
        rotate_days: After how many days a new value is due; `None` is never. A derived value
            follows those that it is made of.
        live_update: How the running server that checks the value learns a new one.
    """

    secret: str
    key: str = attrs.field()
    recipe: Recipe
    rotate_days: int | None = None
    live_update: LiveUpdate | None = None

    @key.validator
    def _fits(self, _: attrs.Attribute[str], value: str) -> None:
        if not _KEY.fullmatch(value):
            msg = f"key: {value!r} is not a key of a Secret; use letters, digits, -, _ and ."
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """Secret and key, as the commands name it: `redis/password`."""
        return f"{self.secret}/{self.key}"

    @property
    def sources(self) -> tuple[SecretKey, ...]:
        """The keys whose change changes this one."""
        recipe = self.recipe
        if isinstance(recipe, Derived):
            return tuple(recipe.values.values())
        return (recipe.password,) if isinstance(recipe, Alternate) else ()

    def env(self) -> dict[str, Any]:
        """Return the source of an environment variable."""
        return {"valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key}}}


Revisions = Mapping[str, Mapping[str, str]]
"""Secret to key to what changes when the value does, of the existing values."""


def combined_revision(keys: Iterable[SecretKey], revisions: Revisions) -> str | None:
    """
    Return what changes when any value of *keys* does, for the pods that have to roll then.

    Args:
        revisions: Secret to key to revision, of the existing values.

    Returns:
        A short hash, or `None` where there is no value yet.
    """
    found = {k.name: revisions[k.secret].get(k.key) for k in keys if k.secret in revisions}
    lines = sorted(f"{name} {revision}\n" for name, revision in found.items() if revision)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16] if lines else None
