"""The flat manifests of each service in each environment, as reviewers read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.project.compose import Composition
from k8sgen.project.files import names

ROOT = Path(__file__).parents[1]
FILES = sorted(file.stem for file in (ROOT / "services").glob("[!_]*.py"))
SERVICES = ["platform", *(name.replace("_", "-") for name in FILES if name != "stack")]


WRITE = "python -m pytest tests/test_snapshots.py --snapshot-update"


class YamlSnapshot(SingleFileSnapshotExtension):
    """One YAML file a service an environment."""

    file_extension = "yaml"
    _write_mode = WriteMode.TEXT


@pytest.mark.parametrize("environment", names(ROOT))
@pytest.mark.parametrize("service", SERVICES)
def test_manifests(
    service: str,
    environment: str,
    compositions: Mapping[str, Composition],
    snapshot: SnapshotAssertion,
) -> None:
    """The manifests of the service in the environment are the reviewed ones."""
    bodies = compositions[environment].groups()[service]
    reviewed = to_yaml(bodies) == snapshot(extension_class=YamlSnapshot)
    assert reviewed, f"review git diff after: {WRITE}"


@pytest.mark.parametrize("environment", names(ROOT))
def test_no_service_is_left_without_a_snapshot(
    environment: str, compositions: Mapping[str, Composition]
) -> None:
    """Everything that the environment applies stands in one of the snapshots."""
    assert set(compositions[environment].groups()) == set(SERVICES)
