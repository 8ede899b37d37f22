"""Which keys to rotate; new data keys and recipients for what is encrypted; the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import attrs

from k8sgen.errors import UsageError, suggest
from k8sgen.secrets.contract.freshness import is_overdue
from k8sgen.secrets.contract.keys import KeySet, Random, SecretKey
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.files.record import digest
from k8sgen.secrets.files.store import IN_USE, Staging, Store
from k8sgen.secrets.files.writing import note, staged, update, verify


def named(needs: Needs, names: Sequence[str]) -> list[SecretKey]:
    """
    Find the keys *names*; the name of a Secret means all of its keys that k8sgen makes.

    Raises:
        UsageError: No service declares one of them.
    """
    found: list[SecretKey] = []
    for name in names:
        key = needs.find(name)
        if key:
            found.append(key)
        elif name in needs.secrets:
            found += [k for k in needs.secrets[name].keys.values() if is_made(k)]
        else:
            known = [key.name for key in needs.every_key()]
            raise UsageError(f"there is no key {name!r}", hint=suggest(name, known))
    return found


def is_made(key: SecretKey) -> bool:
    """Whether k8sgen makes the value of *key* at random."""
    return isinstance(key.recipe, Random | KeySet)


def due(needs: Needs, store: Store, now: datetime) -> list[SecretKey]:
    """Return the keys for which a new value is due."""
    files = {name: store.read(name) for name in store.names()}
    there = (k for k in needs.every_key() if k.secret in files and k.key in files[k.secret].values)
    return [key for key in there if is_overdue(key, files[key.secret], now)]


def older_than(needs: Needs, store: Store, age: timedelta, now: datetime) -> list[SecretKey]:
    """Return the keys that k8sgen makes and whose value is older than *age*."""
    files = {name: store.read(name) for name in store.names()}
    there = (k for k in needs.every_key() if k.secret in files and k.key in files[k.secret].values)
    made = (key for key in there if is_made(key))
    return [key for key in made if now - files[key.secret].changed(key.key) > age]


def new_data_keys(staging: Staging, store: Store) -> list[Path]:
    """Encrypt all values of every file with a new data key; no pod has to roll for that."""
    written = []
    for name in [*store.names(), *store.in_use()]:
        old, shown = store.read(name), store.shown(name)
        values = sops.decrypt(store.path(name), file=shown)
        place = staging.place(name)
        sops.rotate_data_key(place.path, file=shown)
        note(place, staged(place, old, {}))
        verify(place, values)
        written.append(shown)
    staging.commit()
    return written


def new_recipients(staging: Staging, store: Store, recipients: Sequence[str]) -> list[Path]:
    """Let only *recipients* open every file; values keep their ciphertext."""
    written = []
    for name in [*store.names(), *store.in_use()]:
        if store.read(name).recipients == frozenset(recipients):
            continue
        shown = store.shown(name)
        values = sops.decrypt(store.path(name), file=shown)
        place = staging.place(name)
        sops.update_recipients(place.path, recipients, file=shown)
        verify(place, values)
        written.append(shown)
    staging.commit()
    return written


def turn_back(staging: Staging, store: Store) -> list[Path]:
    """
    Put the values that are in use in the place of the open ones, as they were to the revision.

    The given-up ones are kept as those in use, because some servers or clients may have them.
    """
    written = []
    names = open_keys(store)
    for secret in dict.fromkeys(name.partition("/")[0] for name in names):
        place, now = staging.place(secret), store.read(secret)
        before = store.read(f"{IN_USE}/{secret}")
        keys = [key for key in now.values if f"{secret}/{key}" in names]
        there = sops.decrypt(store.path(f"{IN_USE}/{secret}"), file=place.shown)
        values = {key: there[key] for key in keys}
        expected = {**sops.decrypt(store.path(secret), file=place.shown), **values}
        update(place, now, values)
        new = staged(place, now, {})
        back = {k: before.as_recorded(k, digest(new.values[k].ciphertext)) for k in keys}
        note(place, attrs.evolve(new, records={**new.records, **back}))
        verify(place, expected)
        staging.keep(secret)
        written.append(place.shown)
    staging.commit()
    return written
