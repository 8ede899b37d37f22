"""Values: random ones have their shape, derived ones survive what reads them."""

from __future__ import annotations

import base64
import json
import string
from urllib.parse import unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.secrets.contract.keys import (
    Algorithm,
    Alternate,
    Derived,
    Given,
    KeySet,
    PublicKeys,
    Random,
    Recipe,
    SecretKey,
    SigningKey,
)
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.rotation.values import derive, make


def key(recipe: Recipe, name: str = "db/password") -> SecretKey:
    """Declare a key."""
    secret, _, own = name.partition("/")
    return SecretKey(secret=secret, key=own, recipe=recipe)


class TestRandom:
    """Values made by chance."""

    @given(st.integers(1, 80), st.sampled_from([string.digits, "ab", string.printable]))
    def test_has_its_length_and_alphabet(self, length: int, alphabet: str) -> None:
        """Every character is of the alphabet."""
        made = make(key(Random(length=length, alphabet=alphabet)), {})
        assert len(made) == length
        assert set(made) <= set(alphabet)

    def test_no_two_are_alike(self) -> None:
        """A thousand values are a thousand different ones."""
        assert len({make(key(Random(length=16)), {}) for _ in range(1000)}) == 1000

    @given(st.integers(0, 4), st.integers(1, 8))
    def test_a_value_is_known_before_it_counts_and_after(self, previous: int, turns: int) -> None:
        """The list is the current value, the next one, and so many of those before."""
        declared = key(Random(previous=previous))
        history: list[str] = []
        announced = None
        value = None
        for _ in range(turns):
            value = make(declared, {declared.name: value} if value else {})
            current, *rest = value.split(",")
            assert announced in (None, current)
            if previous:
                announced, *kept = rest
                assert kept == history[:previous]
            else:
                assert rest == []
            history.insert(0, current)
            assert len(set(history)) == len(history)

    def test_an_old_value_announces_before_it_turns(self) -> None:
        """Pods know no next one then, so the first rotation only brings it."""
        declared = key(Random(previous=1))
        first, following = make(declared, {declared.name: "old"}).split(",")
        assert (first, following != first) == ("old", True)


class TestDerived:
    """Values worked out of others."""

    @given(st.text(min_size=1), st.text(min_size=1))
    def test_a_url_gives_back_what_was_put_in(self, user: str, password: str) -> None:
        """Whatever is in user and password, a URL parser finds both, and the right host."""
        keys = {"u": key(Given(""), "db/user"), "p": key(Given(""), "db/password")}
        values = {"db/user": user, "db/password": password}
        url = derive(Derived("postgres://{u}:{p}@db.example:5432/app?x=1", keys), values)
        parts = urlsplit(url)
        assert unquote(str(parts.username)) == user
        assert unquote(str(parts.password)) == password
        assert (parts.hostname, parts.port, parts.path) == ("db.example", 5432, "/app")

    def test_takes_the_current_one_of_a_list(self) -> None:
        """Clients get no previous value."""
        password = key(Random(previous=2))
        assert derive(Derived("{p}", {"p": password}), {password.name: "new,old"}) == "new"

    def test_takes_a_value_with_a_comma_whole(self) -> None:
        """Only keys that keep previous values are lists."""
        password = key(Given(""))
        recipe = Derived("{p}", {"p": password}, encode=False)
        assert derive(recipe, {password.name: "a,b"}) == "a,b"

    def test_does_not_look_for_places_in_values(self) -> None:
        """A value that looks like a place stays what it is."""
        keys = {"a": key(Given(""), "x/a"), "b": key(Given(""), "x/b")}
        recipe = Derived("{a}{b}", keys, encode=False)
        assert derive(recipe, {"x/a": "{b}", "x/b": "1"}) == "{b}1"


class TestAlternate:
    """Names in turn."""

    def test_turns_to_the_other_one(self) -> None:
        """The first value is the first name, and then they alternate."""
        name = key(Alternate(("a", "b"), key(Random())), "db/login")
        assert make(name, {}) == "a"
        assert make(name, {"db/login": "a"}) == "b"
        assert make(name, {"db/login": "b"}) == "a"
        assert make(name, {"db/login": "of old"}) == "a"


