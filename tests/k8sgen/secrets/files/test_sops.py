"""The real sops behind pipes: nothing on the disk, nothing in arguments."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from k8sgen.secrets.files import sops
from k8sgen.secrets.rotation.rotate import new_data_keys
from tests.k8sgen.secrets.kit import NOW, Site, given, needs_of
from tests.tools import tool


def test_no_folder_for_temporary_files_is_needed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither k8sgen nor sops makes a temporary file of any value."""
    monkeypatch.setenv("TMPDIR", "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    site.generate()
    site.generate(rotate=["database/password"], now=NOW + timedelta(days=1))
    with site.store.changing() as staging:
        new_data_keys(staging, site.store)
    assert len(site.values()) == 4


def test_no_value_is_in_the_arguments_of_sops(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A sops in between writes its arguments and its environment down."""
    log, real = tmp_path / "log", tool("sops")
    spy = tmp_path / "sops"
    spy.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} >> {log}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setattr(sops, "require", lambda _: str(spy))
    site.needs = needs_of([given()], recipients=site.needs.recipients)
    site.generate(given={"web/api-key": "first-canary"})
    site.generate(given={"web/api-key": "second-canary"})
    assert site.values() == {"web/api-key": "second-canary"}
    assert "set --input-type" in log.read_text()
    assert "canary" not in log.read_text()
