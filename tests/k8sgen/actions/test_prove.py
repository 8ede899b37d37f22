"""The real kustomize is asked before anything is written."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from k8sgen.actions.prove import prove_with_kubectl
from k8sgen.actions.synth import Synthesis, synthesize
from k8sgen.errors import NotProvedError
from k8sgen.output.header import File
from k8sgen.project.project import load
from tests.projects import own_imports, write_project
from tests.tools import tool


@pytest.fixture
def synthesis(tmp_path: Path) -> Synthesis:
    """
    The files of the small project.
    """
    tool("kubectl")
    with own_imports():
        project = load(write_project(tmp_path))
        return synthesize(project, project)


def test_what_builds_as_composed_is_proved(synthesis: Synthesis) -> None:
    """Every overlay."""
    prove_with_kubectl(synthesis)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("overlays/production/web/kustomization.yaml", "count: 3", "count: 4"),
        ("base/web/service.yaml", "port: 8000", "port: 8001"),
        ("overlays/staging/kustomization.yaml", "- cache\n", ""),
    ],
)
def test_what_builds_otherwise_is_refused(
    synthesis: Synthesis, path: str, old: str, new: str
) -> None:
    """A wrong value, or a resource that is missing."""
    text = synthesis.files[path].text
    assert old in text
    file = File(text.replace(old, new), synthesis.files[path].source)
    spoilt = attrs.evolve(synthesis, files={**synthesis.files, path: file})
    with pytest.raises(NotProvedError):
        prove_with_kubectl(spoilt)
