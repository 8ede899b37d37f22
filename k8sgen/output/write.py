"""
Writes the output folder: the whole new tree is staged beside it, then takes its place at once.

Linux and macOS exchange two folders in one step, so that a kill at any moment leaves the old tree
or the new one, with nothing to repair. Only where the file system cannot do that (see
`k8sgen.output.exchange`) are there two renames, and a kill between them leaves no tree until the
next run puts the old one back. The next run removes what a killed run left beside the tree.

A shell whose current directory is the folder keeps seeing the old, deleted one: run `cd .` there.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from k8sgen.errors import OutputError
from k8sgen.output.exchange import leftovers, lock, make_record, settle, swap, sync
from k8sgen.output.header import File, Files, with_header
from k8sgen.output.status import FileChanges, Owns, WritePlan, kept_folders, make_plan, parents

_HINTS = {
    errno.ENOSPC: "Free some space and run again.",
    errno.EDQUOT: "Free some space and run again.",
    errno.ENOTDIR: "Move that file away, or choose another folder with --out.",
    errno.EXDEV: "Mounts and layers of container images cannot be exchanged: mount or copy the"
    " folder above, or choose another with --out.",
    errno.EBUSY: "A mounted folder cannot be exchanged: mount the folder above, or choose another"
    " with --out.",
}
_HINT = "Make it and the folder above it writable, or choose another with --out."


_SHOWN = 5


class ModifiedError(OutputError):
    """
    Generated files were modified by hand.

    Args:
        dist: The output folder.
        sources: The project file that each of them comes from, by path.
    """

    status = 1  # nothing is broken: the answer to "may I write?" is no

    def __init__(self, dist: Path, sources: Mapping[str, str]) -> None:
        self.paths = tuple(sorted(sources))
        names = _first(f"{path} (from {sources[path]})" for path in self.paths)
        super().__init__(
            f"modified by hand: {names}",
            hint="Move the changes to the sources and run again, or overwrite them with --force.",
            location=dist,
        )


def write(dist: Path, files: Files, *, owns: Owns, force: bool = False) -> FileChanges:
    """
    Write *files* to *dist*, whole or not at all, and remove stale generated files.

    Unchanged and unmanaged files keep their inode; where nothing changes, nothing is
    touched. A second run at the same time waits for the first, which takes well under a second.

    Args:
        dist: The output folder; a link to one is followed.
        files: Everything that this run generates.
        owns: Whether this run is responsible for a path of an existing tree.
        force: Overwrite what was modified by hand; never what is unmanaged or encrypted.

    Raises:
        ModifiedError: Generated files were modified by hand.
        OutputError: The folder cannot be written, or unmanaged files are in the way.
    """
    with _reported(dist):
        place = Path(os.path.realpath(dist))
        if place.exists() and not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(dist))
        place.parent.mkdir(parents=True, exist_ok=True)
        with lock(place.parent):
            for holder in leftovers(place):
                settle(holder, place)
            plan = make_plan(place, files, owns=owns)
            _refuse(dist, plan, force=force)
            if plan.changes.drift:
                _replace(place, plan)
    return plan.changes


@contextmanager
def _reported(dist: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"cannot be written: {error.strerror} ({error.filename or dist})"
        hint = _HINTS.get(error.errno or 0, _HINT)
        raise OutputError(problem, hint=hint, location=dist) from error


def _first(names: Iterable[str]) -> str:
    """Name the first few, for a line that a person can read."""
    every = list(names)
    left = len(every) - _SHOWN
    rest = [f"and {left} more, which --check lists"] if left > 0 else []
    return ", ".join([*every[:_SHOWN], *rest])


def _refuse(dist: Path, plan: WritePlan, *, force: bool) -> None:
    if plan.changes.blocked:
        problem = f"not written by k8sgen, but in the way: {_first(plan.changes.blocked)}"
        hint = "Move or delete what is there and run again; --force does not overwrite it."
        raise OutputError(problem, hint=hint, location=dist)
    if plan.changes.modified and not force:
        raise ModifiedError(dist, plan.sources)


def _replace(dist: Path, plan: WritePlan) -> None:
    if Path.cwd().is_relative_to(dist):
        problem = "cannot be replaced from inside"
        raise OutputError(problem, hint="Run again from the project's folder.", location=dist)
    if dist.is_mount():
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(dist))
    holder = dist.parent / f".{dist.name}.k8sgen-{secrets.token_hex(4)}"
    holder.mkdir()
    try:
        _stage(plan, dist, holder / "new")
        make_record(holder, plan.found)
        swap(holder, dist)
    finally:
        settle(holder, dist)


def _stage(plan: WritePlan, dist: Path, new: Path) -> None:
    """
    Build the new tree at *new*: what stays is linked, what changes is written.
    """
    written, removed = set(plan.changes.written), set(plan.changes.removed)
    linked = plan.found.files.keys() - written - removed
    folders = kept_folders(plan.found, removed) | parents(linked | written)
    new.mkdir()
    for folder in sorted(folders):
        (new / folder).mkdir()
    for path in sorted(linked):
        _link(dist / path, new / path)
    for path in sorted(written):
        _create(new / path, path, plan.wanted[path])
    # Last, because the mode of a folder may forbid what was just done in it.
    for folder in sorted(folders, reverse=True):
        if folder in plan.found.folders:
            _copy_mode(dist / folder, plan.found.folders[folder], new / folder)
    if dist.exists():
        _copy_mode(dist, dist.stat(), new)
    sync([new / path for path in written], [new, *(new / folder for folder in folders)])


def _create(place: Path, path: str, file: File) -> None:
    mode = 0o777 if file.executable else 0o666
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.write(with_header(path, file).encode())


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError as error:
        # Not every file system has hard links, and Linux refuses them for read-only files.
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
            raise
        shutil.copy2(old, new, follow_symlinks=False)


def _copy_mode(old: Path, status: os.stat_result, new: Path) -> None:
    if not os.access(old, os.W_OK | os.X_OK) and status.st_uid != os.geteuid():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(old))
    made = new.stat()
    if made.st_dev != status.st_dev:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(old))
    if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        with suppress(PermissionError):
            os.chown(new, status.st_uid, status.st_gid)
    new.chmod(stat.S_IMODE(status.st_mode))
