"""What the tests of secrets share: age identities outside the project, and a small environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8sgen.secrets import identity
from tests.k8sgen.secrets.kit import Site, keys, needs_of
from tests.tools import tool


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A home of its own, so that no test sees or changes the identities of whoever runs it.
    """
    home = tmp_path_factory.mktemp("home")
    for name in ("SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    """
    The public key of an age identity that is in its place.
    """
    return identity.ensure("test", root=tmp_path / "project", known=()).recipient


@pytest.fixture
def site(tmp_path: Path, recipient: str) -> Site:
    """
    An environment that needs the keys of a database, a cache and their client; none is there yet.
    """
    tool("sops")
    return Site(tmp_path / "project", needs_of(keys(), recipients=[recipient]))
