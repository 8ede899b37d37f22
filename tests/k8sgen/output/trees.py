"""Trees for the tests of the output folder: generated, foreign, and read back whole."""

from __future__ import annotations

import os
from pathlib import Path

from k8sgen.output.header import File, with_header

UNMANAGED = {
    "README.md": b"# By hand\n",
    "overlays/local/notes.txt": b"kept\n",
    "secrets/local/backend.sops.yaml": b"password: ENC[AES256_GCM,data:x]\nsops: {}\n",
    # SOPS leaves comments readable where it is told to: a header, and even one that fits, means
    # nothing here.
    "secrets/local/hydra.sops.yaml": with_header("a.yaml", File("system: x\n", "a.py")).encode(),
}


def everything(_: str) -> bool:
    """Own the whole tree."""
    return True


def generation(number: int, *, count: int = 96) -> dict[str, File]:
    """
    Return a tree of about *count* files; another *number* gives other files and other texts.
    """
    files = {
        f"base/service{i % 7}/file{i}.yaml": File(f"a: {i}\n", f"services/service{i % 7}.py")
        for i in range(count // 2)
    }
    for i in range(count // 2):
        path = f"overlays/env{number}/service{i % 7}/file{i}.yaml"
        files[path] = File(f"generation: {number}\n" * 50, "environments/production.py")
    files["base/kustomization.yaml"] = File(f"generation: {number}\n", "services/stack.py")
    files["scripts/run.sh"] = File(f"#!/bin/sh\necho {number}\n", "services/stack.py", True)
    files["charts/values.json"] = File(f'{{"generation": {number}}}\n', "services/stack.py")
    return files


def put(dist: Path, files: dict[str, bytes]) -> None:
    """
    Write *files* as somebody else would.
    """
    for path, content in files.items():
        (dist / path).parent.mkdir(parents=True, exist_ok=True)
        (dist / path).write_bytes(content)


def content(dist: Path) -> dict[str, bytes]:
    """
    Read the whole tree: files, links and folders, with what can be executed.
    """
    found: dict[str, bytes] = {}
    for place in sorted(dist.rglob("*")):
        path = place.relative_to(dist).as_posix()
        if place.is_symlink():
            found[path] = b"-> " + os.fsencode(place.readlink())
        elif place.is_dir():
            found[path] = b"a folder"
        else:
            found[path] = place.read_bytes() + (b"x" if os.access(place, os.X_OK) else b"")
    return found


def beside(dist: Path) -> list[str]:
    """
    Name what stands beside the tree: a run must leave nothing there.
    """
    return sorted(place.name for place in dist.parent.iterdir() if place != dist)
