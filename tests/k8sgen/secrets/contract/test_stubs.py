"""The generated files of `dist/secrets/`."""

from __future__ import annotations

import pytest
import yaml

from k8sgen.secrets.contract.keys import (
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
from k8sgen.secrets.contract.stubs import is_placeholder, placeholder, stub
from tests.k8sgen.secrets.kit import Site, keys


def test_a_stub_says_what_goes_there() -> None:
    """Whatever the recipe; and it says it in a form that is told from a value."""
    password, *_ = keys()
    recipes: dict[Recipe, str] = {
        Random(length=9, previous=2): (
            "<random: 9 characters, the next ones, then up to 2 previous ones>"
        ),
        Derived("x:{p}\n", {"p": password}): "<derived: x:{database/password}>",
        KeySet(algorithm="ES256"): "<generated: a JSON Web Key Set for ES256>",
        SigningKey(password): "<derived: the signing key of database/password>",
        PublicKeys(password): "<derived: the public keys of database/password>",
        Given("ask"): "<given: ask>",
        Alternate(("a", "b"), password): "<in turn: a and b>",
    }
    for recipe, text in recipes.items():
        assert placeholder(SecretKey(secret="s", key="k", recipe=recipe)) == text
        assert is_placeholder(text)
    dated = SecretKey(secret="s", key="k", recipe=Random(), rotate_days=3)
    assert placeholder(dated) == "<random: 32 characters, a new one every 3 days>"


@pytest.mark.parametrize("value", ["<p4ss>", "<html></html>", "<random>", "random: 3", "", 3])
def test_a_value_in_angle_brackets_is_a_value(value: object) -> None:
    """Only what a stub says itself counts as not filled in."""
    assert not is_placeholder(value)


def test_a_stub_is_the_secret_that_will_be(ready: Site) -> None:
    """Name, namespace, labels and keys are those of the encrypted file."""
    wanted = stub(ready.needs, ready.needs.secrets["web"])
    found = yaml.safe_load(ready.text("web"))
    del found["metadata"]["annotations"]["k8sgen/values"]
    del found["sops"]
    assert {**wanted, "stringData": set(wanted["stringData"])} == {
        **found,
        "stringData": set(found["stringData"]),
    }
