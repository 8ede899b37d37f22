"""What the user's code prints does not reach standard output, which holds the answer alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.k8sgen.repository import commit, repository
from tests.projects import FILES, edited, run, tree, write_project

PRINTS = """\
import subprocess
import sys

import click

print("while it is imported")
click.echo("through click")
subprocess.run([sys.executable, "-c", "print('from a program')"], check=True)
"""
MADE = "super().__init__(scope, settings, given=[cache])"
LATER = """
    def labels(self, *arguments: str) -> dict[str, str]:
        print("when it is asked")
        return super().labels(*arguments)
"""
WEB = FILES["services/web.py"].replace(MADE, f'{MADE}; print("while it is made")') + LATER
DOMAIN = 'domain: str = attrs.field(default="example.localhost", validator=host_name)'
LOUD: dict[str, str | bytes] = {
    "services/web.py": WEB + PRINTS,
    **edited(
        "services/stack.py",
        DOMAIN,
        f"{DOMAIN}\n\n"
        "    @domain.validator\n"
        "    def _is_told(self, attribute: object, value: str) -> None:\n"
        '        print("while it is checked")',
    ),
}


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The small project, and the same one whose code prints, each written and committed."""
    found = []
    for changes in ({}, LOUD):
        root = write_project(tmp_path_factory.mktemp("project"), changes)
        (root / "environments/staging.yaml").write_text("web:\n  log_level: debug\n")
        assert run(root, "synth").status == 0
        repository(root)
        commit(root, "one")
        found.append(root)
    assert tree(found[0] / "dist") == tree(found[1] / "dist")
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "staging"),
        ("render", "staging", "-o", "json"),
        ("synth", "--check", "--json"),
        ("list", "--json"),
        ("graph", "staging", "--json"),
        ("validate", "--json"),
        ("diff", "staging", "production", "--json"),
        ("affected", "--since", "HEAD", "--matrix"),
        ("report", "--check", "--json"),
        ("secrets", "status", "staging", "--json"),
        ("secrets", "check", "staging", "--json"),
        ("why", "staging", "Deployment/web", "spec.replicas", "--json"),
    ],
)
def test_what_a_service_prints_goes_to_standard_error(
    arguments: tuple[str, ...], roots: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """The answer is the same as without it, whenever the code is called."""
    quiet, loud = (run(root, *arguments) for root in roots)
    assert (loud.status, _placed(loud.out)) == (quiet.status, _placed(quiet.out))
    assert "while it is imported\nthrough click\n" in loud.err
    assert "while it is checked\n" in loud.err
    out, err = capfd.readouterr()
    assert (out, err.splitlines()[0]) == ("", "from a program")


def _placed(out: str) -> str:
    """Return what was printed but for lines of the stack, which the louder one has more of."""
    return "\n".join(line for line in out.splitlines() if '"line"' not in line)
