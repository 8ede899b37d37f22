"""`diff --live` against a real API server, applied to in the ways that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from k8sgen.tools.kubectl import SERVER_SIDE
from tests.conformance.control_plane import VIEWER, api_server, kubeconfig
from tests.projects import run
from tests.tools import tool

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ZEROS = """\

        k8sgen.Manifest(self, "zeros", {
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
            "metadata": {"name": f"zeros-{scope.namespace_name}"},
            "value": 5, "globalDefault": False, "description": "",
        })
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an API server that asks for rights."""
    with api_server(tmp_path_factory.mktemp("cluster"), authorization="RBAC") as address:
        yield address


@pytest.fixture(name="root")
def _root(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product, with zero values in it; kubectl speaks to the API server."""
    config = tmp_path / "kubeconfig"
    kubeconfig(config, {"cluster": address}, current="cluster")
    monkeypatch.setenv("KUBECONFIG", str(config))
    root = tmp_path / "product"
    for folder in ("services", "environments"):
        shutil.copytree(ROOT / folder, root / folder)
    backend = root / "services/backend.py"
    text = backend.read_text("utf-8").replace("import attrs\n", "import attrs, k8sgen\n", 1)
    made = "        Deployment(self, Pod(container))\n"
    text = text.replace(
        '"LOG_LEVEL": settings.log_level', '"NOTHING": "", "LOG_LEVEL": settings.log_level'
    )
    assert '"NOTHING"' in text
    backend.write_text(text.replace(made, made + ZEROS), "utf-8")
    assert run(root, "synth").err == ""
    return root


def kubectl(*arguments: str) -> str:
    """Ask the cluster, as a person does."""
    command = [tool("kubectl"), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def apply(root: Path, options: Sequence[str]) -> None:
    """Apply production, the namespace first."""
    overlay = root / "dist/overlays/production"
    built = overlay / "built.yaml"
    built.write_text(kubectl("kustomize", str(overlay)), "utf-8")
    kubectl("delete", "namespace", "production", "--ignore-not-found", "--wait=false")
    kubectl("apply", *options, "-f", str(overlay / "platform/namespace-production.yaml"))
    kubectl("apply", *options, "-f", str(built))
    built.unlink()


def reasons(root: Path) -> tuple[int, dict[str, list[str]]]:
    """Return the exit status of the gate, and why each resource changes."""
    done = run(root, "diff", "production", "--live", "--json", "--fail-on", "widens-access")
    (environment,) = json.loads(done.out)["environments"]
    found: dict[str, list[str]] = {
        f"{resource['kind']}/{resource['name']}": [c["reason"] for c in resource["consequences"]]
        for resource in environment["resources"]
    }
    return done.status, found


@pytest.mark.parametrize(
    "options",
    [SERVER_SIDE, ("--server-side", "--force-conflicts"), ()],
    ids=["k8sgen", "server", "client"],
)
def test_what_was_applied_is_clean_and_what_it_loses_is_seen(
    root: Path, options: Sequence[str]
) -> None:
    """
    By whatever apply: zero values are no difference, and an Ingress that loses its TLS is one.
    """
    apply(root, options)
    assert reasons(root) == (0, {})
    overrides = root / "environments/production.yaml"
    overrides.write_text("cluster: {issuer: null, plain_http: true}\n", "utf-8")
    status, found = reasons(root)
    assert status == 1
    assert "api.example.com loses TLS" in found["Ingress/oathkeeper"]


def test_one_forbidden_kind_hides_nothing_else(
    root: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Who may read little sees what differs there, and is told what was not compared; status 2.
    """
    apply(root, SERVER_SIDE)
    resources = "statefulsets.apps,deployments.apps,configmaps,services"
    kubectl("create", "clusterrole", "some", "--verb=get", f"--resource={resources}")
    kubectl("create", "clusterrolebinding", "some", "--clusterrole=some", "--user=viewer")
    kubectl("scale", "--replicas=0", "statefulset/redis", "--namespace=production")
    kubectl("delete", "service/redis", "--namespace=production")
    config = tmp_path / "viewer"
    kubeconfig(config, {"cluster": address}, current="cluster", token=VIEWER)
    monkeypatch.setenv("KUBECONFIG", str(config))
    done = run(root, "diff", "production", "--live")
    assert done.status == 2
    assert "~ StatefulSet/redis" in done.out
    assert re.findall(r"\+ \S+", done.out) == ["+ Service/redis"]
    line = next(line for line in done.err.splitlines() if line.startswith("error: "))
    assert line.startswith("error: not compared, because kubectl may not read it: production: ")
    assert "production: PriorityClass/zeros-production" in line
    assert "ServiceAccount/redis" in line
