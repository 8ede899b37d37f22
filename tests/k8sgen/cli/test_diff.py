"""`diff`, as a user runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.k8sgen.repository import commit, git, repository
from tests.kubectl import fake_kubectl
from tests.projects import PRODUCTION, edited, run, write_project

IMAGE = edited("services/web.py", '"1.0.0"', '"1.1.0"')


@pytest.fixture(name="root")
def _root(root: Path) -> Path:
    repository(root)
    commit(root, "one")
    return root


def test_nothing_changed_is_exit_0(root: Path) -> None:
    """
    Each environment says that it does not differ.
    """
    ran = run(root, "diff")
    assert (ran.status, ran.out) == (0, "production: no difference\nstaging: no difference\n")


def test_a_change_of_code_shows_before_and_after_synth(root: Path) -> None:
    """
    What was committed counts: writing dist/ does not make the change go away.
    """
    write_project(root, IMAGE)
    before = run(root, "diff", "production")
    run(root, "synth")
    after = run(root, "diff", "production")
    assert before == after
    assert before.status == 1
    assert 'web:1.0.0" → "ghcr.io/example/web:1.1.0"' in before.out
    assert "rolls pods: its 3 pods are replaced while others serve" in before.out


def test_only_the_named_environment_is_shown(root: Path) -> None:
    """
    Without a name all are.
    """
    write_project(root, IMAGE)
    assert "staging" not in run(root, "diff", "production").out
    assert "staging" in run(root, "diff").out


def test_two_environments_are_compared(root: Path) -> None:
    """
    What it takes to make the one like the other; the namespace is no difference.
    """
    ran = run(root, "diff", "staging", "production")
    assert ran.status == 1
    assert ran.out.startswith("staging → production: ")
    assert "spec.replicas: 2 → 3" in ran.out
    assert "namespace:" not in ran.out


def test_a_commit_is_compared_without_its_code(root: Path) -> None:
    """
    Only its dist/ is read: code of then that does not even run does not matter.
    """
    broken = {"services/web.py": "this is not Python\n"}
    write_project(root, {**broken, **edited("environments/staging.py", "replicas=2", "replicas=1")})
    commit(root, "broken")
    write_project(root, IMAGE)
    commit(root, "mended")
    ran = run(root, "diff", "production", "--against", "HEAD~1")
    assert "1.1.0" in ran.out
    assert run(root, "diff", "--against", "nope").status == 2


def test_outside_a_repository_the_files_count(synthesized: Path, tmp_path: Path) -> None:
    """
    Without git the working tree's dist/ is what there is to compare with.
    """
    root = Path(shutil.copytree(synthesized, tmp_path / "bare"))
    assert run(root, "diff").status == 0
    write_project(root, IMAGE)
    assert run(root, "diff").status == 1


def test_an_environment_that_is_gone_is_shown(root: Path) -> None:
    """
    Its resources are removed, as far as the cluster prunes.
    """
    (root / "environments" / "staging.py").unlink()
    ran = run(root, "diff")
    assert ran.status == 1
    assert "- StatefulSet/cache" in ran.out


@pytest.mark.parametrize(
    ("level", "status"), [("rolls-pods", 1), ("may-interrupt", 0), ("none", 1), ("loses-data", 0)]
)
def test_a_gate_fails_from_its_level_on(root: Path, level: str, status: int) -> None:
    """
    `--fail-on` decides the exit status, not what is shown.
    """
    write_project(root, IMAGE)
    ran = run(root, "diff", "--fail-on", level)
    assert ran.status == status
    assert "1.1.0" in ran.out


def test_json_tells_programs_all(root: Path) -> None:
    """
    Each consequence with its field, each field with its values.
    """
    write_project(root, IMAGE)
    ran = run(root, "diff", "production", "--json")
    assert ran.out == run(root, "diff", "production", "--format", "json").out
    (environment,) = json.loads(ran.out)["environments"]
    (resource,) = environment["resources"]
    assert environment["level"] == "rolls-pods"
    assert (resource["kind"], resource["name"], resource["service"]) == ("Deployment", "web", "web")
    assert resource["fields"] == [
        {
            "field": "spec.template.spec.containers[web].image",
            "before": "ghcr.io/example/web:1.0.0",
            "after": "ghcr.io/example/web:1.1.0",
        }
    ]
    assert resource["consequences"][0]["level"] == "rolls-pods"


def test_markdown_is_a_comment(root: Path) -> None:
    """
    A table, and details that fold.
    """
    write_project(root, IMAGE)
    out = run(root, "diff", "--format", "markdown").out
    assert "| production |  |  |  |  | 1 |  |" in out
    assert "<details>" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["staging", "production", "--live"],
        ["--live", "--against", "HEAD"],
        ["nope"],
        ["staging", "nope"],
        ["--fail-on", "sometimes"],
    ],
)
def test_wrong_use_is_exit_2(root: Path, arguments: list[str]) -> None:
    """
    With a line that says what to do.
    """
    ran = run(root, "diff", *arguments)
    assert ran.status == 2
    assert ran.err


def test_a_cluster_is_read_through_kubectl(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    With --live what runs counts; here nothing does.
    """
    fake_kubectl(tmp_path, monkeypatch)
    ran = run(root, "diff", "staging", "--live")
    assert ran.status == 1
    assert "+ Deployment/web" in ran.out


def test_a_tag_is_compared_as_a_commit(root: Path) -> None:
    """
    A tag is a commit like any other.
    """
    git(root, "tag", "v1")
    changed = PRODUCTION.replace("replicas=3", "replicas=4")
    write_project(root, {"environments/production.py": changed})
    commit(root, "two")
    assert "spec.replicas: 3 → 4" in run(root, "diff", "--against", "v1").out
