"""The plaintext of an editor: in memory, and gone afterwards, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from k8sgen.secrets.files import memory
from k8sgen.secrets.files.memory import plain_folder, sweep
from k8sgen.secrets.rotation.editing import edit
from tests.k8sgen.output.processes import start
from tests.k8sgen.secrets.kit import Site
from tests.tools import tool

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

IN_MEMORY = memory.memory
EDITOR = """\
#!/bin/sh
echo $$ > {folder}/editor.pid
exec sleep 60
"""


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A folder in the place of the disk in memory.
    """
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(memory, "memory", lambda: folder)
    return folder


def test_it_is_in_memory_where_there_is_a_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it is the folder of temporary files."""
    there = Path("/dev/shm").is_dir()
    assert (IN_MEMORY() == Path("/dev/shm")) is there
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("tempfile.tempdir", "/somewhere")
    assert IN_MEMORY() == Path("/somewhere")


def test_only_its_user_can_read_it(disk: Path) -> None:
    """And it is removed at the end."""
    with plain_folder() as plain:
        assert plain.path.parent == disk
        assert plain.path.stat().st_mode & 0o777 == 0o700
    assert list(disk.iterdir()) == []


def edit_web(site: Site) -> None:
    """Edit the Secret of the client."""
    edit(site.store, "web")


def wait_for(path: Path) -> str:
    """Return what the file at *path* comes to hold."""
    for _ in range(500):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    pytest.fail(f"there is no {path}")


def test_a_killed_edit_leaves_nothing_for_long(
    ready: Site, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    While its editor is at work the next command leaves it alone, and then removes it.
    """
    script = tmp_path / "editor"
    script.write_text(EDITOR.format(folder=tmp_path))
    script.chmod(0o755)
    monkeypatch.setenv("SOPS_EDITOR", str(script))
    pid = start(partial(edit_web, ready))
    editor = int(wait_for(tmp_path / "editor.pid"))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    plain = [path for path in disk.rglob("*") if path.is_file() and path.stat().st_size]
    assert ready.values()["web/session"] in "".join(path.read_text() for path in plain)
    sweep()
    assert plain[0].exists()
    os.kill(editor, signal.SIGKILL)
    for _ in range(500):
        sweep()
        if not list(disk.iterdir()):
            break
        time.sleep(0.02)
    assert list(disk.iterdir()) == []


def test_git_takes_nothing_that_a_killed_edit_leaves(
    ready: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The encrypted copy, with which the next edit goes on, is no file to commit."""
    script = tmp_path / "editor"
    script.write_text(EDITOR.format(folder=tmp_path))
    script.chmod(0o755)
    monkeypatch.setenv("SOPS_EDITOR", str(script))
    git(ready.root, "init", "--quiet")
    git(ready.root, "add", "--all")
    before = git(ready.root, "ls-files")
    pid = start(partial(edit_web, ready))
    editor = int(wait_for(tmp_path / "editor.pid"))
    for each in (pid, editor):
        os.kill(each, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert ready.store.edited("web").exists()
    git(ready.root, "add", "--all")
    assert git(ready.root, "ls-files") == before


def git(root: Path, *arguments: str) -> str:
    """Run git in *root*."""
    return subprocess.run(
        [tool("git"), *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout
