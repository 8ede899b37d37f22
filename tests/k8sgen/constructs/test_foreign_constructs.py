"""Any cdk8s construct works inside a service, in the base and in every overlay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from k8sgen.project.compose import Composition
from tests.projects import FILES, compositions, run, tree, write_project
from tests.tools import tool

WEB = (
    FILES["services/web.py"]
    + """\
        Worker(self, settings)
        Monitor(self, settings)
        Own(self, settings)


class Worker(constructs.Construct):
    def __init__(self, scope: Web, settings: WebSettings) -> None:
        super().__init__(scope, "worker")
        config = kplus.ConfigMap(self, "config", data={"level": settings.log_level})
        worker = kplus.Deployment(self, "deployment", replicas=settings.replicas)
        worker.add_container(
            image=str(settings.image),
            port=9000,
            env_variables={"LEVEL": kplus.EnvValue.from_config_map(config, "level")},
        )
        worker.expose_via_ingress("/worker")


class Monitor(constructs.Construct):
    def __init__(self, scope: Web, settings: WebSettings) -> None:
        super().__init__(scope, "monitor")
        monitor = cdk8s.ApiObject(
            self,
            "monitor",
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=cdk8s.ApiObjectMetadata(name="web"),
        )
        endpoints = [{"port": "http", "interval": f"{settings.replicas}0s"}, {"port": "admin"}]
        spec = {"selector": {"matchLabels": scope.selector()}, "endpoints": endpoints}
        monitor.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
        monitor.metadata.add_label("release", "prometheus")
        cdk8s.ApiObject(
            self, "issuer", api_version="cert-manager.io/v1", kind="ClusterIssuer"
        ).add_json_patch(cdk8s.JsonPatch.add("/spec", {"selfSigned": {}}))
        cdk8s.ApiObject(
            self, "role", api_version="rbac.authorization.k8s.io/v1", kind="ClusterRole"
        ).add_json_patch(cdk8s.JsonPatch.add("/rules", []))


class Own(constructs.Construct):
    def __init__(self, scope: Web, settings: WebSettings) -> None:
        super().__init__(scope, "own")
        body = {"apiVersion": "example.com/v1", "kind": "Report", "metadata": {"name": "web"}}
        report = Manifest(self, "report", {**body, "spec": {"replicas": lambda: settings.replicas}})
        report.add_json_patch(cdk8s.JsonPatch.add("/spec/level", settings.log_level))
        report.metadata.add_label("team", "web")
        report.metadata.add_annotation("note", "kept")
        report.metadata.add_finalizers("example.com/report")
"""
)
IMPORTS = "import attrs\nimport cdk8s\nimport cdk8s_plus_33 as kplus\nimport constructs\n"
LIBRARY = "from k8sgen import Deployment,"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The small project with foreign constructs in a service, and its `dist/`.
    """
    web = WEB.replace("import attrs\n", IMPORTS).replace(LIBRARY, f"{LIBRARY} Manifest,")
    two_clusters = {}
    for name in ("production", "staging"):
        file, here = f"environments/{name}.py", f'cluster=k8sgen.Cluster(context="{name}"),'
        text = FILES[file].replace(f'name="{name}",', f'name="{name}", {here}')
        two_clusters[file] = f"import k8sgen\n{text}"
    made = write_project(
        tmp_path_factory.mktemp("foreign"), {"services/web.py": web, **two_clusters}
    )
    ran = run(made, "synth")
    assert (ran.status, ran.err) == (0, "")
    return made


@pytest.fixture(scope="module")
def composed(root: Path) -> Mapping[str, Composition]:
    """
    Its base and its environments.
    """
    return compositions(root)


