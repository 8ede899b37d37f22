"""`why` is right about all of production: an experiment of its own, through the override file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from environments.production import production
from k8sgen.changes.path import show
from k8sgen.why.body import Leaf, leaves
from services.stack import Environment
from tests.projects import run

ROOT = Path(__file__).parents[2]
TRIES: Mapping[str, list[Any]] = {
    "digest": [f"sha256:{'2' * 64}"],
    "tag": ["7.7.7"],
    "cpu": ["3", "15m", "700m"],
    "memory": ["3Gi", "24Mi", "700Mi", "40Gi"],
    "size": ["7Gi"],
    "class_name": ["another"],
    "log_level": ["error"],
    "eviction": ["volatile-lru"],
    "controller": ["nginx"],
    "kubernetes_version": ["1.35"],
    "pull_secret": ["pull"],
    "namespace": ["elsewhere"],
    "hsts": [3600],
    "clean_up": ["1 1 * * *"],
    "issuer": ["another"],
    "cidrs": [["11.0.0.0/8", "172.48.0.0/12", "192.169.0.0/16", "fd00::/8"]],
    "ports": [[442, 6442]],
    "protocol": ["UDP"],
    "labels": [{"k8s-app": "another"}, {"app.kubernetes.io/name": "another"}],
    "memory_utilization": [60],
    "cors_origins": [["https://another.example.com"]],
    "cors_headers": [["X-One", "X-Two"]],
    "hydra.metrics": [{"name": "nginx", "tag": "1"}],
    "scale_up": [{"pods": 2, "period": 60}],
    "scale_down": [{"pods": 2, "period": 60}],
    "hosts": [["api.example.com"]],
}
"""Other values by the end of a setting's name; for the rest see `_others`."""


def _settings(value: Any, base: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Return every setting with the values to try: the base's, and some that are new."""
    for field in attrs.fields(type(value)):
        inner = f"{path}.{field.name}" if path else field.name
        own = getattr(value, field.name)
        default = getattr(base, field.name) if base is not None else own
        if attrs.has(type(own)):
            alike = type(own) is type(default)
            if not alike:
                yield inner, [default]
            yield from _settings(own, default if alike else None, inner)
        else:
            yield inner, ([] if own == default else [default]) + _others(inner, own)


def _others(setting: str, value: Any) -> list[Any]:
    known = next((v for end, v in TRIES.items() if f".{setting}".endswith(f".{end}")), None)
    if known:
        return known
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, str):
        number = re.search(r"\d+", value)
        return [value.replace(number[0], str(int(number[0]) + 1), 1)] if number else [f"z{value}"]
    return []


def _differs(leaf: Leaf, other: Any) -> bool:
    """Return whether the field is otherwise in *other*, whose lists are searched for names."""
    for name, step in zip(leaf.path, leaf.steps, strict=True):
        if isinstance(step, int) and isinstance(other, list):
            wanted = name.strip("[]").split("/")[0]
            named = [
                each
                for each in other
                if isinstance(each, dict)
                and wanted in map(str, (each.get("name"), each.get("mountPath")))
            ]
            other = named[0] if named else other[step] if step < len(other) else None
        elif isinstance(step, str) and isinstance(other, dict) and step in other:
            other = other[step]
        else:
            return True
    return bool(other != leaf.value)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Return the fields that *after* has otherwise; a resource of a new name is the same one."""
    new = {title.partition("/")[0]: body for title, body in after.items() if title not in before}
    for title, body in before.items():
        other = after.get(title) or new.get(title.partition("/")[0])
        for leaf in leaves(body):
            if _differs(leaf, other):
                yield f"{title} {show(leaf.path)}"


@pytest.mark.slow
def test_each_setting_that_is_named_moves_the_field_and_no_other_does(tmp_path: Path) -> None:
    """
    Every field of every manifest in production, and every setting, by the override file.
    """
    root = tmp_path / "project"
    for folder in ("services", "environments"):
        shutil.copytree(ROOT / folder, root / folder)
    said = json.loads(run(root, "why", "production", "--json").out)
    named: dict[str, set[str]] = {}
    for answer in said:
        for setting in answer["settings"]:
            named.setdefault(setting, set()).add(f"{answer['resource']} {answer['field']}")
    tries = [
        (setting, value)
        for setting, values in _settings(production, Environment())
        for value in values
        if setting not in ("name", "recipients")
    ]
    unchanged = ("quota.pods", production.quota.pods)
    asked = {"root": str(root), "environment": "production", "overrides": [unchanged, *tries]}
    command = [sys.executable, "-m", "tests.k8sgen.experiments"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, cwd=ROOT
    )
    before, *after = json.loads(done.stdout)
    moved: dict[str, set[str]] = {}
    for (setting, _), bodies in zip(tries, after, strict=True):
        if isinstance(bodies, dict):
            moved.setdefault(setting, set()).update(_moved(before, bodies))
    assert len(moved) > 140
    assert named.pop("name")  # which no override can change
    assert named == {setting: fields for setting, fields in moved.items() if fields}
