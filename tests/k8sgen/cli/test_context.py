"""Which cluster a command speaks to: the environment's, whatever kubectl's current one is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.projects import PRODUCTION, run, write_project

NAMED = PRODUCTION.replace(
    'domain="example.com",', 'domain="example.com",\n    cluster=Cluster(context="main"),'
).replace("import Compute", "import Cluster, Compute")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The arguments of every kubectl that was run."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\ncat > /dev/null\n')
    kubectl.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))  # it is found beside it
    return tmp_path / "asked"


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A project whose production names its cluster."""
    return write_project(tmp_path / "project", {"environments/production.py": NAMED})


def test_what_runs_is_read_where_the_environment_runs(named: Path, asked: Path) -> None:
    """By its context; else by the one that is asked for, or the current one."""
    run(named, "diff", "production", "--live")
    run(named, "diff", "staging", "--live", "--context", "other")
    run(named, "diff", "staging", "--live")
    lines = asked.read_text().splitlines()
    assert [line.partition(" get")[0] for line in lines] == [
        "--context main",
        "--context other",
        "get -f - --ignore-not-found -o json",
    ]


def test_secrets_are_written_where_the_environment_runs(named: Path, asked: Path) -> None:
    """No other context is taken for it."""
    assert run(named, "secrets", "apply", "production").status == 0
    assert asked.read_text().startswith("apply --server-side --field-manager=k8sgen --context=main")


def test_the_current_cluster_is_not_written_to_by_chance(named: Path, asked: Path) -> None:
    """Exit status 2, and kubectl is not asked."""
    ran = run(named, "secrets", "apply", "staging")
    assert ran.status == 2
    assert ran.err == (
        "error: staging does not name its cluster, and the current one may be another\n"
        "  set cluster=Cluster(context=…) in environments/staging.py, or pass --context\n"
    )
    assert not asked.exists()


@pytest.mark.parametrize(
    "command", [["secrets", "apply", "production"], ["diff", "production", "--live"]]
)
def test_another_cluster_than_the_environments_is_refused(
    command: list[str], named: Path, asked: Path
) -> None:
    """Exit status 2, whether it writes or reads."""
    ran = run(named, *command, "--context", "other")
    assert (ran.status, ran.err) == (
        2,
        "error: production runs at the context main, not other\n  leave out --context\n",
    )
    assert not asked.exists()
