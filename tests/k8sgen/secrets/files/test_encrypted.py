"""What an encrypted file tells without a private key, and how damage shows."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from k8sgen.errors import Location
from k8sgen.secrets.errors import ReadError
from k8sgen.secrets.files import identity
from k8sgen.secrets.files.encrypted import Encrypted, parse
from tests.k8sgen.secrets.kit import NOW, Site
from tests.tools import tool

FILE = Path("dist/secrets/production/web.sops.yaml")


@pytest.fixture
def text(ready: Site) -> str:
    """
    The text of a file that the real sops encrypted.
    """
    return ready.text("web")


def read(text: str) -> Encrypted:
    """Read a text."""
    return parse(text, FILE)


def test_keys_readers_and_dates_are_readable(site: Site, text: str) -> None:
    """No private key is needed for what check, status and audit show."""
    identity.key_file().unlink()
    file = read(text)
    assert set(file.values) == {"database-url", "session"}
    assert (file.name, file.namespace) == ("web", "production")
    assert file.recipients == frozenset(site.needs.recipients)
    assert file.changed("session") == NOW
    assert all(value.is_encrypted and value.is_text for value in file.values.values())


def test_a_file_cut_off_anywhere_is_told_from_a_whole_one(text: str) -> None:
    """Whatever a crash or a full disk leaves of a file, it is not taken for one."""
    for end in range(len(text)):
        with pytest.raises(ReadError) as error:
            read(text[:end])
        assert "git checkout" in error.value.hint or "encrypt" in error.value.hint
    read(text)


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "||||||| base", ">>>>>>> theirs"])
def test_a_merge_conflict_is_named_with_its_line(text: str, marker: str) -> None:
    """The hint says what to do about it, because the checksum forbids merging by hand."""
    lines = text.splitlines()
    lines.insert(9, marker)
    with pytest.raises(ReadError, match="merge conflict") as error:
        read("\n".join([*lines, ""]))
    assert error.value.location == Location(FILE, 10)
    assert "--ours" in error.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cut off"),
        ("- a\n", "cut off"),
        ("kind: Secret\nstringData:\n  a: canary\n", "not encrypted"),
        ("kind: Secret\nstringData: canary\n", "cut off"),
        ("kind: Secret\nsops: {}\n", "cut off"),
        ("kind: Secret\nsops: {mac: a, version: b}\n", "cut off"),
        ("a: [canary\n", "not YAML"),
        ("kind: Secret\nstringData:\n  a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\n", "cut off"),
    ],
)
def test_what_is_no_encrypted_file_is_refused(text: str, said: str) -> None:
    """Without showing what stands in it."""
    with pytest.raises(ReadError, match=said) as error:
        read(text)
    assert "canary" not in str(error.value)


def test_a_value_edited_elsewhere_has_the_date_of_its_file(ready: Site) -> None:
    """Its note no longer fits its ciphertext, and counts for nothing."""
    before = ready.store.read("web")
    ready.set("web", "session", "by hand")
    after = ready.store.read("web")
    assert before.is_recorded("session")
    assert not after.is_recorded("session")
    assert after.changed("session") == after.modified > datetime(2026, 1, 1, tzinfo=UTC)
    assert after.changed("database-url") == NOW
    assert after.revision("session") != before.revision("session")
    assert after.revision("database-url") == before.revision("database-url")


def test_other_readers_than_age_are_seen(text: str) -> None:
    """Whoever else can open the file is a recipient too."""
    more = "    pgp:\n        - fp: ABCDEF\n    kms:\n        - arn: arn:aws:kms:x\n"
    found = read(text.replace("    lastmodified:", f"{more}    lastmodified:"))
    assert {"ABCDEF", "arn:aws:kms:x"} < found.recipients


def test_a_file_of_plain_sops_is_read(tmp_path: Path, recipient: str) -> None:
    """One that a person encrypted, without anything of k8sgen in it."""
    path = tmp_path / "x.yaml"
    path.write_text("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {a: Yg==}\n")
    command = [tool("sops"), "--config", os.devnull, "encrypt", "--age", recipient]
    pattern = ["--encrypted-regex", "^(data|stringData)$"]
    done = subprocess.run([*command, *pattern, path], capture_output=True, text=True, check=True)
    file = read(done.stdout)
    assert file.values["a"].field == "data"
    assert file.changed("a") == file.modified
