"""What a range of commits changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from k8sgen.actions.affected import Affected, affected
from k8sgen.errors import UsageError
from k8sgen.project import project
from tests.k8sgen.repository import commit, git, repository
from tests.projects import edited, own_imports, run, write_project


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The small project with its output, committed.
    """
    root = write_project(tmp_path_factory.mktemp("project"))
    assert run(root, "synth").status == 0
    repository(root)
    commit(root, "one")
    return root


@pytest.fixture
def root(committed: Path, tmp_path: Path) -> Path:
    """
    A copy of it, for one test to change.
    """
    return Path(shutil.copytree(committed, tmp_path / "project"))


def _affected(root: Path, since: str = "HEAD") -> Affected:
    with own_imports():
        return affected(project.load(root), since)


def test_nothing_is_affected_by_nothing(root: Path) -> None:
    """
    No environment, no file.
    """
    found = _affected(root)
    assert (found.names, found.sources) == ([], ())


def test_a_file_that_changes_no_manifest_affects_nothing(root: Path) -> None:
    """
    A comment in a service is a changed source, and no changed environment.
    """
    web = root / "services" / "web.py"
    web.write_text(f"{web.read_text()}# a comment\n")
    found = _affected(root)
    assert (found.names, found.sources) == ([], ("services/web.py",))


def test_an_environments_file_affects_it_alone(root: Path) -> None:
    """
    The resources are those that come out different.
    """
    write_project(root, edited("environments/staging.py", "replicas=2", "replicas=4"))
    found = _affected(root)
    assert found.names == ["staging"]
    (environment,) = found.environments
    assert [c.pair.title for c in environment.changes.resources] == ["Deployment/web"]


def test_a_default_affects_all_that_do_not_override_it(root: Path) -> None:
    """
    The base is everybody's.
    """
    write_project(root, edited("services/web.py", '"1.0.0"', '"1.1.0"'))
    assert _affected(root).names == ["production", "staging"]


ENCRYPTED = """\
kind: Secret
sops: {mac: x, version: 3.13.3, lastmodified: "2026-11-22T10:00:00Z"}
"""


def test_an_encrypted_file_affects_its_environment(root: Path) -> None:
    """
    A rotated secret changes no manifest, and must be applied all the same.
    """
    file = root / "dist" / "secrets" / "staging" / "web.sops.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(ENCRYPTED)
    found = _affected(root)
    assert found.names == ["staging"]
    assert found.environments[0].secrets == ("dist/secrets/staging/web.sops.yaml",)


def test_new_environments_are_in_the_matrix_and_gone_ones_are_not(root: Path) -> None:
    """
    What is no more cannot be built, and is told apart.
    """
    staging = root / "environments" / "staging.py"
    qa = staging.read_text().replace("staging", "qa")
    staging.unlink()
    (root / "environments" / "qa.py").write_text(qa)
    found = _affected(root)
    assert found.names == ["qa"]
    assert [each.name for each in found.environments if each.gone] == ["staging"]


def test_what_others_did_since_is_not_ours(root: Path) -> None:
    """
    Since a branch means since the work left it.
    """
    git(root, "checkout", "-qb", "work")
    write_project(root, edited("environments/staging.py", "replicas=2", "replicas=4"))
    run(root, "synth")
    commit(root, "mine")
    git(root, "checkout", "-q", "main")
    write_project(root, edited("environments/production.py", "replicas=3", "replicas=9"))
    run(root, "synth")
    commit(root, "theirs")
    git(root, "checkout", "-q", "work")
    assert _affected(root, "main").names == ["staging"]


def test_an_unknown_commit_is_refused(root: Path) -> None:
    """
    As everywhere.
    """
    with pytest.raises(UsageError, match="git knows no commit"):
        _affected(root, "nope")
