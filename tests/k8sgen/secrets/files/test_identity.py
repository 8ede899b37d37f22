"""Age identities: made once, outside the project, for their owner alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import identity


def ensure(root: Path, purpose: str = "x", known: tuple[str, ...] = ()) -> identity.Ensured:
    """Ensure an identity for *purpose*."""
    return identity.ensure(purpose, root=root, known=known)


def test_is_where_sops_looks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of sops: the variable, XDG, the system's folder for configuration."""
    monkeypatch.setattr(sys, "platform", "linux")
    assert identity.key_file() == home / ".config/sops/age/keys.txt"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert identity.key_file() == home / "Library/Application Support/sops/age/keys.txt"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/xdg")
    assert identity.key_file() == Path("/xdg/sops/age/keys.txt")
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/keys")
    assert identity.key_file() == Path("/keys")


def test_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        ensure(tmp_path)
    finally:
        os.umask(before)
    path = identity.key_file()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_second_run_finds_it(tmp_path: Path) -> None:
    """No second identity is made for the same purpose, and the file stays as it is."""
    first = ensure(tmp_path)
    text = identity.key_file().read_bytes()
    assert (first.made, ensure(tmp_path)) == (True, identity.Ensured(first.recipient, made=False))
    assert identity.key_file().read_bytes() == text


def test_another_purpose_has_another_one(tmp_path: Path) -> None:
    """Each environment its own, and the first one stays in the file."""
    first, second = ensure(tmp_path, "a"), ensure(tmp_path, "b")
    assert first.recipient != second.recipient
    assert identity.recipients() == {first.recipient: "a", second.recipient: "b"}


def test_one_that_serves_already_is_taken(tmp_path: Path) -> None:
    """Who can read the environment needs no other identity."""
    first = ensure(tmp_path, "a")
    found = ensure(tmp_path, "b", known=("age1someone", first.recipient))
    assert found == identity.Ensured(first.recipient, made=False)


def test_foreign_content_stays(tmp_path: Path) -> None:
    """Identities of others, comments, and a missing last line break."""
    path = identity.key_file()
    path.parent.mkdir(parents=True)
    path.write_text("# mine\nAGE-PLUGIN-YUBIKEY-1XYZ")
    path.chmod(0o644)
    ensure(tmp_path)
    assert path.read_text().startswith("# mine\nAGE-PLUGIN-YUBIKEY-1XYZ\n# created: ")
    assert path.stat().st_mode & 0o777 == 0o600


def test_never_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even through a link."""
    (tmp_path / "project").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(tmp_path / "link/keys.txt"))
    with pytest.raises(SecretsError, match="never be"):
        ensure(tmp_path / "project")
    assert list((tmp_path / "project").iterdir()) == []


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way to get it."""
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(SecretsError, match="pyrage") as error:
        ensure(tmp_path)
    assert "pip install" in error.value.hint