def test_given_cannot_be_made() -> None:
    """The error says where the value comes from."""
    with pytest.raises(SecretsError, match="has to be given") as error:
        make(key(Given("ask the bank")), {})
    assert error.value.hint == "ask the bank"


class TestKeySet:
    """JSON Web Key Sets."""

    @pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
    def test_holds_a_private_key_that_signs(self, algorithm: Algorithm) -> None:
        """Two key pairs, each of which belongs together: the one that signs, and the next."""
        for jwk in json.loads(make(key(KeySet(algorithm=algorithm)), {}))["keys"]:
            assert (jwk["alg"], jwk["use"]) == (algorithm, "sig")
            assert len(base64.urlsafe_b64decode(jwk["kid"] + "=")) == 32
            _sign_and_verify(jwk)

    def test_a_key_is_known_before_it_signs_and_after(self) -> None:
        """Verifiers know the next one and so many previous ones, each once and public alone."""
        declared = key(KeySet(algorithm="EdDSA", previous=1))
        signing, public = key(SigningKey(declared), "db/s"), key(PublicKeys(declared), "db/p")
        values: dict[str, str] = {}
        signs, knows = [], []
        for _ in range(4):
            values[declared.name] = make(declared, values)
            (one,) = json.loads(make(signing, values))["keys"]
            known = json.loads(make(public, values))["keys"]
            assert "d" in one
            assert not any("d" in jwk for jwk in known)
            signs.append(one["kid"])
            knows.append([jwk["kid"] for jwk in known])
        a, b, c, d = signs
        assert len({a, b, c, d}) == 4
        assert [ids[:2] for ids in knows[:3]] == [[a, b], [b, c], [c, d]]
        assert [ids[2:] for ids in knows] == [[], [a], [b], [c]]

    def test_a_set_without_a_next_key_gets_one_before_it_turns(self) -> None:
        """As one that was made elsewhere; what signs stays until verifiers know the other."""
        declared = key(KeySet(algorithm="EdDSA"))
        one, other = json.loads(make(declared, {}))["keys"]
        public = {name: part for name, part in other.items() if name != "d"}
        old = json.dumps({"keys": [one, {**one, "d": ""}, public]})
        found = json.loads(make(declared, {declared.name: old}))["keys"]
        assert (found[0], found[2:]) == (one, [public])
        assert "d" in found[1]

    @pytest.mark.parametrize("old", ["canary", '{"canary": 1}', '["canary"]'])
    def test_refuses_a_value_that_is_no_key_set(self, old: str) -> None:
        """It is not thrown away, and not shown."""
        declared = key(KeySet())
        with pytest.raises(SecretsError, match="not a JSON Web Key Set") as error:
            make(declared, {declared.name: old})
        assert "canary" not in str(error.value)


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _sign_and_verify(jwk: dict[str, str]) -> None:
    """Sign with the private part, verify with the public one; raises where they do not fit."""
    if jwk["kty"] == "RSA":
        parts = {name: _number(jwk[name]) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")}
        public = rsa.RSAPublicNumbers(parts["e"], parts["n"])
        private = rsa.RSAPrivateNumbers(
            p=parts["p"],
            q=parts["q"],
            d=parts["d"],
            dmp1=parts["dp"],
            dmq1=parts["dq"],
            iqmp=parts["qi"],
            public_numbers=public,
        ).private_key()
        arguments = (padding.PKCS1v15(), hashes.SHA256())
        public.public_key().verify(private.sign(b"x", *arguments), b"x", *arguments)
        assert private.key_size >= 3072
    elif jwk["kty"] == "EC":
        curve = ec.SECP256R1()
        point = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), curve)
        made = ec.EllipticCurvePrivateNumbers(_number(jwk["d"]), point).private_key()
        way = ec.ECDSA(hashes.SHA256())
        point.public_key().verify(made.sign(b"x", way), b"x", way)
    else:
        secret = base64.urlsafe_b64decode(jwk["d"] + "=")
        public_bytes = base64.urlsafe_b64decode(jwk["x"] + "=")
        signed = ed25519.Ed25519PrivateKey.from_private_bytes(secret).sign(b"x")
        ed25519.Ed25519PublicKey.from_public_bytes(public_bytes).verify(signed, b"x")
