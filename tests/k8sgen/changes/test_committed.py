"""What git has, read without a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8sgen.changes.committed import changed_files, is_repository, merge_base, resolve, tree
from k8sgen.errors import UsageError
from tests.k8sgen.repository import commit, git, repository


@pytest.fixture(name="repo")
def _repo(tmp_path: Path) -> Path:
    repository(tmp_path)
    (tmp_path / "app" / "dist" / "a b").mkdir(parents=True)
    (tmp_path / "app" / "dist" / "a b" / "ü.yaml").write_text("a: ü\n", "utf-8")
    (tmp_path / "app" / "dist" / "picture").write_bytes(b"\xff\x00")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "other.yaml").write_text("other\n")
    commit(tmp_path, "one")
    return tmp_path / "app"


def test_a_tree_is_read_as_it_was_committed(repo: Path) -> None:
    """
    Files of a project in a folder of the repository, names with spaces and umlauts; no binaries.
    """
    (repo / "dist" / "a b" / "ü.yaml").write_text("changed\n")
    assert tree(repo, "dist", "HEAD") == {"a b/ü.yaml": "a: ü\n"}
    assert tree(repo, "nothing", "HEAD") == {}


@pytest.mark.parametrize("ref", ["nope", "--all", "HEAD~5", ""])
def test_an_unknown_commit_is_refused(repo: Path, ref: str) -> None:
    """
    A name that git does not know, or an option in its place, is the user's error.
    """
    with pytest.raises(UsageError, match="git knows no commit"):
        tree(repo, "dist", ref)


def test_a_folder_without_a_commit_is_no_repository(tmp_path: Path) -> None:
    """
    Nothing was committed yet: there is nothing to compare with.
    """
    assert not is_repository(tmp_path)
    repository(tmp_path)
    assert not is_repository(tmp_path)


def test_outside_a_repository_no_commit_is_blamed(tmp_path: Path) -> None:
    """
    HEAD is no wrong name there.
    """
    with pytest.raises(UsageError, match="is in no git repository"):
        resolve(tmp_path, "HEAD")
    repository(tmp_path)
    with pytest.raises(UsageError, match="git knows no commit 'HEAD' here"):
        resolve(tmp_path, "HEAD")


def test_the_files_that_differ_are_listed_with_new_and_removed_ones(repo: Path) -> None:
    """
    The working tree counts, and only what is below the project.
    """
    (repo / "dist" / "picture").unlink()
    (repo / "new.yaml").write_text("new\n")
    (repo.parent / "dist" / "other.yaml").write_text("changed\n")
    assert changed_files(repo, "HEAD") == ["dist/picture", "new.yaml"]


def test_since_a_branch_is_since_the_work_left_it(repo: Path) -> None:
    """
    What others did on the branch since then is not ours.
    """
    root = repo.parent
    base = merge_base(root, "HEAD")
    git(root, "checkout", "-qb", "work")
    (repo / "mine").write_text("mine\n")
    commit(root, "mine")
    git(root, "checkout", "-q", "main")
    (repo / "theirs").write_text("theirs\n")
    commit(root, "theirs")
    git(root, "checkout", "-q", "work")
    assert merge_base(root, "main") == base
