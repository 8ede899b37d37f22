"""`schemas pull`: the definitions of a live cluster, through kubectl."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.k8sgen.checks.rules.test_schemas import ANSWER, DEFINITION
from tests.kubectl import FakeKubectl, fake_kubectl
from tests.projects import run, write_project

FILES = ["example.com/widget_v1.json", "example.com/widget_v1beta1.json"]


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    """
    A kubectl whose cluster has one definition.
    """
    found = fake_kubectl(tmp_path, monkeypatch, ANSWER)
    found.path.with_suffix(".json").write_text(json.dumps({"items": [DEFINITION]}), "utf-8")
    return found


def test_schemas_are_written_where_the_project_looks_for_them(
    kubectl: FakeKubectl, tmp_path: Path
) -> None:
    """Into the first folder of pyproject.toml."""
    pyproject = '[tool.k8sgen]\nschemas = ["crds"]\n'
    root = write_project(tmp_path / "project", {"pyproject.toml": pyproject})
    ran = run(root, "schemas", "pull", "--json")
    assert json.loads(ran.out) == {"context": "other", "written": FILES}
    assert ran.err == "schemas: read from kubectl's current context, other\n"
    assert all((root / "crds" / file).is_file() for file in FILES)


def test_a_project_that_names_no_folder_is_told_how(kubectl: FakeKubectl, tmp_path: Path) -> None:
    """They go to schemas/."""
    root = write_project(tmp_path / "project")
    ran = run(root, "schemas", "pull")
    assert "2 schemas, 2 of them written" in ran.out
    assert '[tool.k8sgen] schemas = ["schemas"]' in ran.out
    assert (root / "schemas" / FILES[0]).is_file()


def test_a_cluster_out_of_reach_is_an_error(kubectl: FakeKubectl, tmp_path: Path) -> None:
    """In kubectl's words, with what to do; nothing is written."""
    kubectl.path.with_suffix(".json").unlink()
    root = write_project(tmp_path / "project")
    ran = run(root, "schemas", "pull", "--out", str(tmp_path / "out"))
    assert ran.status == 2
    assert "no cluster" in ran.err
    assert not (tmp_path / "out").exists()
