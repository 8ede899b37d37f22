"""The folder for the plaintext that an editor needs: in memory where there is one, and swept."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

_PREFIX = "k8sgen-edit-"
_LOCK = "lock"


@attrs.frozen
class PlainFolder:
    """
    A folder that only this user can read.

    Args:
        lock: A descriptor; whoever inherits it keeps the folder from being swept.
    """

    path: Path
    lock: int


def memory() -> Path:
    """Return the folder of a disk in memory, or else that of temporary files."""
    for name in ("/dev/shm", os.environ.get("XDG_RUNTIME_DIR")):  # noqa: S108
        if name and Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK):
            return Path(name)
    return Path(tempfile.gettempdir())


@contextmanager
def plain_folder() -> Iterator[PlainFolder]:
    """Make a folder for plaintext, and remove it at the end."""
    path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=memory()))
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield PlainFolder(path, lock)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def sweep() -> None:
    """Remove what killed runs left, unless an editor that outlived one is still at work."""
    for path in memory().glob(f"{_PREFIX}*"):
        try:
            lock = os.open(path / _LOCK, os.O_RDWR)
        except OSError:  # of somebody else, or made or removed right now
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except OSError:  # in use
            continue
        finally:
            os.close(lock)
