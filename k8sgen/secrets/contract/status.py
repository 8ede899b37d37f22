"""The state of each key, as far as the encrypted files show without being decrypted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Literal

import attrs

from k8sgen.secrets.contract.freshness import is_overdue, is_stale
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.errors import ReadError
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.files.record import to_text
from k8sgen.secrets.files.store import Store

State = Literal[
    "present", "missing", "overdue", "stale", "open", "plaintext", "unused", "unreadable"
]


@attrs.frozen(kw_only=True)
class Status:
    """
    The state of one key.

    Args:
        state: `unused` has a value that no service declares; `stale` is older than what it is
            derived from; `open` has a new value that servers and clients may not have yet.
        changed: When the value was set, at the latest; empty where there is none.
        users: Manifests, and how they get it; or the keys that are derived from it.
    """

    secret: str
    key: str
    recipe: str
    state: State
    changed: str
    users: tuple[str, ...]


def status(needs: Needs, store: Store, now: datetime) -> list[Status]:
    """Return the status of every key that is needed or present."""
    return list(_statuses(needs, store, now))


def _statuses(needs: Needs, store: Store, now: datetime) -> Iterator[Status]:
    files, unreadable = _read(store)
    opened: Collection[str] = ()
    with suppress(ReadError):
        opened = open_keys(store)
    for name, needed in needs.secrets.items():
        for key in needed.keys.values():
            state: State = "unreadable" if name in unreadable else _state(key, files, now)
            state = "open" if state == "present" and key.name in opened else state
            yield Status(
                secret=name,
                key=key.key,
                recipe=type(key.recipe).__name__.lower(),
                state=state,
                changed=_changed(files.get(name), key.key),
                users=tuple(_users(key, needs)),
            )
    for name, file in files.items():
        for key_name in file.values:
            if needs.find(f"{name}/{key_name}") is None:
                yield Status(
                    secret=name,
                    key=key_name,
                    recipe="",
                    state="unused",
                    changed=_changed(file, key_name),
                    users=(),
                )


def _users(key: SecretKey, needs: Needs) -> Iterator[str]:
    """Return the manifests that use a key; of one that none uses, what is derived from it."""
    found = [f"{reference.user} {reference.way}" for reference in needs.users(key)]
    yield from dict.fromkeys(found or [o.name for o in needs.every_key() if key in o.sources])


def _read(store: Store) -> tuple[dict[str, Encrypted], set[str]]:
    files, unreadable = {}, set()
    for name in store.names():
        try:
            files[name] = store.read(name)
        except ReadError:
            unreadable.add(name)
    return files, unreadable


def _state(key: SecretKey, files: dict[str, Encrypted], now: datetime) -> State:
    file = files.get(key.secret)
    if file is None or key.key not in file.values:
        return "missing"
    if not file.values[key.key].is_encrypted:
        return "plaintext"
    if is_stale(key, files):
        return "stale"
    return "overdue" if is_overdue(key, file, now) else "present"


def _changed(file: Encrypted | None, key: str) -> str:
    return to_text(file.changed(key)) if file and key in file.values else ""
