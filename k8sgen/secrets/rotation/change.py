"""Computes the new values of an environment's keys, and writes them in one change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import attrs

from k8sgen.secrets.contract.freshness import is_stale, sources_revision
from k8sgen.secrets.contract.keys import Alternate, SecretKey
from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.history import refuse_deleted
from k8sgen.secrets.files.open import keep, open_keys
from k8sgen.secrets.files.store import Staging, Store
from k8sgen.secrets.files.writing import create, note, staged, update, verify
from k8sgen.secrets.rotation.values import make


@attrs.frozen(kw_only=True)
class Present:
    """
    What the encrypted files of an environment contain.

    Args:
        files: By Secret.
        values: Plaintext by the key's name; never shown.
    """

    files: Mapping[str, Encrypted]
    values: Mapping[str, str] = attrs.field(repr=False)

    def is_recorded(self, key: SecretKey) -> bool:
        """Whether k8sgen wrote the present value of *key*."""
        file = self.files.get(key.secret)
        return bool(file and key.key in file.values and file.is_recorded(key.key))

    def changed(self, key: SecretKey) -> datetime:
        """Return when the value of *key*, which is present, was set."""
        return self.files[key.secret].changed(key.key)

    def of(self, secret: str) -> dict[str, str]:
        """Return the plaintext of one Secret by key."""
        start = f"{secret}/"
        return {k.removeprefix(start): v for k, v in self.values.items() if k.startswith(start)}


@attrs.frozen(kw_only=True)
class Outcome:
    """
    What a change did; names of keys, such as `redis/password`.

    Args:
        made: They had no value.
        renewed: They had another one.
        kept: Derived keys whose value is not what their recipe gives, because it was edited.
        files: Those written, as they are named in messages.
    """

    made: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def present(store: Store, needs: Needs) -> Present:
    """Read and decrypt the files of all needed Secrets."""
    files = {name: store.read(name) for name in needs.secrets if store.path(name).exists()}
    values: dict[str, str] = {}
    for name in files:
        plain = sops.decrypt(store.path(name), file=store.shown(name))
        values.update({f"{name}/{key}": value for key, value in plain.items()})
    return Present(files=files, values=values)


def missing(store: Store, needs: Needs) -> list[SecretKey]:
    """
    Return the needed keys that have no value yet, without decrypting.

    Raises:
        SecretsError: A file that was committed is gone.
    """
    refuse_deleted(store, needs.secrets)
    files = {name: store.read(name) for name in needs.secrets if store.path(name).exists()}
    there = {f"{name}/{key}" for name, file in files.items() for key in file.values}
    return [key for key in needs.every_key() if key.name not in there]


def refuse_open(store: Store, needs: Needs, changed: Collection[str]) -> None:
    """
    Refuse to change a value again that servers and clients have to take over first.

    Raises:
        SecretsError: There is one among *changed*.
    """
    handed = {key.name for key in needs.every_key() if key.is_handed_over}
    again = [name for name in open_keys(store) if name in handed.intersection(changed)]
    if again:
        raise open_error(store, again)


def open_error(store: Store, names: Iterable[str]) -> SecretsError:
    """Say that *names* are open, and how to go on."""
    begin = f"k8sgen secrets rotate {store.environment}"
    msg = f"the rotation of {store.environment} is open yet: {', '.join(names)}"
    hint = (
        f"run the steps that {begin} --steps shows, or restore what was before: {begin} --abandon"
    )
    return SecretsError(msg, hint=hint)


@attrs.frozen(kw_only=True)
class ValueChange:
    """
    A change of some values, with all that follows from it.

    Args:
        now: The date to record for what changes.
    """

    staging: Staging
    needs: Needs
    before: Present
    now: datetime

    def apply(self, *, given: Mapping[str, str], rotate: Iterable[str] = ()) -> Outcome:
        """
        Make what is missing and what is to be rotated, derive the rest, and write it all at once.

        Args:
            given: New values by key, for keys of any recipe.
            rotate: The keys to make anew.

        Raises:
            SecretsError: A value is missing that a person has to supply, or one would change again
                that servers do not know yet; nothing is written.
        """
        values, kept = self._work_out(given, set(rotate))
        old = self.before.values
        changed = {name for name, value in values.items() if old.get(name) != value}
        refuse_open(self.staging.store, self.needs, changed)
        files = self._write({name: values[name] for name in changed}, self._dates(changed))
        return Outcome(
            made=tuple(sorted(changed - old.keys())),
            renewed=tuple(sorted(changed & old.keys())),
            kept=tuple(sorted(kept)),
            files=files,
        )

    def _dates(self, changed: Collection[str]) -> dict[str, datetime]:
        """
        Return the date of each changed value: now, and never before what it comes from.

        The clocks of two people may differ.
        """
        dates: dict[str, datetime] = {}
        for key in self.needs.in_order():
            if key.name in changed:
                before = (dates.get(s.name) or self.before.changed(s) for s in key.sources)
                dates[key.name] = max([self.now, *before])
        return dates

    def _write(self, fresh: Mapping[str, str], dates: Mapping[str, datetime]) -> tuple[Path, ...]:
        files = dict(self.before.files)
        own = {
            needed.name: {k: fresh[key.name] for k, key in needed.keys.items() if key.name in fresh}
            for needed in self.needs.secrets.values()
        }
        for needed in self.needs.secrets.values():
            if own[needed.name]:
                its = {k: dates[needed.keys[k].name] for k in own[needed.name]}
                files[needed.name] = self._stage(needed, own[needed.name], its)
        written = []
        for needed in self.needs.secrets.values():
            noted = self._with_sources(needed, files, fresh)
            if noted != self.before.files.get(needed.name):
                place = self.staging.place(needed.name)
                note(place, noted)
                verify(place, {**self.before.of(needed.name), **own[needed.name]})
                written.append(place.shown)
        self.staging.commit()
        return tuple(written)

    def _stage(
        self, needed: Needed, fresh: Mapping[str, str], dates: Mapping[str, datetime]
    ) -> Encrypted:
        place = self.staging.place(needed.name)
        old = self.before.files.get(needed.name)
        if old:
            if fresh.keys() & old.values.keys():
                keep(self.staging, needed.name)
            update(place, old, fresh)
        else:
            create(place, self.needs.manifest(needed, fresh), self.needs.readers())
        return staged(place, old, dates)

    def _with_sources(
        self, needed: Needed, files: Mapping[str, Encrypted], fresh: Collection[str]
    ) -> Encrypted:
        """Record of what the derived values are made, which may change where they do not."""
        file = files[needed.name]
        records = dict(file.records)
        for name, key in needed.keys.items():
            record = file.record(name)
            if record and key.sources and (key.name in fresh or record.sources):
                records[name] = attrs.evolve(record, sources=sources_revision(key, files))
        return attrs.evolve(file, records=records)

    def _work_out(
        self, given: Mapping[str, str], rotate: set[str]
    ) -> tuple[dict[str, str], list[str]]:
        """Return the value of every key, and the derived ones that were left as they are."""
        values = dict(self.before.values)
        kept = []
        order = self.needs.in_order()
        for key in order:
            name = key.name
            if name in given:
                values[name] = given[name]
            elif key.is_derived:
                derived = make(key, values)
                if self._stays(key, derived, values, rotate):
                    kept.append(name)
                else:
                    values[name] = derived
            elif name not in values or name in rotate or self._turns(key, values):
                values[name] = make(key, values)
        return {key.name: values[key.name] for key in order}, kept

    def _stays(
        self, key: SecretKey, derived: str, values: Mapping[str, str], rotate: set[str]
    ) -> bool:
        """Whether a derived value was edited, and nothing that it comes from changes now."""
        old = self.before.values
        edited = key.name in old and old[key.name] != derived and not self.before.is_recorded(key)
        moved = any(old.get(source.name) != values[source.name] for source in key.sources)
        return edited and not moved and key.name not in rotate

    def _turns(self, key: SecretKey, values: Mapping[str, str]) -> bool:
        """Whether an alternating name has to turn, because its password is a new one."""
        if not isinstance(key.recipe, Alternate):
            return False
        password = key.recipe.password.name
        new = self.before.values.get(password) not in (None, values[password])
        return new or is_stale(key, self.before.files)
