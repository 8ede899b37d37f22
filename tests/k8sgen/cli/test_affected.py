"""`affected`, as a pipeline runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.k8sgen.repository import commit, repository
from tests.projects import edited, run, write_project


@pytest.fixture(name="root")
def _root(root: Path) -> Path:
    repository(root)
    commit(root, "one")
    write_project(root, edited("environments/staging.py", "replicas=2", "replicas=4"))
    return root


def test_a_matrix_is_one_line_of_json(root: Path) -> None:
    """
    As GitHub Actions takes it for an output.
    """
    ran = run(root, "affected", "--since", "HEAD", "--matrix")
    assert (ran.status, ran.out) == (0, '["staging"]\n')
    write_project(root)
    assert run(root, "affected", "--since", "HEAD", "--matrix").out == "[]\n"


def test_json_names_resources_and_sources(root: Path) -> None:
    """
    What comes out different, and from which files.
    """
    found = json.loads(run(root, "affected", "--since", "HEAD", "--json").out)
    assert found["environments"] == ["staging"]
    assert found["sources"] == ["environments/staging.py"]
    (resource,) = found["resources"]["staging"]
    assert (resource["kind"], resource["name"], resource["change"]) == (
        "Deployment",
        "web",
        "changed",
    )


def test_people_read_what_is_affected(root: Path) -> None:
    """
    Environments, their resources, and the files.
    """
    out = run(root, "affected", "--since", "HEAD").out
    assert "~ Deployment/web" in out
    assert "environments/staging.py" in out


def test_a_missing_reference_is_wrong_use(root: Path) -> None:
    """
    `--since` must be given, and known.
    """
    assert run(root, "affected").status == 2
    ran = run(root, "affected", "--since", "nope")
    assert ran.status == 2
    assert "git knows no commit 'nope'" in ran.err
