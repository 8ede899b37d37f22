"""`why`, as a user runs it: in a process of its own, for it loads everything anew."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.projects import run, write_project

ROOT = Path(__file__).parents[3]


@pytest.fixture(name="root", scope="module")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    write_project(root, {"environments/production.yaml": "web:\n  log_level: debug\n"})
    assert run(root, "synth").status == 0
    return root


def _why(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "k8sgen", "--project", str(root), "why", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_chain_is_told_line_by_line(root: Path) -> None:
    """
    Default, override, code and output, an arrow at what decides.
    """
    started = time.monotonic()
    done = _why(
        root, "production", "deployment/web", ".spec.template.spec.containers[web].env[0].value"
    )
    assert time.monotonic() - started < 3
    lines = done.stdout.splitlines()
    assert lines[0] == 'spec.template.spec.containers[web].env[LOG_LEVEL].value: "debug"'
    assert lines[1].split() == [
        *("services/web.py:11", "default", "web.log_level", "=", "'info'"),
    ]
    assert lines[2].split()[:3] == ["→", "environments/production.yaml:2", "override"]
    assert lines[-1].split() == [
        "dist/overlays/production/web/deployment.patch.yaml:"
        + lines[-1].split()[0].rpartition(":")[2],
        "output",
    ]


def test_without_a_field_all_are_listed(root: Path) -> None:
    """
    A table of fields, values and places.
    """
    done = _why(root, "production", "Service/web")
    assert done.returncode == 0
    assert "spec.ports[8000/TCP].port" in done.stdout
    assert "services/web.py:5" in done.stdout


def test_what_is_not_there_is_said_with_the_nearest(root: Path) -> None:
    """
    Exit 2, and the next step.
    """
    done = _why(root, "production", "Deployment/wep")
    assert done.returncode == 2
    assert "did you mean Deployment/web" in done.stderr
