"""Who changed which key of which secret, and when: from git, without decrypting anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.encrypted import Encrypted, parse
from k8sgen.secrets.files.store import SUFFIX
from k8sgen.tools.git import asked

Action = Literal[
    "added", "changed", "removed", "re-encrypted", "reader added", "reader removed", "unreadable"
]
_FOLDER = "dist/secrets"
_FORMAT = "%x01%H%x00%P%x00%aI%x00%an%x00%ae%x00%s"


@attrs.frozen(kw_only=True)
class Event:
    """
    One change of one key.

    Args:
        subject: The key, as in `redis/password`; the recipient, where readers changed.
        date: When the author made the commit; empty where it is not committed.
        commit: Its hash; empty where it is not committed.
    """

    environment: str
    subject: str
    action: Action
    date: str = ""
    author: str = ""
    email: str = ""
    commit: str = ""
    message: str = ""


@attrs.frozen
class _Commit:
    hash: str
    parents: tuple[str, ...]
    date: str
    author: str
    email: str
    message: str
    files: tuple[str, ...]


def audit(root: Path, environment: str | None = None) -> list[Event]:
    """
    Return the history of the encrypted files, the newest change first.

    Raises:
        SecretsError: The project is in no git repository.
    """
    if asked(root, "rev-parse", "--is-inside-work-tree") is None:
        msg = f"{root} is in no git repository"
        raise SecretsError(msg, hint="the history of the secrets is that of their files in git")
    folder = f"{_FOLDER}/{environment}" if environment else _FOLDER
    found = [*_uncommitted(root, folder)]
    for commit in _commits(root, folder):
        found += _events(root, commit)
    return found


def is_shallow(root: Path) -> bool:
    """Return whether the clone is shallow."""
    return (asked(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true"


def _commits(root: Path, folder: str) -> Iterator[_Commit]:
    """Return the commits that gave a file contents that none of their parents has."""
    log = asked(
        root, "log", "--cc", "--name-only", "--relative", f"--format={_FORMAT}", "--", folder
    )
    for entry in (log or "").split("\x01")[1:]:
        head, *names = entry.splitlines()
        commit, parents, date, author, email, message = head.split("\x00")
        files = tuple(name for name in names if _is_secret(name))
        yield _Commit(commit, tuple(parents.split()), date, author, email, message, files)


def _is_secret(name: str) -> bool:
    parts = Path(name).parts
    return len(parts) == 4 and name.endswith(SUFFIX) and not parts[-1].startswith(".")


def _events(root: Path, commit: _Commit) -> Iterator[Event]:
    for name in commit.files:
        new = _at(root, commit.hash, name)
        olds = [_at(root, parent, name) for parent in commit.parents] or [None]
        for event in _compare(name, olds, new):
            yield attrs.evolve(
                event,
                date=commit.date,
                author=commit.author,
                email=commit.email,
                commit=commit.hash,
                message=commit.message,
            )


def _uncommitted(root: Path, folder: str) -> Iterator[Event]:
    status = asked(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", folder) or ""
    prefix = (asked(root, "rev-parse", "--show-prefix") or "").strip()
    for entry in status.split("\x00"):
        name = entry[3:].removeprefix(prefix)
        if _is_secret(name):
            path = root / name
            text = path.read_text("utf-8", "replace") if path.exists() else None
            yield from _compare(name, [_at(root, "HEAD", name)], text)


def _at(root: Path, commit: str, name: str) -> str | None:
    return asked(root, "show", f"{commit}:./{name}")


def _compare(name: str, olds: Sequence[str | None], new: str | None) -> Iterator[Event]:
    """Return what is in *new* and in none of *olds*, the file in each parent commit."""
    path = Path(name)
    environment, secret = path.parts[2], path.name.removesuffix(SUFFIX)
    try:
        after = _read(new, path)
        befores = [_read(old, path) for old in olds]
    except SecretsError:
        yield Event(environment=environment, subject=secret, action="unreadable")
        return
    for key in sorted(_keys(after).union(*(_keys(before) for before in befores))):
        actions = {_action(key, before, after) for before in befores}
        if None not in actions:
            action = "changed" if len(actions) > 1 else actions.pop()
            assert action  # noqa: S101  (there is no None among them)
            yield Event(environment=environment, subject=f"{secret}/{key}", action=action)
    if after and all(befores):
        yield from _readers(environment, secret, [b for b in befores if b], after)


def _action(key: str, before: Encrypted | None, after: Encrypted | None) -> Action | None:
    if key not in _keys(before):
        return "added" if key in _keys(after) else None
    if after is None or key not in _keys(after):
        return "removed"
    assert before  # noqa: S101  (it has the key)
    if before.values[key] == after.values[key]:
        return None
    return "re-encrypted" if before.revision(key) == after.revision(key) else "changed"


def _readers(
    environment: str, secret: str, befores: Sequence[Encrypted], after: Encrypted
) -> Iterator[Event]:
    every = frozenset[str]().union(*(b.recipients for b in befores))
    common = befores[0].recipients.intersection(*(b.recipients for b in befores))
    changes: Mapping[Action, frozenset[str]] = {
        "reader added": after.recipients - every,
        "reader removed": common - after.recipients,
    }
    for action, recipients in changes.items():
        for recipient in sorted(recipients):
            subject = f"{secret} {recipient}"
            yield Event(environment=environment, subject=subject, action=action)


def _keys(file: Encrypted | None) -> set[str]:
    return set(file.values) if file else set()


def _read(text: str | None, path: Path) -> Encrypted | None:
    return None if text is None else parse(text, path)
