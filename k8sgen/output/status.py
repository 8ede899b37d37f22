"""What stands in the output folder against what should; reads only."""

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
        unchanged: As they should be.
        removed: Ours, and no longer generated.
        kept: Somebody else's, inside the scope; encrypted files are not counted.
        edited: Those of *written* and *removed* that were edited by hand.
        blocked: Generated, but somebody else's file or folder stands there.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def drift(self) -> tuple[str, ...]:
        """Every path that is not as it should be."""
        return tuple(sorted({*self.written, *self.removed, *self.blocked}))


@attrs.frozen
class Found:
    """The files (links and devices among them) and the folders that stand below a folder."""

    files: Mapping[str, os.stat_result]
    folders: Mapping[str, os.stat_result]


@attrs.frozen
class WritePlan:
    """
    A comparison, with all that writing it takes.

    Args:
        changes: The outcome.
        wanted: Every generated file, the listing included.
        sources: Where the files in `changes.edited` came from.
        found: What stood on disk.
    """

    changes: FileChanges
    wanted: Files
    sources: Mapping[str, str]
    found: Found


class State(Enum):
    """Whose a file on disk is."""

    OURS = auto()
    EDITED = auto()
    FOREIGN = auto()


@attrs.frozen
class Standing:
    """A file on disk: its state, its text where that was read, and its source where it is ours."""

    state: State
    text: str = ""
    source: str = ""


def compare(dist: Path, files: Files, *, owns: Owns) -> FileChanges:
    """
    Compare the tree at *dist* with *files*, inside the scope; write nothing.

    Args:
        dist: The output folder; it may be missing.
        files: Everything that this run generates.
        owns: Tells which paths of an existing tree this run is responsible for.
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
    Compare, and keep what writing the outcome takes.
    """
    _check_paths(files)
    found = scan(dist)
    listed = _read_listing(dist, found)
    wanted = _with_listing(files, listed, owns)
    scope = sorted(p for p in found.files if p in wanted or p == LISTING or owns(p))
    standing = {p: _look(dist / p, p, found.files[p], listed.get(p)) for p in scope}
    changes = _judge(wanted, standing, found)
    sources = {path: standing[path].source for path in changes.edited}
    return WritePlan(changes, wanted, sources, found)


def scan(folder: Path) -> Found:
    """
    List what stands below *folder*, following no link; nothing where it is missing.
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
            raise OutputError(f"{path!r} is no path inside the output folder")
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
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _look(place: Path, path: str, status: os.stat_result, entry: Header | None) -> Standing:
    if is_encrypted(path) or not stat.S_ISREG(status.st_mode):
        return Standing(State.FOREIGN)
    text = _read(place)
    header, rest = split_header(text)
    header = header or entry
    if header is None:
        return Standing(State.FOREIGN, text)
    if checksum(rest) == header.checksum:
        return Standing(State.OURS, text, header.source)
    # `sops --in-place` on a file of ours makes it data, and may leave the header readable.
    state = State.FOREIGN if "ENC[AES256_GCM," in text else State.EDITED
    return Standing(state, text, header.source)


def _judge(wanted: Files, standing: Mapping[str, Standing], found: Found) -> FileChanges:
    stale = {p for p, s in standing.items() if p not in wanted and s.state is not State.FOREIGN}
    unchanged = {
        path
        for path in wanted.keys() & standing.keys()
        if _fits(path, wanted[path], standing[path], found.files[path])
    }
    others = found.files.keys() - stale - wanted.keys()
    folders = kept_folders(found, stale) | parents(others)
    blocked = {
        path
        for path in wanted.keys() - unchanged
        if path in folders
        or (path in standing and standing[path].state is State.FOREIGN)
        or not others.isdisjoint(parents([path]))
    }
    written = wanted.keys() - unchanged - blocked
    edited = {p for p in written | stale if p in standing and standing[p].state is State.EDITED}
    kept = {p for p in standing if p not in wanted and p not in stale and not is_encrypted(p)}
    outcome = (written, unchanged, stale, kept, edited, blocked)
    return FileChanges(*(tuple(sorted(paths)) for paths in outcome))


def _fits(path: str, file: File, standing: Standing, status: os.stat_result) -> bool:
    # Only a missing bit counts: some file systems show every file as executable.
    runs = status.st_mode & stat.S_IXUSR or not file.executable
    same = stat.S_ISREG(status.st_mode) and standing.text == with_header(path, file)
    return bool(same and runs)


def kept_folders(found: Found, removed: Iterable[str]) -> set[str]:
    """
    Return the folders that are not emptied by taking *removed* away; empty ones stay.
    """
    kept = found.folders.keys() - parents(removed)
    return kept | parents(kept)
