"""Commands that are killed, and commands that meet, with the real sops: no secret is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.open import close, open_keys
from k8sgen.secrets.files.store import DECIDED
from k8sgen.secrets.rotation.rotate import turn_back
from tests.k8sgen.output.processes import Steps, die, end, start
from tests.k8sgen.secrets.kit import NOW, Site

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

LATER = NOW + timedelta(days=1)
EVENTS = ("os.", "shutil.", "subprocess.Popen", "fcntl.")


def rotate_all(site: Site, *keys: str) -> None:
    """Rotate some keys."""
    site.generate(rotate=keys, now=LATER)


def killed_at(site: Site, step: int, *rotate: str) -> bool:
    """Rotate in a process that dies before a step; tell whether it came that far."""

    def task() -> None:
        Steps(die, at=step, event=EVENTS)
        rotate_all(site, *rotate)

    return end(start(task))


def fits_together(values: dict[str, str]) -> bool:
    """Whether the client has the login and the password of the database."""
    url = urlsplit(values["web/database-url"])
    login, password = values["database/login"], values["database/password"]
    return (url.username, unquote(str(url.password))) == (login, password)


def kills(site: Site, steps: Iterator[int], *rotate: str) -> None:
    """
    Kill a rotation at each of *steps*; after the next command everything fits together again.

    Until then each file is whole: the old one or the new one.
    """
    for step in steps:
        before = site.values()
        killed = killed_at(site, step, *rotate)
        between = site.values()
        assert between.keys() == before.keys()
        decided = (site.store.folder / DECIDED).exists()
        site.generate(now=LATER)
        after = site.values()
        assert fits_together(after)
        assert after["web/session"] == before["web/session"]
        assert decided or after == between
        assert not list(site.store.folder.glob(".*"))
        assert set(open_keys(site.store)) == {name for name in after if after[name] != before[name]}
        close(site.store)
        if not killed:
            assert after["database/password"] != before["database/password"]
            break


def test_rotate_killed_at_some_steps_loses_nothing(ready: Site) -> None:
    """From before the first file is staged to after the last one is in its place."""
    kills(ready, iter([27, 1000]), "database/password")


@pytest.mark.slow
def test_rotate_killed_at_every_step_loses_nothing(ready: Site) -> None:
    """Before every system call that k8sgen makes."""
    kills(ready, count(1), "database/password")


@pytest.mark.slow
def test_generate_killed_at_every_step_loses_nothing(site: Site) -> None:
    """There are all files or none, and what was made is what stays."""
    for step in count(1):
        for name in site.store.names():
            site.store.path(name).unlink()
        killed = killed_at(site, step)
        names = site.store.names()
        values = site.values() if names else {}
        site.generate(now=LATER)
        after = site.values()
        assert fits_together(after)
        assert {name: after[name] for name in values} == values
        if not killed:
            break


@pytest.mark.slow
def test_giving_up_killed_at_every_step_loses_nothing(ready: Site) -> None:
    """The values are those in use or the open ones, all together, and what is open stays open."""
    before = ready.values()
    rotate_all(ready, "database/password", "web/session")
    opened, after = list(open_keys(ready.store)), ready.values()
    for step in count(1):
        there = ready.values()

        def task(step: int = step) -> None:
            Steps(die, at=step, event=EVENTS)
            with ready.store.changing() as staging:
                turn_back(staging, ready.store)

        killed = end(start(task))
        with ready.store.changing():
            pass  # which completes what was decided
        found = ready.values()
        assert found in (before, after)
        assert list(open_keys(ready.store)) == opened
        if not killed:
            assert found != there
            break


@pytest.mark.slow
def test_rotate_killed_at_any_moment_loses_nothing(ready: Site) -> None:
    """At forty moments, also in the midst of sops, which then goes on alone."""
    for moment in range(40):
        before = ready.values()
        pid = start(partial(rotate_all, ready, "database/password"))
        time.sleep(moment * 0.02)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        ready.generate(now=LATER)
        after = ready.values()
        assert fits_together(after)
        assert after["web/session"] == before["web/session"]
        close(ready.store)


def test_of_two_rotations_at_once_one_counts(ready: Site) -> None:
    """The second waits, and is refused then: the value in use would be forgotten."""
    before = ready.values()
    keys = ["database/password", "web/session"]

    def refused() -> None:
        with pytest.raises(SecretsError, match="is open yet: database/login, web/session"):
            rotate_all(ready, *keys)

    pids = [start(refused) for _ in range(2)]
    assert sorted(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids) == [0, 1]
    after = ready.values()
    assert fits_together(after)
    current, _, previous = after["web/session"].split(",")
    assert before["web/session"] == f"{previous},{current}"


def test_a_kill_leaves_the_old_ciphertext_to_the_byte(ready: Site, tmp_path: Path) -> None:
    """What was staged before does not touch the files themselves."""
    before = {name: ready.text(name) for name in ready.store.names()}
    assert killed_at(ready, 16, "database/password")
    assert {name: ready.text(name) for name in ready.store.names()} == before
