"""The proof by the real kustomize, of files that are not written yet."""

from __future__ import annotations

import tempfile
from pathlib import Path

from k8sgen.actions.synth import Synthesis
from k8sgen.kustomize.build.kubectl import build, version
from k8sgen.tools.programs import require


def prove_with_kubectl(synthesis: Synthesis) -> str:
    """
    Build every overlay with `kubectl kustomize`, in a temporary folder.

    Returns:
        The version of that kustomize.

    Raises:
        K8sgenError: There is no kubectl.
        NotProvedError: An overlay does not come out as its environment.
    """
    kubectl = require("kubectl")
    with tempfile.TemporaryDirectory() as folder:
        for path, file in synthesis.files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.text, "utf-8")
        synthesis.require_proof(lambda overlay: build(Path(folder, overlay), kubectl=kubectl))
    return version(kubectl)
