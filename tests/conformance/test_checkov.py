"""An independent scanner judges the rendered environments."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.project.compose import Composition
from tests.tools import tool

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / ".checkov.yaml"
SCANNED = ("staging", "production")


def skips() -> list[str]:
    """
    Return the checks that the committed list leaves out.
    """
    found: list[str] = yaml.safe_load(CONFIG.read_text("utf-8"))["skip-check"]
    return found


def scan(folder: Path, *options: str) -> dict[str, Any]:
    """
    Return checkov's report on the manifests in *folder*, where no settings of its own lie.
    """
    program = os.environ.get("CHECKOV") or tool("checkov")
    command = [program, "-d", str(folder), "--framework", "kubernetes", "-o", "json", "--compact"]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def rendered(
    compositions: Mapping[str, Composition], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """
    A folder with the flat manifests of both environments.
    """
    folder = tmp_path_factory.mktemp("rendered")
    for name in SCANNED:
        bodies = [resource.body for resource in compositions[name].resources]
        (folder / f"{name}.yaml").write_text(to_yaml(bodies), "utf-8")
    return folder


def test_every_skip_has_a_reason() -> None:
    """
    No check is left out without a comment above it.
    """
    text = CONFIG.read_text("utf-8")
    assert len(skips()) == len(re.findall(r"(?m)^  # .*\n  - CKV\w+$", text))


@pytest.mark.slow
def test_checkov_finds_nothing_else(rendered: Path) -> None:
    """
    Beyond the committed list no check fails, in staging or in production.
    """
    report = scan(rendered, "--config-file", str(CONFIG))
    failed = [f"{c['check_id']} {c['resource']}" for c in report["results"]["failed_checks"]]
    assert failed == []
    assert report["summary"]["passed"] > 1000


@pytest.mark.slow
def test_every_skip_is_needed(rendered: Path) -> None:
    """
    The committed list names no check that passes.
    """
    report = scan(rendered)
    failed = {check["check_id"] for check in report["results"]["failed_checks"]}
    assert set(skips()) == failed
