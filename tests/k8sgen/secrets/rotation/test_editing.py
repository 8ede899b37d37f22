"""Edits by hand, in the editor of sops and in stubs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.secrets.contract.stubs import placeholder, stub
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.rotation.editing import edit, read_stub, take
from tests.k8sgen.secrets.kit import NOW, Site

LATER = NOW + timedelta(days=1)
FILE = Path("web.stub.yaml")


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let *script* be the editor."""
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("SOPS_EDITOR", str(path))


EDIT = "sed -i 's/^    session: .*/    session: by hand/' \"$1\""


def test_an_edited_value_is_taken_and_dated(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other ones keep ciphertext and date; nothing is left over."""
    editor(tmp_path, monkeypatch, EDIT)
    before = ready.store.read("web")
    edited = edit(ready.store, "web")
    assert edited
    with ready.store.changing() as staging:
        take(staging, ready.needs, "web", edited, now=LATER)
    after = ready.store.read("web")
    assert ready.values()["web/session"] == "by hand"
    assert (after.changed("session"), after.changed("database-url")) == (LATER, NOW)
    assert after.values["database-url"] == before.values["database-url"]
    assert list(ready.store.folder.glob(".*")) == []


def test_an_edited_derived_value_is_kept_until_its_sources_change(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows the edit does not put back what the recipe gives, and says so."""
    editor(tmp_path, monkeypatch, EDIT.replace("session", "database-url"))
    edited = edit(ready.store, "web")
    assert edited
    with ready.store.changing() as staging:
        take(staging, ready.needs, "web", edited, now=LATER)
    for _ in range(2):
        assert ready.generate(now=LATER).kept == ("web/database-url",)
        assert ready.values()["web/database-url"] == "by hand"
    assert "web/database-url" in ready.generate(rotate=["database/password"], now=LATER).renewed
    assert ready.generate(now=LATER).kept == ()


def test_nothing_changed_is_nothing_written(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that was only looked into."""
    editor(tmp_path, monkeypatch, "true")
    before = ready.text("web")
    assert edit(ready.store, "web") is None
    assert ready.text("web") == before
    assert list(ready.store.folder.glob(".*")) == []


def test_a_failing_editor_changes_nothing(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the message says that sops has said why."""
    editor(tmp_path, monkeypatch, "exit 3")
    before = ready.text("web")
    with pytest.raises(SecretsError, match="nothing was changed"):
        edit(ready.store, "web")
    assert ready.text("web") == before


def test_a_change_of_somebody_else_meanwhile_is_kept(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both versions are there, and the message names the other one."""
    editor(tmp_path, monkeypatch, EDIT)
    edited = edit(ready.store, "web")
    assert edited
    ready.generate(rotate=["web/session"], now=LATER)
    theirs = ready.text("web")
    with (
        pytest.raises(SecretsError, match="changed while you edited") as error,
        ready.store.changing() as staging,
    ):
        take(staging, ready.needs, "web", edited, now=LATER)
    assert ready.text("web") == theirs
    assert edited.path.name in error.value.hint
    assert "by hand" in ready.sops("decrypt", str(edited.path))


def test_there_must_be_something_to_edit(site: Site) -> None:
    """The next step is generate."""
    with pytest.raises(SecretsError, match="no such file yet") as error:
        edit(site.store, "web")
    assert "secrets generate production" in error.value.hint


class TestStub:
    """A stub that somebody filled."""

    def read(self, site: Site, old: str, new: str) -> dict[str, str]:
        """Read the stub of the client after a change."""
        needed = site.needs.secrets["web"]
        text = to_yaml(stub(site.needs, needed))
        assert old in text
        return read_stub(text.replace(old, new), needed, FILE)

    def test_only_what_was_filled_in_is_read(self, site: Site) -> None:
        """Descriptions are not values."""
        assert self.read(site, "stringData", "stringData") == {}
        old = placeholder(site.needs.secrets["web"].keys["session"])
        assert self.read(site, old, "x") == {"web/session": "x"}
        assert self.read(site, old, "<x>") == {"web/session": "<x>"}

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("session:", "canary:", "declares the key canary"),
            ("name: web", "name: database", "a stub of database"),
            ("stringData:", "other:", "not a stub"),
            ("kind:", "\tkind:", "not a stub"),
            ("session: ", "session: 5 # ", "the value of session is not a string"),
        ],
    )
    def test_what_is_no_stub_is_refused(self, site: Site, old: str, new: str, said: str) -> None:
        """With what is wrong with it."""
        with pytest.raises(SecretsError, match=said):
            self.read(site, old, new)
