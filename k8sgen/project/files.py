"""What a project's files say without being run, so that no Node is needed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from k8sgen.errors import ProjectError


def names(root: Path) -> list[str]:
    """Return the names of the environments, without loading anything."""
    files = sorted((root / "environments").glob("[!_]*.py"))
    return [file.stem.replace("_", "-") for file in files]


def environment_file(name: str) -> Path:
    """Return the file of an environment, from the project's directory; its stem is the variable."""
    return Path("environments", f"{name.replace('-', '_')}.py")


def configured_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders that pyproject.toml names."""
    file = root / "pyproject.toml"
    names = _setting(file) if file.is_file() else []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = "[tool.k8sgen] schemas is not a list of folders"
        hint = 'write for instance schemas = ["schemas"]'
        raise ProjectError(msg, location=Path(file.name), hint=hint)
    return tuple(root / name for name in names)


def _setting(file: Path) -> object:
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot be read: {error}"
        raise ProjectError(msg, location=Path(file.name), hint="correct the TOML") from None
    settings: Mapping[str, object] = found.get("tool", {}).get("k8sgen", {})
    return settings.get("schemas", [])
