"""The contract refuses what could not be kept."""

from __future__ import annotations

import pytest

from k8sgen.secrets.contract.keys import (
    Alternate,
    Derived,
    KeySet,
    Random,
    SecretKey,
    combined_revision,
)

PASSWORD = SecretKey(secret="redis", key="password", recipe=Random())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"length": 0}, "length"),
        ({"alphabet": "aaa"}, "has no randomness"),
        ({"alphabet": "ab,", "previous": 1}, "a comma separates"),
        ({"previous": -1}, "previous"),
    ],
)
def test_random_refuses_what_is_no_chance(arguments: dict[str, object], said: str) -> None:
    """An alphabet of one letter, or one that breaks the list of previous values, is refused."""
    with pytest.raises(ValueError, match=said):
        Random(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("template", "names"), [("{a}", ""), ("x", "a"), ("{a}{b}", "a c")])
def test_derived_refuses_a_template_that_does_not_fit_its_values(template: str, names: str) -> None:
    """A place without a value, and a value without a place, is an error where it is declared."""
    with pytest.raises(ValueError, match="differ in"):
        Derived(template, dict.fromkeys(names.split(), PASSWORD))


def test_derived_keeps_braces_that_name_nothing() -> None:
    """JSON around a place stays as it is."""
    recipe = Derived('{"auth": "{password}", "x": {}}', {"password": PASSWORD})
    assert recipe.fill({"password": "p"}) == '{"auth": "p", "x": {}}'


def test_derived_shows_whose_values_go_in() -> None:
    """What is shown names the keys, never a value."""
    recipe = Derived("redis://:{password}@redis", {"password": PASSWORD})
    assert recipe.shown() == "redis://:{redis/password}@redis"


@pytest.mark.parametrize("key", ["", "a b", "a/b", "..", "ü", "a" * 254])
def test_key_is_one_that_kubernetes_takes(key: str) -> None:
    """A key that the API server would refuse is refused where it is declared."""
    with pytest.raises(ValueError, match="not a key of a Secret"):
        SecretKey(secret="x", key=key, recipe=KeySet())


def test_sources_are_what_a_value_changes_with() -> None:
    """A derived value follows its values, and an alternating name its password."""
    name = SecretKey(secret="db", key="login", recipe=Alternate(("a", "b"), PASSWORD))
    url = SecretKey(secret="w", key="url", recipe=Derived("{u}", {"u": name}))
    assert (url.sources, name.sources, PASSWORD.sources) == ((name,), (PASSWORD,), ())


def test_pods_roll_only_for_their_own_keys() -> None:
    """The revision of another key, or of none that is there, does not matter."""
    keys = [SecretKey(secret="a", key=name, recipe=Random()) for name in ("x", "y")]
    there = {"a": {"x": "1", "y": "2", "z": "3"}}
    before = combined_revision(keys, there)
    assert combined_revision(keys, {"a": {**there["a"], "z": "4"}, "b": {"x": "5"}}) == before
    assert combined_revision(list(reversed(keys)), there) == before
    assert combined_revision(keys, {"a": {**there["a"], "y": "4"}}) != before
    assert combined_revision(keys, {"b": {"x": "1"}}) is None
