"""What is wrong is said in one or two lines that name the user's own, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.k8sgen.cli.faults import Fault, constructs, environments, services
from tests.projects import run, tree, write_project

FAULTS = (
    *services.PYTHON,
    *services.STACK,
    *services.VALUES,
    *constructs.CONSTRUCTS,
    *environments.VALUES,
    *environments.OVERRIDES,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_the_project_is_named_and_nothing_written(fault: Fault, root: Path) -> None:
    """Exit status 2, the exact message, nothing on standard output, and the old `dist/`."""
    write_project(root, fault.changes)
    before = tree(root / "dist")
    ran = run(root, "synth")
    assert ran.err == f"error: {fault.error}\n"
    assert (ran.status, ran.out) == (2, "")
    assert tree(root / "dist") == before
