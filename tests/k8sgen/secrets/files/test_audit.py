"""The history of secrets, told from git alone."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import identity
from k8sgen.secrets.files.audit import Event, audit, is_shallow
from k8sgen.secrets.rotation.change import missing
from k8sgen.secrets.rotation.rotate import new_data_keys, new_recipients
from tests.k8sgen.secrets.kit import NOW, Site, keys, needs_of
from tests.tools import tool

PEOPLE = {"a": "Ada", "b": "Bob"}


@pytest.fixture
def repository(site: Site) -> Site:
    """
    An environment whose secrets Ada made and committed, in a folder of a repository.
    """
    tool("git")
    git(site, "init", "-q", "-b", "main", "..")
    site.generate()
    commit(site, "a", "make")
    return site


def git(site: Site, *arguments: str) -> str:
    """Run git in the project."""
    site.root.mkdir(exist_ok=True)
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *arguments]
    return subprocess.check_output(command, cwd=site.root, text=True)


def commit(site: Site, person: str, message: str) -> None:
    """Commit all as *person*."""
    git(site, "add", "-A", ".")
    author = f"{PEOPLE[person]} <{person}@example.com>"
    git(site, "commit", "-qm", message, f"--author={author}", "--date=2026-11-22T12:00:00+01:00")


def events(site: Site) -> set[tuple[str, str, str]]:
    """Return who did what to which key."""
    return {(e.author, e.action, e.subject) for e in audit(site.root)}


def newest(site: Site) -> dict[str, str]:
    """Return what the newest commit did."""
    head = git(site, "rev-parse", "HEAD").strip()
    return {e.subject: e.action for e in audit(site.root) if e.commit == head}


def test_who_changed_which_key_and_when(repository: Site) -> None:
    """Without a private key, and with the commit to look at."""
    repository.generate(rotate=["web/session"], now=NOW + timedelta(days=1))
    commit(repository, "b", "rotate")
    identity.key_file().unlink()
    first, *rest = audit(repository.root)
    assert first == Event(
        environment="production",
        subject="web/session",
        action="changed",
        date="2026-11-22T12:00:00+01:00",
        author="Bob",
        email="b@example.com",
        commit=git(repository, "rev-parse", "HEAD").strip(),
        message="rotate",
    )
    assert {(e.author, e.action) for e in rest} == {("Ada", "added")}
    assert {e.subject for e in rest} == {key.name for key in keys()}


def test_what_changes_with_a_key_is_there_too(repository: Site) -> None:
    """Derived values, in other files."""
    repository.generate(rotate=["database/password"], now=NOW + timedelta(days=1))
    commit(repository, "b", "rotate")
    changed = ("database/login", "database/password", "web/database-url")
    assert newest(repository) == dict.fromkeys(changed, "changed")


def test_a_new_data_key_is_no_change_of_values(repository: Site) -> None:
    """Everything was re-encrypted, and that is what is said."""
    with repository.store.changing() as staging:
        new_data_keys(staging, repository.store)
    commit(repository, "b", "data key")
    assert newest(repository) == {key.name: "re-encrypted" for key in keys()}


def test_readers_are_told(repository: Site) -> None:
    """Who was let in, and who was shut out."""
    (first,) = repository.needs.recipients
    other = identity.ensure("other", root=repository.root, known=()).recipient
    for wanted in ([first, other], [other]):
        with repository.store.changing() as staging:
            new_recipients(staging, repository.store, wanted)
        commit(repository, "b", "readers")
    found = events(repository)
    assert ("Bob", "reader added", f"web {other}") in found
    assert ("Bob", "reader removed", f"web {first}") in found


def test_removed_keys_and_files_are_told(repository: Site) -> None:
    """Even where the whole file is gone."""
    repository.sops("unset", repository.path("web"), '["stringData"]["session"]')
    repository.store.path("database").unlink()
    commit(repository, "b", "remove")
    names = ("web/session", "database/login", "database/password")
    assert newest(repository) == dict.fromkeys(names, "removed")


def test_what_is_not_committed_comes_first(repository: Site) -> None:
    """With nobody's name on it."""
    repository.set("web", "session", "by hand")
    first = audit(repository.root)[0]
    assert (first.subject, first.action, first.author, first.commit) == (
        "web/session",
        "changed",
        "",
        "",
    )


def test_a_merge_is_told_by_what_it_made(repository: Site) -> None:
    """Changes of both branches are told once, where they were made."""
    git(repository, "checkout", "-qb", "other")
    repository.generate(rotate=["web/session"], now=NOW + timedelta(days=1))
    commit(repository, "b", "rotate there")
    git(repository, "checkout", "-q", "main")
    repository.sops("unset", repository.path("database"), '["stringData"]["login"]')
    commit(repository, "a", "remove here")
    git(repository, "merge", "-q", "--no-edit", "other")
    assert newest(repository) == {}
    told = [(e.author, e.subject) for e in audit(repository.root) if e.action != "added"]
    assert sorted(told) == [("Ada", "database/login"), ("Bob", "web/session")]


def test_one_environment_can_be_asked_for(repository: Site) -> None:
    """The others are left out."""
    Site(
        repository.root,
        needs_of(keys(), environment="staging", recipients=repository.needs.recipients),
    ).generate()
    commit(repository, "a", "staging")
    assert {e.environment for e in audit(repository.root)} == {"production", "staging"}
    assert {e.environment for e in audit(repository.root, "staging")} == {"staging"}


def test_a_damaged_file_does_not_stop_it(repository: Site) -> None:
    """It is said that it could not be read."""
    repository.write("web", "<<<<<<< a\n")
    commit(repository, "b", "oops")
    assert newest(repository) == {"web": "unreadable"}


def test_a_deleted_file_is_not_made_anew(repository: Site) -> None:
    """The servers still have what is in it; once its end is committed, there is a new start."""
    repository.store.path("web").unlink()
    with pytest.raises(SecretsError, match="in git but is missing here") as error:
        missing(repository.store, repository.needs)
    assert "git checkout HEAD -- dist/secrets/production/web.sops.yaml" in error.value.hint
    commit(repository, "a", "start over")
    assert {key.secret for key in missing(repository.store, repository.needs)} == {"web"}


def test_without_git_it_says_so(ready: Site) -> None:
    """With the reason."""
    with pytest.raises(SecretsError, match="no git repository"):
        audit(ready.root)
    assert not is_shallow(ready.root)
