"""What was written to `dist/` before, read without git and without composing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.evaluate import FILE, evaluate

DIST = "dist"
OVERLAYS = "overlays"


def on_disk(dist: Path) -> dict[str, str]:
    """Read the YAML files below *dist*, by their paths in it."""
    files = sorted(file for file in dist.rglob("*.yaml") if file.is_file())
    return {file.relative_to(dist).as_posix(): file.read_text("utf-8", "replace") for file in files}


def overlay(files: Mapping[str, str], name: str) -> list[Body]:
    """Build the overlay of an environment; empty where there is none."""
    folder = f"{OVERLAYS}/{name}"
    return evaluate(files, folder) if f"{folder}/{FILE}" in files else []
