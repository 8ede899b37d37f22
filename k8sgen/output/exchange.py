"""
Puts a staged folder in the place of another, and cleans up afterwards, even after a kill.

A *holder* is the hidden folder beside the tree in which a run works. It has `new`, the staged
tree, which after an exchange is the old one; `old`, only where two renames stand in for the
exchange; and the record, which tells a later run what the holder's trees are. Nothing is lost
here: what was added to the old tree after it was read is carried over into the new one.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from k8sgen.errors import OutputError
from k8sgen.output.status import Found, scan

_PATIENCE = 10.0  # seconds
_RECORD = "record.json"
_PARTS = {"new", "old", _RECORD}

# Source: Linux include/uapi/linux/fs.h and fcntl.h; macOS <sys/stdio.h>
_RENAME_EXCHANGE = _RENAME_SWAP = 2
_AT_FDCWD = -100
# Source: Linux arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
_SYS_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}

Signature = tuple[int, int, int]


@attrs.frozen
class SwapRecord:
    """
    What a run knew when it was about to swap.

    Args:
        staged: The inode of the staged folder.
        files: The signature of each file in the old tree when it was read.
    """

    staged: int
    files: dict[str, Signature]


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """
    Let one process at a time work in *folder*; the lock ends with the process.

    A second one waits, because the first needs less than a second and may write other
    environments, and gives up after ten.
    """
    try:
        import fcntl  # noqa: PLC0415 - absent on Windows
    except ImportError:
        problem = "this system has no flock, so k8sgen cannot write safely"
        raise OutputError(problem, hint="On Windows, run k8sgen in WSL.") from None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    problem = f"another run has been writing in {folder} for {_PATIENCE:.0f} s"
                    raise OutputError(problem, hint="Wait for it, or end it.") from None
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def leftovers(dist: Path) -> list[Path]:
    """
    Find the holders of killed runs; the lock on the folder above makes sure that they are dead.
    """
    start = f".{dist.name}.k8sgen-"
    holders = (entry for entry in dist.parent.iterdir() if entry.name.startswith(start))
    return sorted(h for h in holders if h.is_dir() and {p.name for p in h.iterdir()} <= _PARTS)


def sync(files: Iterable[Path], folders: Iterable[Path]) -> None:
    """
    Sync *files* and *folders* to the disk, so that they survive a power cut.
    """
    for path in [*files, *folders]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_record(holder: Path, found: Found) -> None:
    """
    Record, before the swap, what a later run needs to know what happened.
    """
    files = {path: _signature(status) for path, status in found.files.items()}
    record = {"staged": (holder / "new").stat().st_ino, "files": files}
    place = holder / _RECORD
    place.write_text(json.dumps(record), encoding="ascii")
    sync([place], [holder])


def swap(holder: Path, dist: Path) -> None:
    """
    Put the holder's staged tree at *dist*, and what was there into the holder.
    """
    new = holder / "new"
    if not dist.exists():
        new.rename(dist)
    elif not exchange(new, dist):
        dist.rename(holder / "old")
        new.rename(dist)
    sync([], [dist.parent])


def exchange(first: Path, second: Path) -> bool:
    """
    Exchange two folders in one step; False where the system cannot.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin":
        result = libc.renamex_np(*names, _RENAME_SWAP)
    else:
        result = _renameat2(libc, *names)
    code = ctypes.get_errno()
    if result == 0 or code in _UNSUPPORTED:
        return bool(result == 0)
    raise OSError(code, os.strerror(code), str(second))


def _renameat2(libc: ctypes.CDLL, first: bytes, second: bytes) -> int:
    arguments = (_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
    if hasattr(libc, "renameat2"):
        return int(libc.renameat2(*arguments))
    # Older C libraries, and musl, do not have the wrapper.
    number = _SYS_RENAMEAT2.get(platform.machine())
    if number is None:
        ctypes.set_errno(errno.ENOSYS)
        return -1
    return int(libc.syscall(ctypes.c_long(number), *arguments))


def settle(holder: Path, dist: Path) -> None:
    """
    Finish what the run of *holder* began, wherever it stopped, and remove the holder.
    """
    record = _read_record(holder)
    new, old = holder / "new", holder / "old"
    if old.exists() and not dist.exists():
        old.rename(dist)
    elif old.exists() and new.exists():
        problem = f"{dist} appeared while {old} waited to be put back there"
        raise OutputError(problem, hint=f"Take what you need from {old} and delete {holder}.")
    elif record:
        replaced = old if old.exists() else new
        if replaced.exists() and replaced.stat().st_ino != record.staged:
            _carry_over(replaced, dist, record, spare=dist / f"kept-{holder.name[-8:]}")
    _discard(holder)


def _carry_over(old: Path, dist: Path, record: SwapRecord, *, spare: Path) -> None:
    """
    Move into *dist* what was added to the *old* tree after it was read.

    What would overwrite anything but the copy of its former self goes into the *spare* folder.
    """
    for path, status in scan(old).files.items():
        signature, target = record.files.get(path), dist / path
        if signature == _signature(status):
            continue
        there = target.lstat() if os.path.lexists(target) else None
        if there and os.path.samestat(there, status):
            continue
        taken = there and (signature is None or signature[1:] != _signature(there)[1:])
        if taken or any((dist / p).is_file() for p in Path(path).parents[:-1]):
            target = spare / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (old / path).rename(target)


def _signature(status: os.stat_result) -> Signature:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read_record(holder: Path) -> SwapRecord | None:
    """
    Read the record; without a whole one, no swap was begun.
    """
    try:
        data = json.loads((holder / _RECORD).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return SwapRecord(data["staged"], {path: tuple(s) for path, s in data["files"].items()})


def _discard(holder: Path) -> None:
    for folder in (Path(name) for name, _, _ in os.walk(holder)):
        mode = folder.stat().st_mode
        if not mode & stat.S_IWUSR:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
    shutil.rmtree(holder)
