"""`why`, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import run, write_project

ROOT = Path(__file__).parents[3]
SCALED = "web:\n  replicas:\n    min_replicas: 2\n    max_replicas: 3\n"


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
    done = _why(
        root, "production", "deployment/web", ".spec.template.spec.containers[web].env[0].value"
    )
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
    A table of fields, values, places and settings.
    """
    ran = run(root, "why", "production", "Deployment/web")
    assert ran.status == 0
    rows = [line.split() for line in ran.out.splitlines()]
    image = "spec.template.spec.containers[web].image"
    (row,) = (row for row in rows if row[0] == image)
    assert row[1:3] == ['"ghcr.io/example/web:1.0.0"', "services/web.py:10"]
    assert " ".join(row[3:]) == "web.image.name, web.image.tag, web.image.digest"


def test_what_is_not_there_is_said_with_the_nearest(root: Path) -> None:
    """
    Exit 2, and the next step.
    """
    ran = run(root, "why", "production", "Deployment/wep")
    assert ran.status == 2
    assert "did you mean Deployment/web" in ran.err


def test_a_field_that_only_the_base_has_is_said_so(root: Path) -> None:
    """
    Where an environment takes a field away, the hint says what the base has.
    """
    write_project(root, {"environments/production.yaml": SCALED})
    ran = run(root, "why", "production", "Deployment/web", "spec.replicas")
    assert ran.status == 2
    assert "the base has it (1)" in ran.err
