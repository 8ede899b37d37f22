"""What many tests look at: the project itself, and each of its environments composed once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from k8sgen.tools import node

node.prepare()  # before any test module imports cdk8s

from k8sgen.project import project as projects  # noqa: E402
from k8sgen.project.compose import Composition  # noqa: E402
from k8sgen.project.project import Project  # noqa: E402
from tests.projects import compositions_of  # noqa: E402

ROOT = Path(__file__).parents[1]

os.fsync = lambda fd: None  # noqa: ARG005 - no test is about power cuts, and a disk is slow


@pytest.fixture(scope="session")
def project() -> Project:
    """
    The project of this repository.
    """
    return projects.load(ROOT)


@pytest.fixture(scope="session")
def compositions(project: Project) -> Mapping[str, Composition]:
    """
    The base and every environment, composed, by name.
    """
    return compositions_of(project)
