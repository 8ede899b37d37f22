"""What an encrypted file shows without being decrypted: its keys, its readers, its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import yaml

from k8sgen.errors import Location
from k8sgen.secrets.errors import ReadError
from k8sgen.secrets.files.record import ANNOTATION, Record, digest, from_text, read_records

CIPHERTEXT = re.compile(r"ENC\[AES256_GCM,data:.*,iv:.+,tag:.+,type:(?P<type>\w+)\]")
_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7}) ", re.MULTILINE)
_RESTORE = "restore it with: git checkout HEAD -- {}"
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # makes only strings
_FIELDS = ("data", "stringData")
_GROUPS = {
    "age": "recipient",
    "pgp": "fp",
    "kms": "arn",
    "gcp_kms": "resource_id",
    "azure_kv": "vault_url",
    "hc_vault": "vault_address",
}


@attrs.frozen(kw_only=True)
class EncryptedValue:
    """
    One value of an encrypted file.

    Args:
        field: `data` or `stringData`.
        ciphertext: As in the file; the plaintext, where it is not encrypted.
    """

    field: str
    ciphertext: str

    @property
    def is_encrypted(self) -> bool:
        """Whether SOPS encrypted it; what is empty needs no encryption."""
        return not self.ciphertext or CIPHERTEXT.fullmatch(self.ciphertext) is not None

    @property
    def is_text(self) -> bool:
        """Whether it is a string, as a Secret requires."""
        found = CIPHERTEXT.fullmatch(self.ciphertext)
        return found is None or found["type"] == "str"


@attrs.frozen(kw_only=True)
class Encrypted:
    """
    One file that SOPS encrypted.

    Args:
        file: Its name in messages, relative to the project.
        name: Of the Kubernetes Secret.
        recipients: Who can read it: age public keys, and the ids of other kinds of recipients.
        modified: When SOPS last wrote it.
    """

    file: Path
    name: str
    namespace: str
    values: Mapping[str, EncryptedValue]
    recipients: frozenset[str]
    modified: datetime
    records: Mapping[str, Record]

    def changed(self, key: str) -> datetime:
        """Return when a value was set, or when at the latest."""
        record = self.record(key)
        return record.changed if record else self.modified

    def revision(self, key: str) -> str:
        """Return what changes when the value of *key* does, without decrypting it."""
        record = self.record(key)
        return record.revision if record else digest(self.values[key].ciphertext)

    def revisions(self) -> dict[str, str]:
        """Return the revision of every key."""
        return {key: self.revision(key) for key in self.values}

    def is_recorded(self, key: str) -> bool:
        """Whether k8sgen wrote the present value of *key*."""
        record = self.record(key)
        return record is not None and not record.foreign

    def as_recorded(self, key: str, ciphertext: str) -> Record:
        """Return the record of *key* for the same value with another *ciphertext* (its digest)."""
        record = self.record(key)
        return Record(
            changed=self.changed(key),
            ciphertext=ciphertext,
            revision=self.revision(key),
            sources=record.sources if record else "",
            foreign=not self.is_recorded(key),
        )

    def record(self, key: str) -> Record | None:
        """Return what k8sgen noted of the present value of *key*, where it did."""
        record = self.records.get(key)
        fits = record and record.ciphertext == digest(self.values[key].ciphertext)
        return record if fits else None


def read(path: Path, file: Path) -> Encrypted:
    """
    Read the encrypted file at *path*.

    Args:
        file: Its name in messages.

    Raises:
        ReadError: It is damaged, in a merge conflict, or not encrypted.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _damaged(file, "cannot be read") from None
    return parse(text, file)


def parse(text: str, file: Path) -> Encrypted:
    """
    Read the text of an encrypted file.

    Raises:
        ReadError: It is damaged, in a merge conflict, or not encrypted.
    """
    _refuse_conflict(text, file)
    if not text.endswith("\n"):
        raise _damaged(file, "is cut off")
    try:
        body = yaml.load(text, Loader=_LOADER)  # noqa: S506
    except yaml.YAMLError as error:
        raise _damaged(file, "is not YAML", error) from None
    return _read(body, file)


def _refuse_conflict(text: str, file: Path) -> None:
    conflict = _CONFLICT.search(text)
    if conflict:
        place = Location(file, text.count("\n", 0, conflict.start()) + 1)
        hint = (
            f"a checksum covers the whole file, so take one side: git checkout --ours -- {file}"
            " (or --theirs), then run secrets generate and rotate what the other side had rotated"
        )
        raise ReadError("merge conflict in an encrypted file", location=place, hint=hint)


def _read(body: Any, file: Path) -> Encrypted:
    if not isinstance(body, Mapping) or body.get("kind") != "Secret":
        raise _damaged(file, "is cut off, or is not a Kubernetes Secret")
    if not all(isinstance(body.get(part) or {}, Mapping) for part in ("metadata", *_FIELDS)):
        raise _damaged(file, "is cut off")
    metadata, sops = body.get("metadata") or {}, body.get("sops")
    if not isinstance(sops, Mapping):
        if any(value.is_encrypted and value.ciphertext for value in _values(body).values()):
            raise _damaged(file, "is cut off: the part that SOPS needs is missing")
        msg = "is not encrypted"
        hint = f"encrypt it with: sops --config dist/secrets/.sops.yaml encrypt --in-place {file}"
        raise ReadError(msg, location=file, hint=hint)
    if not sops.get("mac") or not sops.get("version"):
        raise _damaged(file, "is cut off: the checksum that SOPS needs is missing")
    annotations = metadata.get("annotations") or {}
    return Encrypted(
        file=file,
        name=metadata.get("name", ""),
        namespace=metadata.get("namespace", ""),
        values=_values(body),
        recipients=frozenset(_recipients(sops)),
        modified=_modified(sops, file),
        records=read_records(annotations.get(ANNOTATION, "")),
    )


def _values(body: Mapping[str, Any]) -> dict[str, EncryptedValue]:
    return {
        key: EncryptedValue(field=field, ciphertext=text if isinstance(text, str) else repr(text))
        for field in _FIELDS
        for key, text in (body.get(field) or {}).items()
    }


def _recipients(sops: Mapping[str, Any]) -> Iterator[str]:
    for group in [sops, *(sops.get("key_groups") or ())]:
        for kind, id_key in _GROUPS.items():
            for entry in group.get(kind) or ():
                yield entry.get(id_key, kind)


def _modified(sops: Mapping[str, Any], file: Path) -> datetime:
    try:
        return from_text(sops.get("lastmodified", ""))
    except ValueError:
        raise _damaged(file, "is cut off: the date that SOPS needs is missing") from None


def _damaged(file: Path, what: str, error: yaml.YAMLError | None = None) -> ReadError:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    place = Location(file, mark.line + 1) if mark else file
    return ReadError(f"the file {what}", location=place, hint=_RESTORE.format(file))
