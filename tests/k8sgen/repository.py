"""Git repositories of the tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.tools import missing

_IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")


def git(folder: Path, *arguments: str) -> None:
    """Run git in *folder*."""
    program = shutil.which("git")
    if program is None:
        missing("git", "apt-get install git")
    subprocess.run([str(program), "-C", str(folder), *_IDENTITY, *arguments], check=True)


def repository(folder: Path) -> None:
    """Start a repository in *folder*."""
    git(folder, "init", "-q", "-b", "main")


def commit(folder: Path, message: str) -> None:
    """Commit everything in *folder*."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)
