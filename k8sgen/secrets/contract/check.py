"""The contract against the encrypted files, without decrypting them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import attrs
import yaml

from k8sgen.checks.finding import Finding
from k8sgen.errors import Location
from k8sgen.output.header import strip_header
from k8sgen.secrets.contract.freshness import is_overdue, is_stale
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.contract.rules import SecretIssue
from k8sgen.secrets.contract.stubs import SOPS_CONFIG, is_placeholder, stub_name
from k8sgen.secrets.errors import ReadError
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.files.store import Store


def check_environment(wanted: Needs, root: Path, *, now: datetime | None = None) -> list[Finding]:
    """
    Check the encrypted files of one environment.

    Args:
        root: The project's directory.
        now: The time that decides what is overdue; now by default.

    Returns:
        The findings; one warning where the environment has no secrets yet.
    """
    return check(wanted, Store(root, wanted.environment), now or datetime.now(UTC))


def check(wanted: Needs, store: Store, now: datetime) -> list[Finding]:
    """Check the encrypted files in *store* against what is *wanted*."""
    issues = _Check(wanted, store, now).issues()
    return [issue.finding(wanted.environment, store.shown(issue.secret)) for issue in issues]


def check_left_behind(root: Path, environments: Collection[str]) -> list[Finding]:
    """
    Find the encrypted files of environments that no longer exist.

    Args:
        root: The project's directory.
        environments: All that the project has.
    """
    folders = sorted((Store(root, "").dist / "secrets").glob("[!.]*/"))
    stores = [Store(root, folder.name) for folder in folders if folder.name not in environments]
    return [finding for store in stores for finding in _left_behind(store)]


def _left_behind(store: Store) -> Iterator[Finding]:
    for name in store.names():
        shown = store.shown(name)
        message = f"{shown} is orphaned: there is no environment {store.environment}"
        issue = SecretIssue(rule="secret-orphaned", message=message, secret=name)
        yield issue.finding(store.environment, shown)


@attrs.define
class _Check:
    """One walk over the files of one environment."""

    needs: Needs
    store: Store
    now: datetime
    files: dict[str, Encrypted] = attrs.field(factory=dict)

    def issues(self) -> Iterator[SecretIssue]:
        names = self.store.names()
        if not names and not self.needs.recipients:
            if self.needs.secrets:
                message = f"{self.needs.environment} has no recipients and no encrypted files yet"
                yield SecretIssue(rule="secret-not-set-up", message=message)
            return
        if self.store.interrupted:
            message = "a change was interrupted, so the encrypted files do not fit together"
            yield SecretIssue(rule="secret-interrupted", message=message)
        yield from self._read([*names, *self.store.in_use()])
        for needed in self.needs.secrets.values():
            yield from self._of_secret(needed, there=needed.name in names)
            yield from self._of_stub(needed)
        yield from self._open()
        for name in (name for name in names if name not in self.needs.secrets):
            message = f"{self.store.shown(name)} is orphaned: no service {name} has secrets"
            yield SecretIssue(rule="secret-orphaned", message=message, secret=name)

    def _open(self) -> Iterator[SecretIssue]:
        names: dict[str, datetime] = {}
        with suppress(ReadError):  # which is an issue already
            names = open_keys(self.store)
        if names:
            since = f"{min(names.values()):%Y-%m-%d}"
            message = f"a rotation is open since {since}: {', '.join(names)}"
            yield SecretIssue(rule="secret-open", message=message)

    def _read(self, names: list[str]) -> Iterator[SecretIssue]:
        for name in names:
            try:
                self.files[name] = self.store.read(name)
            except ReadError as error:
                place = error.location
                yield SecretIssue(
                    rule="secret-unreadable",
                    message=f"{self.store.shown(name)}: {error.problem}",
                    secret=name,
                    place=place if isinstance(place, Location) else None,
                    hint=error.hint,
                )

    def _of_secret(self, needed: Needed, *, there: bool) -> Iterator[SecretIssue]:
        name, file = needed.name, self.files.get(needed.name)
        if not there:
            message = f"{self.store.shown(name)} is missing"
            yield SecretIssue(
                rule="secret-missing", message=message, secret=name, place=needed.location
            )
        if file:
            yield from self._of_file(needed, file)
            for key in needed.keys.values():
                yield from self._of_key(key, needed, file)
            for key_name in (k for k in file.values if k not in needed.keys):
                message = f"{name}/{key_name} is orphaned: no service declares it"
                hint = f"remove it with: k8sgen secrets edit {self.needs.environment} {name}"
                yield self._at(file, key_name, "secret-orphaned", message, hint=hint)
        for key in (key for key in needed.keys.values() if not self.needs.is_used(key)):
            message = f"no manifest uses {key.name}"
            yield SecretIssue(
                rule="secret-unused", message=message, secret=name, place=needed.location
            )

    def _of_file(self, needed: Needed, file: Encrypted) -> Iterator[SecretIssue]:
        for part, there, wanted in (
            ("name", file.name, needed.name),
            ("namespace", file.namespace, self.needs.namespace),
        ):
            if there != wanted:
                message = f"its {part} is {there!r}, not {wanted!r}"
                yield self._at(file, part, "secret-misnamed", message)
        yield from self._of_recipients(file)
        for key, value in file.values.items():
            if not value.is_encrypted:
                message = f"{needed.name}/{key} is in plain text"
                yield self._at(file, key, "secret-plaintext", message)
            elif not value.is_text:
                message = f"{needed.name}/{key} is not a string, and Kubernetes will refuse it"
                yield self._at(file, key, "secret-not-text", message)

    def _of_recipients(self, file: Encrypted) -> Iterator[SecretIssue]:
        allowed = frozenset(self.needs.recipients)
        for recipient in sorted(file.recipients - allowed):
            message = f"can be read by {recipient}, who is not a recipient of the environment"
            yield self._at(file, "recipient", "secret-recipients", message)
        for recipient in sorted(allowed - file.recipients):
            message = f"cannot be read by {recipient}, who is a recipient of the environment"
            yield self._at(file, "recipient", "secret-recipients", message)
        ruled = _ruled(self.store.dist / SOPS_CONFIG, file.file)
        if ruled is None:
            message = f"no rule of dist/{SOPS_CONFIG} covers it"
            yield self._at(file, "sops", "secret-rule", message)
        elif ruled != allowed:
            message = f"its rule in dist/{SOPS_CONFIG} has other recipients than the environment"
            yield self._at(file, "sops", "secret-rule", message)

    def _of_key(self, key: SecretKey, needed: Needed, file: Encrypted) -> Iterator[SecretIssue]:
        if key.key not in file.values:
            message = f"{key.name} is missing in {file.file}"
            yield SecretIssue(
                rule="secret-missing", message=message, secret=needed.name, place=needed.location
            )
        elif is_overdue(key, file, self.now):
            since = f"{file.changed(key.key):%Y-%m-%d}"
            message = f"{key.name} is from {since}; a new one is due every {key.rotate_days} days"
            yield self._at(file, key.key, "secret-overdue", message)
        elif is_stale(key, self.files):
            names = ", ".join(source.name for source in key.sources)
            message = f"{key.name} was made of other values than there are now ({names})"
            yield self._at(file, key.key, "secret-stale", message)

    def _of_stub(self, needed: Needed) -> Iterator[SecretIssue]:
        path = self.store.folder / stub_name(needed.name)
        shown = self.store.shown(needed.name).with_name(path.name)
        try:
            values = yaml.safe_load(strip_header(path.read_text("utf-8")))["stringData"]
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            return  # missing, or not a stub: nothing to leak
        filled = [key for key, value in values.items() if not is_placeholder(value)]
        if filled:
            message = f"{shown} holds values in plain text: {', '.join(filled)}"
            place = Location(shown, 1)
            yield SecretIssue(
                rule="secret-stub-filled", message=message, secret=needed.name, place=place
            )

    def _at(
        self, file: Encrypted, key: str, rule: str, message: str, *, hint: str = ""
    ) -> SecretIssue:
        """Make an issue about the line of an encrypted file that has *key*."""
        secret = file.file.name.removesuffix(".sops.yaml")
        place = Location(file.file, _line(self.store.path(secret), key))
        return SecretIssue(
            rule=rule, message=message, secret=secret, key=key, place=place, hint=hint
        )


def _ruled(config: Path, file: Path) -> frozenset[str] | None:
    """Return the recipients that the first rule for *file* in `.sops.yaml` names."""
    relative = f"{file.parent.name}/{file.name}"
    try:
        rules = yaml.safe_load(config.read_text("utf-8"))["creation_rules"]
        for rule in rules:
            if re.search(rule.get("path_regex", ""), relative):
                groups = rule.get("key_groups") or [{"age": rule["age"].split(",")}]
                return frozenset(r.strip() for group in groups for r in group.get("age", ()))
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return None
    return None


def _line(path: Path, word: str) -> int:
    lines = path.read_text("utf-8", "replace").splitlines()
    pattern = re.compile(rf"[\s-]*[\"']?{re.escape(word)}[\"']?:")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)
