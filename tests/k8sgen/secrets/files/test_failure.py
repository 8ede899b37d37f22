"""What the real sops says when a file or a key is wrong, translated: what happened, what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from k8sgen.secrets.errors import KeyMissingError, ReadError, SecretsError
from k8sgen.secrets.files import identity, sops
from k8sgen.secrets.files.failure import explain
from tests.k8sgen.secrets.kit import NOW, Site

FILE = Path("dist/secrets/production/web.sops.yaml")


def decrypt(site: Site) -> None:
    """Decrypt the file of the client."""
    sops.decrypt(site.store.path("web"), file=site.store.shown("web"))


def other_identity(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have somebody else's identity instead."""
    identity.key_file().unlink()
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(folder / "other.txt"))
    identity.ensure("other", root=folder / "project", known=())


def test_a_wrong_identity(ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says for whom the file is, and how to become one of them."""
    other_identity(monkeypatch, tmp_path)
    with pytest.raises(KeyMissingError, match="none of your age identities") as error:
        decrypt(ready)
    assert ready.needs.recipients[0] in error.value.problem
    assert "rotate --recipients" in error.value.hint


def test_no_identity(ready: Site) -> None:
    """Says where it should be."""
    identity.key_file().unlink()
    with pytest.raises(KeyMissingError, match="no age identity here") as error:
        decrypt(ready)
    assert str(identity.key_file()) in error.value.hint


def test_a_variable_that_names_no_file(ready: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Says which."""
    identity.key_file().unlink()
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/nowhere/keys.txt")
    with pytest.raises(KeyMissingError, match=r"SOPS_AGE_KEY_FILE names /nowhere/keys\.txt"):
        decrypt(ready)


def damaged(old: str, new: str) -> Callable[[str], str]:
    """Return a damage that puts *new* in the place of what matches *old*."""

    def damage(text: str) -> str:
        found = re.sub(old, new, text, count=1, flags=re.MULTILINE)
        assert found != text
        return found

    return damage


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damaged("namespace: production", "namespace: other"), "checksum does not fit"),
        (damaged(r"^    session: .*\n", ""), "checksum does not fit"),
        (damaged(r"mac: ENC.*", 'mac: ""'), "checksum does not fit"),
        (damaged(r"(session: ENC.*,tag:)...", r"\1AAA"), "damaged or was written in plain"),
        (damaged(r"session: .*", "session: canary"), "damaged or was written in plain"),
        (damaged(r"^(    session: .*\n)", r"\1    more: canary\n"), "in plain text"),
        (damaged(r"YWdl....", "AAAAAAAA"), "key part of the file is damaged"),
        (damaged(r"lastmodified: .*\n", ""), "cut off or damaged"),
        (damaged(r"^sops:[\s\S]*", ""), "cut off or damaged"),
    ],
)
def test_a_damaged_file(ready: Site, damage: Callable[[str], str], said: str) -> None:
    """What sops finds is named, with what to do, and no value is shown."""
    ready.write("web", damage(ready.text("web")))
    with pytest.raises(ReadError, match=said) as error:
        decrypt(ready)
    assert "git checkout HEAD -- dist/secrets/production/web.sops.yaml" in error.value.hint
    assert "canary" not in str(error.value)


@pytest.mark.parametrize("damage", [lambda text: text[:300], lambda text: f"<<<<<<< a\n{text}"])
def test_generate_and_rotate_leave_a_damaged_file(
    ready: Site, damage: Callable[[str], str]
) -> None:
    """Nothing is written over it, nor into any other file."""
    ready.write("web", damage(ready.text("web")))
    before = {name: ready.text(name) for name in ready.store.names()}
    for rotate in ([], ["database/password"]):
        with pytest.raises(ReadError):
            ready.generate(rotate=rotate, now=NOW)
    assert {name: ready.text(name) for name in ready.store.names()} == before


def test_what_is_not_known_is_shown_without_what_sops_was_given() -> None:
    """The first line of sops, cut where it may quote."""
    error = explain('could not parse "canary": x\nsecond', FILE, hidden='"canary"')
    assert isinstance(error, SecretsError)
    assert "could not parse" in error.problem
    assert "canary" not in str(error)
