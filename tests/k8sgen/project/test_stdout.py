"""What the user's code prints does not reach standard output, which holds the answer alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import FILES, run, write_project

PRINTS = """\
import subprocess
import sys

import click

print("while it is imported")
click.echo("through click")
subprocess.run([sys.executable, "-c", "print('from a program')"], check=True)
"""
MADE = "super().__init__(scope, settings, given=[cache])"
WEB = FILES["services/web.py"].replace(MADE, f'{MADE}; print("while it is made")')
LOUD: dict[str, str | bytes] = {"services/web.py": WEB + PRINTS}


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "staging"),
        ("list", "--json"),
        ("graph", "staging", "--json"),
        ("validate", "--json"),
        ("secrets", "status", "staging", "--json"),
        ("why", "staging", "Deployment/web", "spec.replicas", "--json"),
    ],
)
def test_what_a_service_prints_goes_to_standard_error(
    arguments: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The answer is the same as without it, byte for byte."""
    quiet = run(write_project(tmp_path / "quiet"), *arguments)
    loud = run(write_project(tmp_path / "loud", LOUD), *arguments)
    assert (loud.status, loud.out) == (quiet.status, quiet.out)
    assert "while it is imported\nthrough click\n" in loud.err
    assert capfd.readouterr() == ("", "from a program\n")
