"""The path of a field in a manifest; a list's item is a step in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

Path: TypeAlias = tuple[str, ...]
"""Field names, and `[name]` for the item of a list."""

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")


def item(label: object) -> str:
    """Return the step to a list's item."""
    return f"[{label}]"


def is_item(step: str) -> bool:
    """Return whether *step* leads to a list's item."""
    return step.startswith("[")


def show(path: Sequence[str]) -> str:
    """Write a path as `spec.template.spec.containers[backend].image`."""
    text = ""
    for step in path:
        if is_item(step):
            text += step
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def parse(pattern: str) -> Path:
    """Read a pattern such as `spec.template.spec.containers[].image`; `[]` is any item."""
    return tuple(pattern.replace("[]", ".[]").split(".")) if pattern else ()


def related(path: Path, pattern: Path) -> bool:
    """Return whether one of the two leads to, or through, the other."""
    return all(_fits(step, want) for step, want in zip(path, pattern, strict=False))


def within(path: Path, pattern: Path) -> bool:
    """Return whether *path* is what *pattern* names, or below it."""
    return len(path) >= len(pattern) and related(path, pattern)


def _fits(step: str, want: str) -> bool:
    return want in ("*", step) or (want == "[]" and is_item(step))
