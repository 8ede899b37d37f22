"""A small project whose `dist/` is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.projects import run, write_project


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The small project, written once for all tests; they leave it as it is.
    """
    root = write_project(tmp_path_factory.mktemp("project"))
    assert run(root, "synth").err == ""
    return root


@pytest.fixture
def root(synthesized: Path, tmp_path: Path) -> Path:
    """
    The small project with its `dist/`, for one test to spoil.
    """
    return Path(shutil.copytree(synthesized, tmp_path / "project"))
