"""What the tests of secrets share: age identities outside the project, and a small environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from k8sgen.secrets.files import identity
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


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """
    The files of an environment, made once; the identity that opens them is beside the project.
    """
    tool("sops")
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOPS_AGE_KEY_FILE", str(folder / "keys.txt"))
        recipient = identity.ensure("test", root=folder / "project", known=()).recipient
        site = Site(folder / "project", needs_of(keys(), recipients=[recipient]))
        site.generate()
    return site


@pytest.fixture
def recipient(template: Site) -> str:
    """
    The public key of an age identity that is in its place.
    """
    path = identity.key_file()
    path.parent.mkdir(parents=True)
    shutil.copy(template.root.parent / "keys.txt", path)
    (recipient,) = template.needs.recipients
    return recipient


@pytest.fixture
def site(tmp_path: Path, recipient: str) -> Site:
    """
    An environment that needs the keys of a database and its client; none is there yet.
    """
    return Site(tmp_path / "project", needs_of(keys(), recipients=[recipient]))


@pytest.fixture
def ready(site: Site, template: Site) -> Site:
    """
    The same with a value for every key, made at `NOW`.
    """
    shutil.copytree(template.root, site.root)
    return site
