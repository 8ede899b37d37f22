"""git: what it knows about a project."""

from __future__ import annotations

import subprocess
from pathlib import Path

from k8sgen.tools.programs import find, require


def git(root: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
    """
    Run git in *root*, with *text* on its standard input.

    Raises:
        K8sgenError: There is no git.
    """
    command = [require("git"), "-C", str(root), *arguments]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=False)


def asked(root: Path, *arguments: str) -> str | None:
    """Return what git prints in *root*; `None` where it fails or is not there."""
    done = git(root, *arguments) if find("git") else None
    return done.stdout.decode("utf-8", "replace") if done and done.returncode == 0 else None