def bodies(composition: Composition, kind: str, part: str) -> list[dict[str, Any]]:
    """
    Find the manifests of *kind* below the construct *part* of the service.
    """
    return [
        resource.body
        for resource in composition.resources
        if resource.body["kind"] == kind and resource.path.startswith(f"stack/web/{part}/")
    ]


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_construct_paths_are_those_of_the_base(
    composed: Mapping[str, Composition], environment: str
) -> None:
    """And so is all that a construct derives from its path: names, addresses, selectors."""
    base, other = (
        {r.path: r for r in composed[name].resources if r.service == "web"}
        for name in ("base", environment)
    )
    foreign = [path for path in base if path.startswith(("stack/web/worker", "stack/web/monitor"))]
    assert len(foreign) == 7
    for path in foreign:
        assert other[path].body["metadata"]["name"] == base[path].body["metadata"]["name"]
    (of_base,), (of_other,) = (
        bodies(composed[name], "Deployment", "worker") for name in ("base", environment)
    )
    assert of_other["spec"]["selector"] == of_base["spec"]["selector"]
    assert list(of_base["spec"]["selector"]["matchLabels"]) == ["cdk8s.io/metadata.addr"]


def test_each_names_the_line_that_makes_it(composed: Mapping[str, Composition], root: Path) -> None:
    """And so do the manifests that it makes in turn, not the line of the service."""
    lines = (root / "services/web.py").read_text("utf-8").splitlines()
    made = {
        resource.path: lines[resource.trace[0].line - 1].strip()
        for resource in composed["base"].resources
        if resource.service == "web"
    }
    for path, start in {
        "stack/web/worker/config": "config = kplus.ConfigMap(",
        "stack/web/worker/deployment": "worker = kplus.Deployment(",
        "stack/web/monitor/monitor": "monitor = cdk8s.ApiObject(",
    }.items():
        (line,) = {text for place, text in made.items() if place.startswith(path)}
        assert line.startswith(start), path


def test_a_setting_reaches_them(composed: Mapping[str, Composition]) -> None:
    """They are synthesized as our own are."""
    (worker,) = bodies(composed["production"], "Deployment", "worker")
    (monitor,) = bodies(composed["production"], "ServiceMonitor", "monitor")
    assert worker["spec"]["replicas"] == 3
    assert monitor["spec"]["endpoints"][0]["interval"] == "30s"


def test_they_get_the_namespace_and_the_common_labels(
    composed: Mapping[str, Composition],
) -> None:
    """Beside labels of their own."""
    (monitor,) = bodies(composed["staging"], "ServiceMonitor", "monitor")
    assert monitor["metadata"]["namespace"] == "staging"
    assert monitor["metadata"]["labels"] == {
        "app.kubernetes.io/name": "web",
        "release": "prometheus",
        "app.kubernetes.io/part-of": "example",
        "app.kubernetes.io/managed-by": "k8sgen",
        "app.kubernetes.io/instance": "staging",
    }


def test_only_what_kustomize_knows_to_be_the_clusters_has_no_namespace(
    composed: Mapping[str, Composition],
) -> None:
    """A custom resource of the cluster gets one as kustomize gives it; API servers ignore that."""
    (role,) = bodies(composed["staging"], "ClusterRole", "monitor")
    (issuer,) = bodies(composed["staging"], "ClusterIssuer", "monitor")
    assert "namespace" not in role["metadata"]
    assert issuer["metadata"]["namespace"] == "staging"


def test_our_manifests_have_the_habits_of_theirs(composed: Mapping[str, Composition]) -> None:
    """`add_json_patch`, `metadata.add_label` and their like work on a `Manifest` too."""
    (report,) = bodies(composed["production"], "Report", "own")
    assert report["spec"] == {"replicas": 3, "level": "info"}
    assert report["metadata"]["labels"]["team"] == "web"
    assert report["metadata"]["annotations"] == {"note": "kept"}
    assert report["metadata"]["finalizers"] == ["example.com/report"]


def test_the_real_kustomize_builds_them_as_composed(root: Path) -> None:
    """`synth --prove` asks kubectl; synth itself has evaluated the overlays before."""
    tool("kubectl")
    before = tree(root / "dist")
    ran = run(root, "synth", "--prove")
    assert (ran.status, ran.err) == (0, "")
    assert tree(root / "dist") == before
