"""
What the library's tests look at: the shop, a project of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import settings

from k8sgen.project.compose import Composition
from k8sgen.project.project import Project, load
from tests.projects import SHOP, compositions_of, own_imports

settings.register_profile("k8sgen", deadline=None)  # a slow machine is not a counterexample
settings.load_profile("k8sgen")


@pytest.fixture(scope="session")
def project() -> Project:
    """
    The shop.
    """
    with own_imports():
        return load(SHOP)


@pytest.fixture(scope="session")
def compositions(project: Project) -> Mapping[str, Composition]:
    """
    The base and every environment of the shop, composed, by name.
    """
    with own_imports():
        return compositions_of(project)
