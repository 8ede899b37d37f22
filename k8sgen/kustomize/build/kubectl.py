"""The real kustomize, as every kubectl has it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.yaml import from_yaml
from k8sgen.kustomize.build.errors import BuildError


def build(folder: Path, *, kubectl: str) -> list[Body]:
    """
    Build the kustomization in *folder* with `kubectl kustomize`.

    Args:
        folder: Holds a kustomization.yaml.
        kubectl: The program.

    Raises:
        BuildError: kustomize refuses; carries what it says.
    """
    run = subprocess.run(
        [kubectl, "kustomize", str(folder)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode != 0:
        raise BuildError(f"kubectl kustomize {folder} fails: {run.stderr.strip()}")
    return from_yaml(run.stdout)


def version(kubectl: str) -> str:
    """Return the version of the kustomize in *kubectl*, as in "5.8.1"."""
    command = [kubectl, "version", "--client", "--output=json"]
    run = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return str(json.loads(run.stdout)["kustomizeVersion"]).removeprefix("v")
