"""Which cluster a command speaks to: the environment's, whatever kubectl's current one is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kubectl import FakeKubectl, fake_kubectl
from tests.projects import PRODUCTION, run, write_project

NAMED = PRODUCTION.replace(
    'domain="example.com",', 'domain="example.com",\n    cluster=Cluster(context="main"),'
).replace("import Compute", "import Cluster, Compute")
LINE = "environments/production.py:9"


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    """A kubectl that knows two contexts, the wrong one of which is the current one."""
    return fake_kubectl(tmp_path, monkeypatch)


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A project whose production names its cluster."""
    return write_project(tmp_path / "project", {"environments/production.py": NAMED})


def test_what_runs_is_read_where_the_environment_runs(named: Path, kubectl: FakeKubectl) -> None:
    """By its context; else by the one that is asked for, or the current one by its name."""
    run(named, "diff", "production", "--live")
    run(named, "diff", "staging", "--live", "--context", "main")
    run(named, "diff", "staging", "--live")
    heads = [line.partition(" get")[0] for line in kubectl.asked]
    assert heads == ["--context main", "--context main", "--context other"]


def test_the_current_cluster_is_named_where_it_is_read(named: Path, kubectl: FakeKubectl) -> None:
    """On standard error, and in the JSON, where every cluster is."""
    ran = run(named, "diff", "--live", "--json")
    assert ran.err == "staging: read from kubectl's current context, other\n"
    found = json.loads(ran.out)["environments"]
    clusters = {each["name"]: each["context"] for each in found}
    assert clusters == {"production": "main", "staging": "other"}
    assert "context" not in json.loads(run(named, "diff", "--json").out)["environments"][0]


def test_in_a_pod_kubectl_needs_no_context(
    named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the cluster around it, where no kubeconfig has any context."""
    kubectl = fake_kubectl(tmp_path, monkeypatch, contexts=(), current="")
    ran = run(named, "diff", "staging", "--live")
    assert ran.err == "staging: read from what kubectl finds without context\n"
    assert kubectl.asked == ["get -f - --ignore-not-found --show-managed-fields -o json"]


def test_secrets_are_written_where_the_environment_runs(named: Path, kubectl: FakeKubectl) -> None:
    """Or where its environment does not name that, at the context that is asked for."""
    assert run(named, "secrets", "apply", "production").status == 0
    assert run(named, "secrets", "apply", "staging", "--context", "main").status == 0
    assert len(kubectl.asked) == 2
    assert all(line.startswith("--context main apply --server-side") for line in kubectl.asked)


@pytest.mark.parametrize(
    "command",
    [
        ["secrets", "apply", "staging"],
        ["secrets", "apply", "staging", "--dry-run"],
        ["secrets", "rotate", "staging", "--script", "steps.sh"],
        ["secrets", "rotate", "staging", "--steps"],
    ],
)
def test_the_current_cluster_is_not_written_to_by_chance(
    command: list[str], named: Path, kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2 with the line to write; kubectl is not asked, and nothing is written."""
    monkeypatch.chdir(named)
    ran = run(named, *command)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "error: environments/staging.py:4: staging does not name its cluster, "
        "and kubectl's current one may be another\n"
        '  write cluster=Cluster(context="…") there, or pass --context\n'
    )
    assert not kubectl.asked
    assert not (named / "steps.sh").exists()


@pytest.mark.parametrize(
    "command",
    [
        ["secrets", "apply", "production"],
        ["secrets", "rotate", "production"],
        ["diff", "production", "--live"],
        ["schemas", "pull", "production"],
    ],
)
def test_another_cluster_than_the_environments_is_refused(
    command: list[str], named: Path, kubectl: FakeKubectl
) -> None:
    """Exit status 2, whether it writes or reads."""
    ran = run(named, *command, "--context", "other")
    assert ran.status == 2
    assert ran.err == (
        f"error: {LINE}: production runs at the context 'main', not at 'other'\n"
        "  leave out --context\n"
    )
    assert not kubectl.asked


@pytest.mark.parametrize("command", [["secrets", "apply"], ["diff", "--live"], ["schemas", "pull"]])
def test_a_context_that_kubectl_does_not_know_is_refused(
    command: list[str], named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2 with the line that names it, and those that there are."""
    kubectl = fake_kubectl(tmp_path, monkeypatch, contexts=("dev", "other"))
    ran = run(named, *command, "production")
    assert (ran.status, ran.err) == (
        2,
        f"error: {LINE}: the kubeconfig has no context 'main'\n  known: dev, other\n",
    )
    asked = run(named, *command, "staging", "--context", "othr")
    assert asked.err == ("error: the kubeconfig has no context 'othr'\n  did you mean 'other'?\n")
    assert not kubectl.asked


def test_an_override_names_the_cluster_too(named: Path, kubectl: FakeKubectl) -> None:
    """Its line is the one to correct."""
    (named / "environments/staging.yaml").write_text("cluster:\n  context: mian\n")
    ran = run(named, "secrets", "apply", "staging")
    assert ran.err.startswith("error: environments/staging.yaml:2: the kubeconfig has no context")
    assert "did you mean 'main'?" in ran.err


def test_a_context_without_live_is_wrong_use(named: Path, kubectl: FakeKubectl) -> None:
    """Nothing is ignored in silence."""
    ran = run(named, "diff", "production", "--context", "main")
    assert ran.status == 2
    assert "--context chooses a cluster for --live alone" in ran.err
