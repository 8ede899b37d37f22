"""Compares the output folder with what should be in it; reads only."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from pathlib import Path, PurePosixPath

import attrs

from k8sgen.errors import OutputError
from k8sgen.output.header import (
    LISTING,
    File,
    Files,
    Header,
    checksum,
    holds_comment,
    is_encrypted,
    listing,
    read_listing,
    split_header,
    with_header,
)

Owns = Callable[[str], bool]
"""Whether a path belongs to the scope of this run."""


@attrs.frozen
class FileChanges:
    """
    What a write changes, or would change; paths relative to the output folder, sorted.

    Args:
        written: New or different.
        added: Those of *written* that are new.
        unchanged: As they should be.
        removed: Generated before, and no longer.
        unmanaged: Not generated, inside the scope; encrypted files are not counted.
        modified: Those of *written* and *removed* that were modified by hand.
        blocked: To be generated, but an unmanaged file or folder is in the way.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def drift(self) -> tuple[str, ...]:
        """Every path that is not as it should be."""
        return tuple(sorted({*self.written, *self.removed, *self.blocked}))


@attrs.frozen
class Found:
    """The files (links and devices among them) and the folders below a folder."""

    files: Mapping[str, os.stat_result]
    folders: Mapping[str, os.stat_result]


@attrs.frozen
class WritePlan:
    """
    A comparison, with all that is needed to write it.

    Args:
        changes: The outcome.
        wanted: Every generated file, the listing included.
        sources: The source of each file in `changes.modified`.
        found: What was on disk.
    """

    changes: FileChanges
    wanted: Files
    sources: Mapping[str, str]
    found: Found


class State(Enum):
    """What a file on disk is to k8sgen."""

    GENERATED = auto()
    MODIFIED = auto()
    UNMANAGED = auto()


@attrs.frozen
class OnDisk:
    """A file on disk: its state, its text if it was read, and its source if it is generated."""

    state: State
    text: str = ""
    source: str = ""


def compare(dist: Path, files: Files, *, owns: Owns) -> FileChanges:
    """
    Compare the tree at *dist* with *files*, inside the scope; write nothing.

    Args:
        dist: The output folder; it may be missing.
        files: Everything that this run generates.
        owns: Whether this run is responsible for a path of an existing tree.
            What it generates is in scope in any case.

    Raises:
        OutputError: A path cannot be generated, or the folder cannot be read.
    """
    try:
        return make_plan(dist, files, owns=owns).changes
    except OSError as error:
        problem = f"{error.filename or dist}: {error.strerror}"
        hint = "Make it readable, or choose another folder with --out."
        raise OutputError(problem, hint=hint) from error


def make_plan(dist: Path, files: Files, *, owns: Owns) -> WritePlan:
    """
    Compare, and keep what is needed to write the outcome.
    """
    _check_paths(files)
    found = scan(dist)
    listed = _read_listing(dist, found)
    wanted = _with_listing(files, listed, owns)
    scope = sorted(p for p in found.files if p in wanted or p == LISTING or owns(p))
    on_disk = {p: _look(dist / p, p, found.files[p], listed.get(p)) for p in scope}
    changes = _judge(wanted, on_disk, found)
    sources = {path: on_disk[path].source for path in changes.modified}
    return WritePlan(changes, wanted, sources, found)


def scan(folder: Path) -> Found:
    """
    List what is below *folder*, following no link; empty where it is missing.
    """
    files: dict[str, os.stat_result] = {}
    folders: dict[str, os.stat_result] = {}
    pending = [""] if folder.exists() else []
    while pending:
        at = pending.pop()
        with os.scandir(folder / at) as entries:
            for entry in entries:
                path = f"{at}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders[path] = entry.stat(follow_symlinks=False)
                    pending.append(f"{path}/")
                else:
                    files[path] = entry.stat(follow_symlinks=False)
    return Found(files, folders)


def parents(paths: Iterable[str]) -> set[str]:
    """
    Return every folder above any of *paths*, the root not counted.
    """
    return {str(p) for path in paths for p in PurePosixPath(path).parents[:-1]}


