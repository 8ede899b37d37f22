"""The contract of a secret: its keys, and how the value of each is made; it holds no value."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

import attrs

from k8sgen.errors import Location

_PLACE = re.compile(r"\{(\w+)\}")
# Source: Kubernetes apimachinery validation.IsConfigMapKey, and room for "k8sgen/" in front.
_KEY = re.compile(r"(?!\.\.)[-._a-zA-Z0-9]{1,253}")

Algorithm = Literal["RS256", "ES256", "EdDSA"]


@attrs.frozen(kw_only=True)
class Random:
    """
    A value of *length* characters of *alphabet*, made by the operating system's generator.

    Args:
        previous: How many earlier values stay after a rotation, for software that encrypts with
            the first value of a comma-separated list and decrypts with all of them. With
            `rotate_days` that is a time: two previous values of 90 days each are readable for half
            a year. The second value of the list is the next one, so that every pod knows a value
            before any pod uses it: the list is the current value, the next, the previous ones.
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
    """
    A JSON Web Key Set: the private key that signs, the next one, and *previous* public ones.

    Nobody reads it as it is: the signer gets its `SigningKey`, and verifiers its `PublicKeys`.
    """

    algorithm: Algorithm = "RS256"
    previous: int = attrs.field(default=1, validator=attrs.validators.ge(0))


@attrs.frozen
class SigningKey:
    """A JSON Web Key Set of the one private key by which the owner of the set *keys* signs."""

    keys: SecretKey


@attrs.frozen
class PublicKeys:
    """
    A JSON Web Key Set of the public half of every key in the set *keys*, each once.

    The next key is among them, so verifiers know it before the signer turns to it, and the
    previous ones are, so what they signed is still verified.
    """

    keys: SecretKey


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


Recipe = Random | Derived | KeySet | SigningKey | PublicKeys | Given | Alternate


@attrs.frozen(kw_only=True)
class LiveUpdate:
    """
    How a running server that checks a value learns a new one while the old one is still valid.

    The commands run with `sh -c` in its pod and read the values, one per line, from standard input,
    so that no argument holds a value.

    Pods of the workload do not roll when such a value changes. So what reads it there, a probe for
    instance, reads its file each time: an environment variable is as old as its container.

    Args:
        workload: Of the service that declares the key, as kubectl names it: `statefulset/redis`.
        accept: Makes the server accept the new value too.
        retire: Makes it refuse the old value, once all clients have the new one.
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
        location: The line that declares it.
    """

    secret: str
    key: str = attrs.field()
    recipe: Recipe
    rotate_days: int | None = None
    live_update: LiveUpdate | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)

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
        match self.recipe:
            case Derived(values=values):
                return tuple(values.values())
            case SigningKey(keys=keys) | PublicKeys(keys=keys):
                return (keys,)
            case Alternate(password=password):
                return (password,)
        return ()

    @property
    def is_derived(self) -> bool:
        """Whether other values alone decide its value."""
        return isinstance(self.recipe, Derived | SigningKey | PublicKeys)

    @property
    def is_handed_over(self) -> bool:
        """Whether a new value and the one before count at the same time, until all have the new."""
        keeps = isinstance(self.recipe, Random) and self.recipe.previous > 0
        return keeps or bool(self.live_update) or isinstance(self.recipe, KeySet | Alternate)

    def env(self) -> dict[str, Any]:
        """Return the source of an environment variable."""
        return {"valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key}}}


def live_in(workload: str, keys: Collection[SecretKey]) -> set[str]:
    """
    Return the names of those *keys* of which a running *workload* learns a new value.

    What derives from such keys alone is among them. Pods of the workload need not roll for these.
    """
    updates = [(key, key.live_update) for key in keys if key.live_update]
    told = {k.name for key, u in updates if u.workload == workload for k in (key, *u.also)}
    derived = (key for key in keys if key.is_derived and all(s.name in told for s in key.sources))
    return told | {key.name for key in derived}


Revisions = Mapping[str, Mapping[str, str]]
"""Secret to key to what changes when the value does, of the existing values."""


CHECKSUM = "checksum/secrets"
"""The annotation by which pods roll when a value that they use changes."""


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
