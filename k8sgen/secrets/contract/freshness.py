"""Whether a value is older than it should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from k8sgen.secrets.contract.keys import SecretKey, combined_revision
from k8sgen.secrets.files.encrypted import Encrypted


def is_overdue(key: SecretKey, file: Encrypted, now: datetime) -> bool:
    """Return whether a new value of *key* is due."""
    days = key.rotate_days
    return days is not None and now - file.changed(key.key) > timedelta(days=days)


def sources_revision(key: SecretKey, files: Mapping[str, Encrypted]) -> str:
    """Return what changes when a value does that *key* comes from."""
    there = {s.secret: files[s.secret].revisions() for s in key.sources if s.secret in files}
    return combined_revision(key.sources, there) or ""


def is_stale(key: SecretKey, files: Mapping[str, Encrypted]) -> bool:
    """Return whether a value was not made of those that it comes from, as they are now."""
    record = files[key.secret].record(key.key)
    if record and record.sources:
        return record.sources != sources_revision(key, files)
    own = files[key.secret].changed(key.key)
    there = [s for s in key.sources if s.secret in files and s.key in files[s.secret].values]
    return any(files[source.secret].changed(source.key) > own for source in there)
