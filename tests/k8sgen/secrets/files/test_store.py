"""The files of an environment change together or not at all, whatever is killed."""

from __future__ import annotations

import os
import threading
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.store import DECIDED, STAGED, Store, make_ignored
from tests.k8sgen.output.processes import AUDITED, Steps, die, end, start

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

NAMES = ("a", "b", "c")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """
    Two files of the first generation, and none yet of the third name.
    """
    found = Store(tmp_path, "production")
    found.folder.mkdir(parents=True)
    for name in NAMES[:2]:
        found.path(name).write_text(f"{name} 1")
    return found


def change(store: Store, text: str, names: tuple[str, ...] = NAMES) -> None:
    """Write *text* into several files as one change."""
    with store.changing() as staging:
        for name in names:
            staging.place(name).path.write_text(f"{name} {text}")
        staging.commit()


def content(store: Store) -> dict[str, str]:
    """Return what every encrypted file holds."""
    return {name: store.path(name).read_text() for name in store.names()}


def generation(number: int) -> dict[str, str]:
    """Return the content of a generation."""
    return {name: f"{name} {number}" for name in (NAMES[:2] if number == 1 else NAMES)}


def hidden(store: Store) -> list[str]:
    """Return what is left over."""
    return [path.name for path in store.folder.glob(".*")]


def test_kill_at_every_step_loses_nothing(store: Store) -> None:
    """
    Whichever system call dies, the next change finds all files old or all new.

    Until then each single file is the old one or the new one, whole.
    """
    seen = set()
    for step in count(1):
        killed = end(start(partial(_killed_at, store, step)))
        for name, text in content(store).items():
            assert text in (f"{name} 1", f"{name} 2")
        with store.changing():
            pass
        now = content(store)
        assert now in (generation(1), generation(2))
        assert hidden(store) == []
        seen.add(now == generation(2))
        if not killed:
            break
        _back(store)
    assert seen == {False, True}


def _killed_at(store: Store, step: int) -> None:
    Steps(die, at=step, event=AUDITED)
    change(store, "2")


def _back(store: Store) -> None:
    for name in NAMES:
        store.path(name).unlink(missing_ok=True)
    for name in NAMES[:2]:
        store.path(name).write_text(f"{name} 1")


def test_kill_while_completing_loses_nothing(store: Store) -> None:
    """What is completed may be killed too, at every step, again and again."""
    for step in count(1):
        _back(store)
        _interrupt(store)
        killed = end(start(partial(_recover_killed_at, store, step)))
        with store.changing():
            pass
        assert content(store) == generation(2)
        if not killed:
            break


def _interrupt(store: Store) -> None:
    """Leave what a kill right after the decision leaves."""
    with store.changing() as staging:
        for name in NAMES:
            staging.place(name).path.write_text(f"{name} 2")
        staging.folder.rename(store.folder / DECIDED)


def _recover_killed_at(store: Store, step: int) -> None:
    Steps(die, at=step, event=AUDITED)
    with store.changing():
        pass


def test_what_somebody_wrote_in_between_is_kept(store: Store) -> None:
    """A file that was changed after an interruption is not overwritten, and both are named."""
    _interrupt(store)
    store.path("b").write_text("b by hand")
    with pytest.raises(SecretsError, match="was changed after") as error, store.changing():
        pass
    assert store.path("b").read_text() == "b by hand"
    assert (store.folder / DECIDED).is_dir()
    assert "compare both" in error.value.hint


def test_an_error_leaves_the_old_files(store: Store) -> None:
    """What was staged is gone, and nothing else is."""
    with pytest.raises(ZeroDivisionError), store.changing() as staging:  # noqa: PT012
        staging.place("a").path.write_text("half")
        1 / 0  # noqa: B018
    assert content(store) == generation(1)
    assert hidden(store) == []


def test_only_one_changes_at_a_time(store: Store) -> None:
    """The second waits for the first, and works on what it left."""
    order: list[str] = []

    def second() -> None:
        with store.changing():
            order.append("second")

    with store.changing():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_leftovers_of_others_are_cleared(store: Store) -> None:
    """What a killed run had staged and not decided counts for nothing."""
    (store.folder / f"{STAGED}-x").mkdir()
    (store.folder / f"{STAGED}-x" / "a.new.sops.yaml").write_text("half")
    change(store, "2")
    assert content(store) == generation(2)
    assert hidden(store) == []


def test_interruption_shows(store: Store) -> None:
    """Who only reads can tell that the files do not fit together."""
    assert not store.interrupted
    _interrupt(store)
    assert store.interrupted


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(store: Store) -> None:
    """Nothing changes."""
    store.folder.chmod(0o500)
    with pytest.raises(SecretsError, match="cannot be written"):
        change(store, "2")
    store.folder.chmod(0o700)
    assert content(store) == generation(1)


def test_hidden_files_are_no_secrets(store: Store) -> None:
    """A copy that is being edited is not taken for a Secret."""
    make_ignored(store.edited("a").parent)
    store.edited("a").write_text("x")
    assert store.names() == ["a", "b"]
