"""A kubectl for want of a cluster: it knows some contexts, and answers all else as a test says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from k8sgen.tools import programs


@attrs.frozen
class FakeKubectl:
    """The program; it notes what it is asked."""

    path: Path

    @property
    def asked(self) -> list[str]:
        """The arguments of each run that meant a cluster."""
        notes = self.path.with_suffix(".asked")
        return notes.read_text("utf-8").splitlines() if notes.exists() else []


def fake_kubectl(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str = "cat > /dev/null",
    contexts: Sequence[str] = ("main", "other"),
    current: str = "other",
) -> FakeKubectl:
    """
    Put a kubectl into *folder*, and let k8sgen find it.

    Args:
        answer: The shell commands that it runs for a cluster.
    """
    known = {"contexts": [{"name": name} for name in contexts], "current-context": current}
    kubectl = folder / "kubectl"
    kubectl.parent.mkdir(parents=True, exist_ok=True)
    kubectl.write_text(f"""#!/bin/sh
case "$*" in "config view --output=json") echo '{json.dumps(known)}'; exit ;; esac
printf '%s\\n' "$*" >> "$0.asked"
{answer}
""")
    kubectl.chmod(0o755)
    find = programs.find
    found = {"kubectl": str(kubectl)}
    monkeypatch.setattr(programs, "find", lambda name: found.get(name) or find(name))
    return FakeKubectl(kubectl)