def _check_paths(files: Files) -> None:
    folders = parents(files)
    for path in sorted(files):
        pure = PurePosixPath(path)
        if str(pure) != path or pure.is_absolute() or not pure.parts or ".." in pure.parts:
            raise OutputError(f"{path!r} is not a path inside the output folder")
        if is_encrypted(path):
            raise OutputError(f"{path} is an encrypted file, and those are never generated")
        if path in folders:
            raise OutputError(f"{path} is generated as a file and as a folder")


def _read_listing(dist: Path, found: Found) -> dict[str, Header]:
    status = found.files.get(LISTING)
    if status is None or not stat.S_ISREG(status.st_mode):
        return {}
    header, rest = split_header(_read(dist / LISTING))
    return read_listing(rest) if header else {}


def _with_listing(files: Files, listed: Mapping[str, Header], owns: Owns) -> dict[str, File]:
    entries = {p: e for p, e in listed.items() if p not in files and not owns(p)}
    for path, file in files.items():
        if not holds_comment(path):
            entries[path] = Header(file.source, checksum(file.text))
    return {**files, LISTING: listing(entries)} if entries else dict(files)


def _read(path: Path) -> str:
    """
    Read a file, in whichever way git ended its lines (`core.autocrlf`).

    A script keeps its own: its first line would name an interpreter that does not exist.
    """
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    ends = text.count("\r\n")
    converted = ends and ends == text.count("\n") and not text.startswith("#!")
    return text.replace("\r\n", "\n") if converted else text


def _look(place: Path, path: str, status: os.stat_result, entry: Header | None) -> OnDisk:
    if is_encrypted(path) or not stat.S_ISREG(status.st_mode):
        return OnDisk(State.UNMANAGED)
    text = _read(place)
    header, rest = split_header(text)
    header = header or entry
    if header is None:
        return OnDisk(State.UNMANAGED, text)
    if checksum(rest) == header.checksum:
        return OnDisk(State.GENERATED, text, header.source)
    # `sops --in-place` on a generated file makes it data, and may leave the header readable.
    state = State.UNMANAGED if "ENC[AES256_GCM," in text else State.MODIFIED
    return OnDisk(state, text, header.source)


def _judge(wanted: Files, on_disk: Mapping[str, OnDisk], found: Found) -> FileChanges:
    stale = {p for p, s in on_disk.items() if p not in wanted and s.state is not State.UNMANAGED}
    unchanged = {
        path
        for path in wanted.keys() & on_disk.keys()
        if _fits(path, wanted[path], on_disk[path], found.files[path])
    }
    others = found.files.keys() - stale - wanted.keys()
    folders = kept_folders(found, stale) | parents(others)
    blocked = {
        path
        for path in wanted.keys() - unchanged
        if path in folders
        or (path in on_disk and on_disk[path].state is State.UNMANAGED)
        or not others.isdisjoint(parents([path]))
    }
    written = wanted.keys() - unchanged - blocked
    modified = {p for p in written | stale if p in on_disk and on_disk[p].state is State.MODIFIED}
    unmanaged = {p for p in on_disk if p not in wanted and p not in stale and not is_encrypted(p)}
    added = written - on_disk.keys()
    outcome = (written, unchanged, stale, unmanaged, modified, blocked, added)
    return FileChanges(*(tuple(sorted(paths)) for paths in outcome))


def _fits(path: str, file: File, on_disk: OnDisk, status: os.stat_result) -> bool:
    # Only a missing bit counts: some file systems show every file as executable.
    runs = status.st_mode & stat.S_IXUSR or not file.executable
    same = stat.S_ISREG(status.st_mode) and on_disk.text == with_header(path, file)
    return bool(same and runs)


def kept_folders(found: Found, removed: Iterable[str]) -> set[str]:
    """
    Return the folders that are not emptied by taking *removed* away; empty ones stay.
    """
    kept = found.folders.keys() - parents(removed)
    return kept | parents(kept)
