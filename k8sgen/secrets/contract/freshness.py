"""Whether a value is older than it should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.files.encrypted import Encrypted


def is_overdue(key: SecretKey, file: Encrypted, now: datetime) -> bool:
    """Return whether a new value of *key* is due."""
    days = key.rotate_days
    return days is not None and now - file.changed(key.key) > timedelta(days=days)


def is_stale(key: SecretKey, files: Mapping[str, Encrypted]) -> bool:
    """Return whether a value is older than one that it comes from."""
    own = files[key.secret].changed(key.key)
    there = [s for s in key.sources if s.secret in files and s.key in files[s.secret].values]
    return any(files[source.secret].changed(source.key) > own for source in there)
