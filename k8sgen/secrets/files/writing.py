"""Writes one staged file, records what changed in it, and verifies it before it is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.encrypted import Encrypted, read
from k8sgen.secrets.files.record import ANNOTATION, Record, digest, write_records
from k8sgen.secrets.files.store import Place


def create(place: Place, body: Mapping[str, Any], recipients: Sequence[str]) -> None:
    """Stage the first file of a Secret, encrypted for *recipients*."""
    place.path.write_bytes(sops.encrypt(body, recipients, file=place.shown))


def update(place: Place, old: Encrypted, fresh: Mapping[str, str]) -> None:
    """Put *fresh* values into the staged copy; the others keep their ciphertext."""
    for key, value in fresh.items():
        sops.put_value(place.path, old, key, value, file=place.shown)


def staged(
    place: Place,
    old: Encrypted | None,
    changed: Mapping[str, datetime],
    *,
    foreign: Collection[str] = (),
) -> Encrypted:
    """
    Read the staged file with the records that its values should have.

    Args:
        old: The file in whose place it comes.
        changed: The date of each value that is a new one.
        foreign: The keys among them whose values were written by hand.
    """
    new = read(place.path, place.shown)
    records = {}
    for key, value in new.values.items():
        ciphertext = digest(value.ciphertext)
        if key in changed:
            records[key] = Record(
                changed=changed[key],
                ciphertext=ciphertext,
                revision=ciphertext,
                foreign=key in foreign,
            )
        elif old and key in old.values:
            records[key] = old.as_recorded(key, ciphertext)
    return attrs.evolve(new, records=records)


def note(place: Place, file: Encrypted) -> None:
    """Write the records of *file* into the staged file that it was read from."""
    spot = ["metadata", "annotations", ANNOTATION]
    sops.put(place.path, spot, write_records(file.records), file=place.shown)


def verify(place: Place, expected: Mapping[str, str]) -> None:
    """
    Read a staged file back, before it takes the place of the old one.

    Raises:
        SecretsError: It does not decrypt to what it should.
    """
    if sops.decrypt(place.path, file=place.shown) != dict(expected):
        msg = "the new file does not decrypt to what was encrypted; the old one stays"
        raise SecretsError(msg, location=place.shown, hint="use a recent sops")
