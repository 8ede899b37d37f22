"""
What is open: values that were renewed while servers and clients may still use those before.

The files as they are in use stand beside the new ones, so that a rotation can be given up. What
differs between the two is open. Nothing else is recorded, so that nothing else can be wrong.
"""

from __future__ import annotations

import shutil
from datetime import datetime

from k8sgen.secrets.files.store import IN_USE, Staging, Store


def open_keys(store: Store) -> dict[str, datetime]:
    """
    Return the keys, such as `redis/password`, that have a new value, and since when.

    Raises:
        ReadError: A file is damaged.
    """
    found = {}
    for name in store.in_use():
        secret = name.removeprefix(f"{IN_USE}/")
        if store.path(secret).exists():
            before, now = store.read(name), store.read(secret)
            for key in before.values.keys() & now.values.keys():
                if before.revision(key) != now.revision(key):
                    found[f"{secret}/{key}"] = now.changed(key)
    return dict(sorted(found.items()))


def keep(staging: Staging, secret: str) -> None:
    """Stage a copy of the file of *secret* as the one in use, unless there is one already."""
    if not any(name.startswith(f"{secret}/") for name in open_keys(staging.store)):
        staging.keep(secret)


def close(store: Store) -> None:
    """Forget the values that were in use; killed half-way, the rest is still open."""
    shutil.rmtree(store.folder / IN_USE, ignore_errors=True)
