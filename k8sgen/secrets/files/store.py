"""
The encrypted files of one environment, changed all together or not at all, and never lost.

New ciphertext is staged in a hidden folder beside the files, read back and decrypted there. Then
the folder is renamed: from that moment the change counts, and each staged file takes the place of
the old one. A kill before leaves the old files; a kill after is completed by the next command that
writes. A staged file's name tells which content it replaces, so that what another program wrote in
between is never overwritten.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from k8sgen.output.exchange import leftovers, lock, settle, sync
from k8sgen.secrets.errors import ReadError, SecretsError
from k8sgen.secrets.files.encrypted import Encrypted, read

SUFFIX = ".sops.yaml"
IN_USE = "in-use"
"""The folder of the files as they were before what is open, while servers still use them."""
STAGED = ".k8sgen-staged"
DECIDED = ".k8sgen-decided"
EDITED = ".k8sgen-edited"
_NONE = "new"


@attrs.frozen
class Store:
    """
    The encrypted files of one environment.

    Args:
        root: The project's directory.
    """

    root: Path
    environment: str

    @property
    def dist(self) -> Path:
        """The output folder, a link to it followed."""
        return Path(os.path.realpath(self.root / "dist"))

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.dist / "secrets" / self.environment

    def path(self, secret: str) -> Path:
        """Return the path of the file of one Secret."""
        return self.folder / f"{secret}{SUFFIX}"

    def shown(self, secret: str) -> Path:
        """Return its name in messages."""
        return Path("dist", "secrets", self.environment, f"{secret}{SUFFIX}")

    def edited(self, secret: str) -> Path:
        """Return the path of a copy to edit, whose name tells which content it is a copy of."""
        return self.folder / EDITED / f"{secret}.{_fingerprint(self.path(secret))}{SUFFIX}"

    def names(self) -> list[str]:
        """Return the Secrets that have a file, whatever is in it."""
        return sorted(p.name.removesuffix(SUFFIX) for p in self.folder.glob(f"[!.]*{SUFFIX}"))

    def read(self, secret: str) -> Encrypted:
        """
        Read one file without decrypting it.

        Raises:
            ReadError: It is damaged.
        """
        return read(self.path(secret), self.shown(secret))

    def in_use(self) -> list[str]:
        """Return the names by which `path` and `read` find the files that are in use yet."""
        found = (self.folder / IN_USE).glob(f"[!.]*{SUFFIX}")
        return sorted(f"{IN_USE}/{path.name.removesuffix(SUFFIX)}" for path in found)

    @property
    def interrupted(self) -> bool:
        """Whether a change was decided and then interrupted, so that files do not fit together."""
        return (self.folder / DECIDED).is_dir()

    @contextmanager
    def changing(self) -> Iterator[Staging]:
        """
        Hold the lock on `dist/`, after completing what was interrupted.

        Raises:
            OutputError: Another command has been at work for too long.
            SecretsError: What was interrupted cannot be completed.
        """
        self.dist.parent.mkdir(parents=True, exist_ok=True)
        try:
            with lock(self.dist.parent):
                for holder in leftovers(self.dist):
                    settle(holder, self.dist)
                self._recover()
                staging = Staging(self, self.folder / f"{STAGED}-{secrets.token_hex(4)}")
                try:
                    yield staging
                finally:
                    staging.discard()
        except OSError as error:
            problem = f"cannot be written: {error.strerror} ({error.filename or self.folder})"
            hint = "no secret was changed; make it writable, or free some space, and run again"
            raise SecretsError(problem, hint=hint, location=self.shown("*").parent) from error

    def _recover(self) -> None:
        if (self.folder / DECIDED).exists():
            self._complete()
        for staged in self.folder.glob(f"{STAGED}-*"):
            _clear(staged)

    def _complete(self) -> None:
        """Put every staged file in its place; run again, it goes on where it was killed."""
        decided = self.folder / DECIDED
        for staged in sorted(decided.rglob(f"*{SUFFIX}")):
            name = staged.relative_to(decided).as_posix()
            secret, _, before = name.removesuffix(SUFFIX).rpartition(".")
            if _fingerprint(self.path(secret)) != before:
                problem = "was changed after a change by k8sgen was interrupted"
                hint = (
                    f"the interrupted one is {staged}: compare both, keep one of them as "
                    f"{self.shown(secret)}, delete the folder {DECIDED}, and run secrets generate"
                )
                raise SecretsError(problem, hint=hint, location=self.shown(secret))
            self.path(secret).parent.mkdir(exist_ok=True)
            staged.replace(self.path(secret))
        sync([], {self.path(name).parent for name in [*self.names(), *self.in_use()]})
        shutil.rmtree(decided)


@attrs.frozen
class Place:
    """
    Where a new file is staged.

    Args:
        shown: The name in messages of the file that it becomes.
    """

    path: Path
    shown: Path


@attrs.frozen
class Staging:
    """
    The new files of a change that is being prepared, under the lock.

    Args:
        folder: No two runs have the same, so that a `sops` that outlives a killed run is harmless.
    """

    store: Store
    folder: Path

    def place(self, secret: str) -> Place:
        """Return the place of the new file of *secret*, with a copy of the old one in it."""
        old = self.store.path(secret)
        staged = self.folder / f"{secret}.{_fingerprint(old)}{SUFFIX}"
        make_ignored(self.folder)
        staged.parent.mkdir(exist_ok=True)
        if old.exists() and not staged.exists():
            shutil.copyfile(old, staged)
        return Place(staged, self.store.shown(secret))

    def keep(self, secret: str) -> None:
        """Stage the file of *secret* as it is as the one that is in use."""
        shutil.copyfile(self.store.path(secret), self.place(f"{IN_USE}/{secret}").path)

    def commit(self) -> None:
        """Let the staged files, which have been verified, take their places."""
        if not self.folder.exists():
            return
        files = list(self.folder.rglob(f"*{SUFFIX}"))
        sync(files, {self.folder, *(file.parent for file in files)})
        self.folder.rename(self.store.folder / DECIDED)
        sync([], [self.store.folder])
        self.store._complete()

    def discard(self) -> None:
        """Discard what was staged."""
        if self.folder.exists():
            _clear(self.folder)


def make_ignored(folder: Path) -> None:
    """Make a folder that git ignores, so that what a kill leaves there is never committed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", "utf-8")


def _clear(folder: Path) -> None:
    """
    Remove what was staged.

    A `sops` that has outlived its killed command may write into the folder meanwhile. Then it is
    left to the next command: it holds only ciphertext that is not used.
    """
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.02)


def _fingerprint(path: Path) -> str:
    """Return a text that differs for each content; a missing file has one too."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except FileNotFoundError:
        return _NONE


def revisions(store: Store, damaged: Callable[[ReadError], object]) -> dict[str, dict[str, str]]:
    """
    Return what changes when a value does: Secret to key to revision.

    Args:
        damaged: Gets the error of each damaged file, which is skipped.
    """
    found: dict[str, dict[str, str]] = {}
    for name in store.names():
        try:
            file = store.read(name)
        except ReadError as error:
            damaged(error)
            continue
        found[name] = file.revisions()
    return found
