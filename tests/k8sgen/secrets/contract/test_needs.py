"""The needs of an environment: in an order in which values can be made."""

from __future__ import annotations

from itertools import permutations

import pytest

from k8sgen.secrets.contract.keys import Derived, SecretKey
from k8sgen.secrets.errors import ContractError, SecretsError
from tests.k8sgen.secrets.kit import keys, needs_of


def test_a_key_comes_after_what_it_is_made_of() -> None:
    """Whatever the order of the declarations."""
    for order in permutations(keys()):
        names = [key.name for key in needs_of(order).in_order()]
        for key in order:
            assert all(names.index(s.name) < names.index(key.name) for s in key.sources)
        assert len(names) == len(order)


def test_a_source_that_nobody_declares_is_named() -> None:
    """A derived key without its source is an error, and not a value."""
    password, login, url, _ = keys()
    with pytest.raises(ContractError, match=r"web/database-url.*database/login"):
        needs_of([password, url]).in_order()
    assert needs_of([password, login, url]).in_order()


def test_a_circle_is_named() -> None:
    """Values that come from each other cannot be made."""
    values: dict[str, SecretKey] = {}
    first = SecretKey(secret="a", key="x", recipe=_loop(values))
    second = SecretKey(secret="a", key="y", recipe=Derived("{v}", {"v": first}))
    values["v"] = second
    with pytest.raises(ContractError, match="derived from each other"):
        needs_of([first, second]).in_order()


def _loop(values: dict[str, SecretKey]) -> Derived:
    placeholder = SecretKey(secret="a", key="y", recipe=Derived("", {}))
    values["v"] = placeholder
    return Derived("{v}", values)


def test_keys_are_found_by_name() -> None:
    """Secret and key, with a slash between."""
    needs = needs_of(keys())
    assert needs.find("web/session") is needs.secrets["web"].keys["session"]
    assert [needs.find(name) for name in ("web", "web/x", "x/session", "")] == [None] * 4


def test_without_recipients_the_next_step_is_init() -> None:
    """Nothing is encrypted for nobody."""
    with pytest.raises(SecretsError, match="no recipients") as error:
        needs_of(keys()).readers()
    assert error.value.hint == "run: k8sgen secrets init production"
