"""Two runs at once, and what killed runs leave behind."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import sys
from pathlib import Path

import pytest

from k8sgen.errors import OutputError
from k8sgen.output import exchange as swap
from k8sgen.output.header import File
from k8sgen.output.status import compare
from k8sgen.output.write import write
from tests.k8sgen.output.processes import Steps, die, end, start
from tests.k8sgen.output.trees import UNMANAGED, beside, content, everything, generation, put

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A tree of the first generation, with unmanaged files in it."""
    put(tmp_path / "dist", UNMANAGED)
    write(tmp_path / "dist", generation(1), owns=everything)
    return tmp_path / "dist"


def killed_after_exchange(dist: Path) -> Path:
    """
    Write the second generation, killed as soon as it is in place; give the holder left behind.
    """

    def arm() -> None:
        Steps(die, at=1, event="open")

    def task() -> None:
        Steps(arm, at=1, event="ctypes.dlopen")
        write(dist, generation(2), owns=everything)

    assert end(start(task))
    assert compare(dist, generation(2), owns=everything).drift == ()
    (name,) = beside(dist)
    return dist.parent / name


def test_two_folders_are_exchanged(tmp_path: Path) -> None:
    """
    Each folder has the other's inode afterwards.
    """
    first, second = tmp_path / "first", tmp_path / "second"
    put(first, {"a": b"1"})
    put(second, {"b": b"2"})
    assert swap.exchange(first, second)
    assert (content(first), content(second)) == ({"b": b"2"}, {"a": b"1"})


def test_exchange_with_nothing_is_an_error(tmp_path: Path) -> None:
    """
    Only a missing ability is answered with False; all else is raised.
    """
    (tmp_path / "first").mkdir()
    with pytest.raises(FileNotFoundError):
        swap.exchange(tmp_path / "first", tmp_path / "second")


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux'")
@pytest.mark.parametrize(("machine", "known"), [(platform.machine(), True), ("pdp11", False)])
def test_exchange_works_without_the_librarys_wrapper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, known: bool
) -> None:
    """
    Without renameat2 in the C library, as in older ones, it is called by its number.

    On a machine whose number is not known, it counts as unsupported.
    """

    class Musl:
        syscall = ctypes.CDLL(None, use_errno=True).syscall

    put(tmp_path, {"first/a": b"1", "second/b": b"2"})
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Musl)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert swap.exchange(tmp_path / "first", tmp_path / "second") is known
    assert (tmp_path / "first/b").exists() is known


def test_file_system_without_links_gets_copies(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where nothing can be linked, unchanged and foreign files are copied, times included.
    """

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "no links here")

    before = (dist / "README.md").stat()
    monkeypatch.setattr(os, "link", refuse)
    write(dist, generation(2), owns=everything)
    assert (dist / "README.md").stat().st_mtime_ns == before.st_mtime_ns
    assert all((dist / path).read_bytes() == text for path, text in UNMANAGED.items())
    assert compare(dist, generation(2), owns=everything).drift == ()
    assert beside(dist) == []


def test_two_runs_at_once_both_write(tmp_path: Path) -> None:
    """
    Runs for two environments that meet wait for each other, and the tree holds what both wrote.
    """
    dist = tmp_path / "dist"

    def turns(name: str) -> None:
        for turn in range(10):
            files = {f"overlays/{name}/{i}.yaml": File(f"{turn}\n", "s.py") for i in range(9)}
            write(dist, files, owns=lambda path: path.startswith(f"overlays/{name}/"))

    pids = [start(lambda name=name: turns(name)) for name in ("local", "staging")]  # type: ignore[misc]
    assert [end(pid) for pid in pids] == [False, False]
    texts = {p: t for p, t in content(dist).items() if t != b"a folder"}
    assert len(texts) == 18
    assert all(text.endswith(b"\n9\n") for text in texts.values())
    assert beside(dist) == []


def test_endless_wait_is_an_error(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A run that never ends does not hold up others for ever.
    """
    monkeypatch.setattr(swap, "_PATIENCE", 0.1)
    with (
        swap.lock(dist.parent),
        pytest.raises(OutputError, match="another run has been writing in"),
    ):
        write(dist, generation(2), owns=everything)
    assert compare(dist, generation(1), owns=everything).drift == ()


def test_what_was_staged_by_a_killed_run_does_not_come_back(dist: Path) -> None:
    """
    A foreign file deleted, and one replaced, after the kill stay so.
    """
    killed_after_exchange(dist)
    (dist / "README.md").unlink()
    (dist / "overlays/local/notes.txt").unlink()
    put(dist, {"overlays/local/notes.txt": b"newer\n"})
    write(dist, generation(2), owns=everything)
    assert not (dist / "README.md").exists()
    assert (dist / "overlays/local/notes.txt").read_bytes() == b"newer\n"
    assert beside(dist) == []


def test_late_file_that_finds_its_place_taken_is_kept_apart(dist: Path) -> None:
    """
    What came into the old tree never overwrites what came into the new one; both are kept.
    """
    holder = killed_after_exchange(dist)
    put(holder / "new", {"late.txt": b"old tree\n", "deep/late.txt": b"old tree\n"})
    put(dist, {"late.txt": b"new tree\n", "deep": b"a file\n"})
    write(dist, generation(2), owns=everything)
    spare = dist / f"kept-{holder.name[-8:]}"
    assert (dist / "late.txt").read_bytes() == b"new tree\n"
    assert content(spare) == {
        "deep": b"a folder",
        "deep/late.txt": b"old tree\n",
        "late.txt": b"old tree\n",
    }
    assert beside(dist) == []


def test_tree_made_anew_between_two_renames_is_not_guessed_about(dist: Path) -> None:
    """
    With the old tree put away and another in its place, a person has to decide.
    """
    holder = dist.parent / ".dist.k8sgen-0a0b0c0d"
    (holder / "new").mkdir(parents=True)
    dist.rename(holder / "old")
    put(dist, {"by-hand.txt": b""})
    with pytest.raises(OutputError, match="Take what you need from"):
        write(dist, generation(2), owns=everything)
    assert (holder / "old/README.md").exists()
    assert list(content(dist)) == ["by-hand.txt"]


def test_half_written_record_means_that_nothing_was_swapped(dist: Path) -> None:
    """
    After a power cut a torn record, and the staged tree beside it, are thrown away.
    """
    holder = dist.parent / ".dist.k8sgen-0a0b0c0d"
    put(holder, {"new/a.yaml": b"a\n", "record.json": json.dumps({"staged": 1}).encode()[:-3]})
    before = content(dist)
    write(dist, generation(1), owns=everything)
    assert content(dist) == before
    assert beside(dist) == []


def test_other_folders_that_look_alike_are_left_alone(dist: Path) -> None:
    """
    Only a folder that holds nothing but a run's parts is taken for a leftover.
    """
    put(dist.parent / ".dist.k8sgen-mine", {"notes.txt": b"mine\n"})
    write(dist, generation(2), owns=everything)
    assert (dist.parent / ".dist.k8sgen-mine/notes.txt").read_bytes() == b"mine\n"
