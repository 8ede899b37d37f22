"""Kills at every step: whoever looks at the tree sees the old one or the new one, whole."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from k8sgen.output import exchange as swap
from k8sgen.output.status import compare
from k8sgen.output.write import write
from tests.k8sgen.output.processes import AUDITED, Steps, die, end, start
from tests.k8sgen.output.trees import UNMANAGED, beside, content, everything, generation, put

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SMALL = 3
RENAMES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir")


@pytest.fixture
def two_renames(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that cannot exchange."""
    monkeypatch.setattr(swap, "exchange", lambda *_: False)


def trees(dist: Path, *, size: int) -> dict[int, dict[str, bytes]]:
    """
    Write both generations, the first one last, and give the whole content of each.
    """
    put(dist, UNMANAGED)
    seen = {}
    for number in (2, 1):
        write(dist, generation(number, count=size), owns=everything)
        seen[number] = content(dist)
    return seen


def kills(
    dist: Path, *, size: int, event: str | tuple[str, ...] = AUDITED
) -> Iterator[tuple[int, int]]:
    """
    Replace one generation by the other again and again, killed one step later each time.

    Yields:
        The generations, old and new, after a write from one to the other was killed.
    """
    for step in count(1):
        new = 1 if (dist / "overlays/env2").exists() else 2

        def task(at: int = step, number: int = new) -> None:
            Steps(die, at=at, event=event)
            write(dist, generation(number, count=size), owns=everything)

        killed = end(start(task))
        yield 3 - new, new
        if not killed:
            return
        if step % 4:
            before = content(dist)
            for holder in swap.leftovers(dist):
                swap.settle(holder, dist)
            assert content(dist) == before
        else:
            write(dist, generation(new, count=size), owns=everything)
        assert beside(dist) == []


@pytest.mark.slow
@pytest.mark.parametrize("size", [6, 96])
def test_kill_at_every_step_leaves_one_whole_tree(tmp_path: Path, size: int) -> None:
    """
    Whichever system call a write dies before, the tree is the old or the new one to the byte.

    The next write succeeds and leaves nothing beside the tree.
    """
    dist = tmp_path / "dist"
    seen = trees(dist, size=size)
    found = []
    for old, new in kills(dist, size=size):
        now = content(dist)
        assert now in (seen[old], seen[new])
        found.append(now == seen[new])
    assert found == sorted(found)  # old until the exchange, new from then on
    assert {False, True} == set(found)


def test_kill_at_every_step_of_the_first_write(tmp_path: Path) -> None:
    """
    Where there was no tree, there is none or a whole one.
    """
    wanted = generation(1, count=SMALL)
    for step in count(1):
        dist = tmp_path / str(step) / "dist"
        dist.parent.mkdir()

        def task(dist: Path = dist, at: int = step) -> None:
            Steps(die, at=at)
            write(dist, wanted, owns=everything)

        killed = end(start(task))
        assert not dist.exists() or compare(dist, wanted, owns=everything).drift == ()
        write(dist, wanted, owns=everything)
        assert beside(dist) == []
        if not killed:
            break


@pytest.mark.usefixtures("two_renames")
def test_two_renames_are_repaired_by_the_next_run(tmp_path: Path) -> None:
    """
    Without an exchange the tree is old, new or, between two steps, away until the next run.
    """
    dist = tmp_path / "dist"
    seen = trees(dist, size=SMALL)
    away = 0
    for old, new in kills(dist, size=SMALL, event=RENAMES):
        if not dist.exists():
            away += 1
            (holder,) = swap.leftovers(dist)
            swap.settle(holder, dist)
            assert content(dist) == seen[old]
        assert content(dist) in (seen[old], seen[new])
    assert away == 1


def test_kill_at_any_moment_leaves_one_whole_tree(tmp_path: Path) -> None:
    """
    A process that replaces a hundred files over and over is killed at sixty moments.
    """
    dist = tmp_path / "dist"
    seen = trees(dist, size=96)

    def task() -> None:
        for turn in count():
            write(dist, generation(2 - turn % 2), owns=everything)

    for moment in range(60):
        pid = start(task)
        time.sleep(moment * 0.001)
        os.kill(pid, signal.SIGKILL)
        assert end(pid)
        assert content(dist) in seen.values()
    write(dist, generation(1), owns=everything)
    assert content(dist) == seen[1]
    assert beside(dist) == []


def test_foreign_files_that_come_during_a_write_are_carried_over(tmp_path: Path) -> None:
    """
    Made, replaced or edited just before the exchange, it is in the new tree, even after a kill.
    """
    dist = tmp_path / "dist"
    seen = trees(dist, size=SMALL)
    edited = {"overlays/local/notes.txt": b"edited in place\n"}
    late = edited | {"late/new.txt": b"new\n", "README.md": b"# Replaced\n"}

    def come() -> None:
        (dist / "README.md").unlink()
        put(dist, late)

    for step in count(1):

        def task(at: int = step) -> None:
            def arm() -> None:
                come()
                Steps(die, at=at, event=RENAMES)

            Steps(arm, at=1, event="ctypes.dlopen")
            write(dist, generation(2, count=SMALL), owns=everything)

        killed = end(start(task))
        write(dist, generation(2, count=SMALL), owns=everything)
        assert content(dist) == seen[2] | late | {"late": b"a folder"}
        assert beside(dist) == []
        if not killed:
            break
        (dist / "late/new.txt").unlink()
        (dist / "late").rmdir()
        put(dist, UNMANAGED)
        write(dist, generation(1, count=SMALL), owns=everything)


def test_tree_is_always_there(tmp_path: Path) -> None:
    """
    Whoever looks while it is replaced finds a tree, never a gap.
    """
    dist = tmp_path / "dist"
    trees(dist, size=SMALL)

    def task() -> None:
        for turn in range(20):
            write(dist, generation(1 + turn % 2, count=SMALL), owns=everything)

    pid = start(task)
    looks = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        assert dist.is_dir()
        looks += 1
    end(pid)
    assert looks > 20
