"""Adds a recipient to `environments/<name>.yaml`, and changes nothing else in that file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from k8sgen.errors import Location, ProjectError

_KEY = "recipients"


def add_recipient(path: Path, recipient: str, *, present: Sequence[str], shown: Path) -> bool:
    """
    Add *recipient* to the file at *path*, or make the file.

    Args:
        present: The environment's recipients; those that no file lists are written too, because
            a list in the file replaces one in Python.
        shown: How the file is named in messages.

    Returns:
        Whether anything had to be changed.

    Raises:
        ProjectError: The file is written in a way that cannot be added to.
    """
    if recipient in present:
        return False
    text = path.read_text("utf-8") if path.exists() else ""
    changed = with_recipient(text, [*present, recipient], shown)
    new = path.with_name(f".{path.name}.new")
    new.write_text(changed, "utf-8")
    if path.exists():
        new.chmod(path.stat().st_mode & 0o777)
    new.replace(os.path.realpath(path))
    return True


def with_recipient(text: str, wanted: Sequence[str], shown: Path) -> str:
    """
    Return *text* with all *wanted* in its list of recipients; every other line stays.

    Raises:
        ProjectError: The list is written in a way that cannot be added to.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    old = yaml.safe_load(text) or {}
    found = _list(node)
    missing = [r for r in wanted if r not in (old.get(_KEY) or [])]
    if found is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        changed = f"{text}{gap}{_block(_KEY, missing)}"
    else:
        changed = _inserted(text, found, missing)
    expected = {**old, _KEY: [*(old.get(_KEY) or []), *missing]}
    if _load(changed) != expected:
        line = found.start_mark.line + 1 if found else 1
        problem = "the recipients are written in a way that k8sgen cannot add to"
        hint = f"add yourself: {', '.join(missing)}"
        raise ProjectError(problem, location=Location(shown, line), hint=hint)
    return changed


def _load(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _list(node: yaml.Node | None) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == _KEY), None)


def _inserted(text: str, node: yaml.Node, missing: Sequence[str]) -> str:
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        last = items[-1]
        end = text.find("\n", last.end_mark.index)
        head, tail = (text, "") if end < 0 else (text[:end], text[end + 1 :])
        indent = " " * node.start_mark.column
        lines = "".join(f"{indent}- {recipient}\n" for recipient in missing)
        return f"{head}\n{lines}{tail}"
    if items:
        at = items[-1].end_mark.index
        return f"{text[:at]}, {', '.join(missing)}{text[at:]}"
    start, end = node.start_mark.index, node.end_mark.index
    rest = text[end:].lstrip(" ").removeprefix("\n")
    return f"{text[:start].rstrip(' ')}\n{_lines(missing)}{rest}"


def _block(key: str, recipients: Sequence[str]) -> str:
    return f"{key}:\n{_lines(recipients)}"


def _lines(recipients: Sequence[str]) -> str:
    return "".join(f"  - {recipient}\n" for recipient in recipients)
