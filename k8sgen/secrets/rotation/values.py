"""Makes values, at random or from others; the only module that sees plaintext."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from k8sgen.secrets.contract.keys import (
    Algorithm,
    Alternate,
    Derived,
    Given,
    KeySet,
    PublicKeys,
    Random,
    SecretKey,
    SigningKey,
)
from k8sgen.secrets.errors import SecretsError
from k8sgen.tools.programs import install

Values = Mapping[str, str]
"""Plaintext by the key's name, such as `redis/password`."""


def current(key: SecretKey, value: str) -> str:
    """Return the current value, without the previous ones behind it."""
    keeps = isinstance(key.recipe, Random) and key.recipe.previous
    return value.partition(",")[0] if keeps else value


def make(key: SecretKey, values: Values) -> str:
    """
    Make a value that nobody has to supply.

    Args:
        values: What there is; the key's own is its previous one.

    Raises:
        SecretsError: A person has to supply it, or its previous value is not a key set.
    """
    old = values.get(key.name)
    match key.recipe:
        case Random() as recipe:
            return _random(recipe, old)
        case KeySet() as recipe:
            return _key_set(key.name, recipe, old)
        case SigningKey(keys=keys):
            return _set(_private(keys.name, values[keys.name])[:1])
        case PublicKeys(keys=keys):
            return _set(_public(jwk) for jwk in _keys(keys.name, values[keys.name]))
        case Alternate() as recipe:
            return _other(recipe, old)
        case Derived() as recipe:
            return derive(recipe, values)
        case Given(hint=hint):
            raise SecretsError(f"{key.name} has to be given", hint=hint)


def derive(recipe: Derived, values: Values) -> str:
    """Derive a value from *values*."""
    found = {name: current(key, values[key.name]) for name, key in recipe.values.items()}
    if recipe.encode:
        found = {name: quote(value, safe="") for name, value in found.items()}
    return recipe.fill(found)


def _random(recipe: Random, old: str | None) -> str:
    if not recipe.previous:
        return _characters(recipe)
    first, *rest = old.split(",") if old else [_characters(recipe)]
    if not old or not rest:
        return ",".join([first, _characters(recipe)])  # nobody knows a next one yet
    after, *kept = rest
    return ",".join([after, _characters(recipe), first, *kept][: recipe.previous + 2])


def _characters(recipe: Random) -> str:
    alphabet = sorted(set(recipe.alphabet))
    return "".join(secrets.choice(alphabet) for _ in range(recipe.length))


def _other(recipe: Alternate, old: str | None) -> str:
    first, second = recipe.names
    return second if old == first else first


def _key_set(name: str, recipe: KeySet, old: str | None) -> str:
    """Make a set of the private key that signs, the next one, and the public halves before it."""
    new = _jwk(recipe.algorithm)
    if old is None:
        return _set([_jwk(recipe.algorithm), new])
    first, *rest = _private(name, old)
    kept = [jwk for jwk in _keys(name, old) if not _PRIVATE & jwk.keys()]
    if not rest:  # nobody knows a next one yet
        return _set([first, new, *kept])
    return _set([rest[0], new, *[_public(first), *kept][: recipe.previous]])


def _set(keys: Iterable[Mapping[str, str]]) -> str:
    return json.dumps({"keys": list(keys)}, separators=(",", ":"))


_PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi"))  # RFC 7518 section 6


def _public(key: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name not in _PRIVATE}


def _private(name: str, text: str) -> list[Mapping[str, str]]:
    """Return the private keys of a set, the one that signs first."""
    return [jwk for jwk in _keys(name, text) if _PRIVATE & jwk.keys()]


def _keys(name: str, text: str) -> list[Mapping[str, str]]:
    """Return the keys of a set, each name once."""
    try:
        found = {jwk["kid"]: jwk for jwk in reversed(json.loads(text)["keys"])}
        keys = list(reversed(found.values()))
        if not any(_PRIVATE & jwk.keys() for jwk in keys):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        msg = f"the present value of {name} is not a JSON Web Key Set"
        hint = "correct it with secrets edit, or remove the key there to have a new set made"
        raise SecretsError(msg, hint=hint) from None
    return keys


def _jwk(algorithm: Algorithm) -> dict[str, str]:
    """
    Make a private key as a JSON Web Key, named by its thumbprint.

    Source:
        RFC 7517, RFC 7518 section 6, RFC 7638, RFC 8037
    """
    body = {"RS256": _rsa, "ES256": _ec, "EdDSA": _okp}[algorithm]()
    required = {"RSA": "e kty n", "EC": "crv kty x y", "OKP": "crv kty x"}[body["kty"]].split()
    public = json.dumps({part: body[part] for part in required}, separators=(",", ":"))
    kid = _base64(hashlib.sha256(public.encode()).digest())
    return {"use": "sig", "alg": algorithm, "kid": kid, **body}


def _rsa() -> dict[str, str]:
    _need_cryptography()
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - an extra

    made = rsa.generate_private_key(public_exponent=65537, key_size=3072).private_numbers()
    public = made.public_numbers
    numbers = {
        "n": public.n,
        "e": public.e,
        "d": made.d,
        "p": made.p,
        "q": made.q,
        "dp": made.dmp1,
        "dq": made.dmq1,
        "qi": made.iqmp,
    }
    return {"kty": "RSA", **{part: _number(number) for part, number in numbers.items()}}


def _ec() -> dict[str, str]:
    _need_cryptography()
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - an extra

    made = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = made.public_numbers
    numbers = {"x": public.x, "y": public.y, "d": made.private_value}
    return {"kty": "EC", "crv": "P-256", **{k: _number(v, size=32) for k, v in numbers.items()}}


def _okp() -> dict[str, str]:
    _need_cryptography()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra

    made = ed25519.Ed25519PrivateKey.generate()
    d, x = made.private_bytes_raw(), made.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64(x), "d": _base64(d)}


def _need_cryptography() -> None:
    try:
        import cryptography  # noqa: F401, PLC0415 - an extra
    except ImportError:
        msg = "the Python package cryptography, which makes key pairs, is missing"
        raise SecretsError(msg, hint=f"get it with: {install('sops')}") from None


def _number(number: int, *, size: int = 0) -> str:
    return _base64(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
