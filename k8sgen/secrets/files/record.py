"""
What k8sgen records beside the encrypted values: when each was set, readable by anybody.

SOPS dates a file, not its values. So the annotation `k8sgen/values` has a line a key:

    password 2026-11-22T10:00:00Z 3fa9c1d2e4f5
    url 2026-08-01T09:30:00Z 77aa01bc9de2 1b2c3d4e5f60
    dsn 2026-08-01T09:30:00Z 0c9d8e7f6a5b of=b39e1f0a2c4d
    token 2026-08-01T09:30:00Z 5d0c9e8f7a6b foreign

The date of the value, a digest of its ciphertext, the digest of the ciphertext that the value had
at first (only where the data key has changed since), for a derived value a digest of what it is
derived from, and whether it was written without k8sgen. A line whose digest no longer fits is
outdated by an edit with other tools, and is ignored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from k8sgen.errors import K8sgenError

ANNOTATION = "k8sgen/values"
_FOREIGN = "foreign"
_SOURCES = "of="
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def digest(ciphertext: str) -> str:
    """Shorten the SHA-256 of a ciphertext (never of a plaintext) to twelve digits."""
    return hashlib.sha256(ciphertext.encode()).hexdigest()[:12]


def to_text(moment: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def from_text(text: str) -> datetime:
    """
    Read a moment as SOPS and k8sgen write it.

    Raises:
        ValueError: *text* is not one.
    """
    return datetime.fromisoformat(text).astimezone(UTC)


@attrs.frozen(kw_only=True)
class Record:
    """
    When a value was set.

    Args:
        ciphertext: The digest of its ciphertext when this was noted.
        revision: The digest of the first ciphertext that it had.
        sources: A digest of the revisions of what it is derived from; empty where it is not.
        foreign: Whether it was written without k8sgen.
    """

    changed: datetime
    ciphertext: str
    revision: str
    sources: str = ""
    foreign: bool = False

    def line(self, key: str) -> str:
        """Write the line of *key*."""
        parts = [key, to_text(self.changed), self.ciphertext]
        parts += [self.revision] if self.revision != self.ciphertext else []
        parts += [f"{_SOURCES}{self.sources}"] if self.sources else []
        return " ".join([*parts, _FOREIGN] if self.foreign else parts)


def read_records(text: str) -> dict[str, Record]:
    """Read the annotation; an invalid line is ignored."""
    found = {}
    for line in text.splitlines():
        key, *rest = line.split() or [""]
        try:
            changed, ciphertext = from_text(rest[0]), rest[1]
        except (IndexError, ValueError):
            continue
        more = rest[2:]
        plain = [word for word in more if word != _FOREIGN and not word.startswith(_SOURCES)]
        sources = [w.removeprefix(_SOURCES) for w in more if w.startswith(_SOURCES)]
        found[key] = Record(
            changed=changed,
            ciphertext=ciphertext,
            revision=plain[0] if plain else ciphertext,
            sources=sources[0] if sources else "",
            foreign=_FOREIGN in more,
        )
    return found


def write_records(records: Mapping[str, Record]) -> str:
    """Write the annotation."""
    return "".join(f"{records[key].line(key)}\n" for key in sorted(records))


def parse_age(text: str) -> int:
    """
    Read an age such as `90d`, `12w` or `36h`, in seconds.

    Raises:
        K8sgenError: *text* is not one.
    """
    units = {"h": 3600, "d": 86400, "w": 604800}
    if text[:-1].isdecimal() and text[-1] in units:
        return int(text[:-1]) * units[text[-1]]
    raise K8sgenError(f"{text!r} is not an age", hint="write for instance 90d, 12w or 36h")
