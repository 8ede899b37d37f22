"""Environments that would meet in one cluster: `validate` finds them, and `synth` refuses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.projects import PRODUCTION, STAGING, WEB, run, tree, write_project

PRIORITY = 'priority=k8sgen.Priority(name="high", value=9),'
HERE, THERE = (f'cluster=k8sgen.Cluster(context="{name}"),' for name in ("here", "there"))
MEET = "staging and production would meet: both have the"
CLUSTERS = 'or name the clusters of both, if they are two: Cluster(context="…")'


def project(root: Path, staging: str, production: str = "") -> Path:
    """
    Write two environments with some settings more: those of staging in its seventh line.
    """
    changes: dict[str, str | bytes] = {
        "environments/staging.py": "import k8sgen\n"
        + STAGING.replace('name="staging", ', f'\n    name="staging",\n    {staging}\n    '),
        "environments/production.py": "import k8sgen\n"
        + PRODUCTION.replace('domain="example.com",', f'domain="example.com",{production}'),
    }
    return write_project(root, changes)


def with_manifest(root: Path, api_version: str, kind: str) -> Path:
    """
    Let the web service bring a manifest that is named the same in every environment.
    """
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "own"}}
    manifest = f'        k8sgen.Manifest(self, "own", {body})\n'
    (root / "services/web.py").write_text(f"import k8sgen\n{WEB}{manifest}")
    return root


@pytest.mark.parametrize(
    ("staging", "production", "thing", "hint"),
    [
        ('namespace="shop",', 'namespace="shop",', "Namespace shop", f"namespace, {CLUSTERS}"),
        ('namespace="production",', "", "Namespace production", f"namespace, {CLUSTERS}"),
        (
            f'domain="s.example.com", {PRIORITY}',
            PRIORITY.replace("9", "8"),
            "PriorityClass high",
            f"priority.name, {CLUSTERS}",
        ),
        ('domain="example.com",', "", "host www.example.com", "domain"),
        (f'namespace="shop", {HERE}', f'namespace="shop", {HERE}', "Namespace shop", "namespace"),
    ],
)
def test_what_both_would_have_is_refused(
    staging: str, production: str, thing: str, hint: str, tmp_path: Path
) -> None:
    """With the line of the setting: in `synth`, which writes nothing, and in `validate`."""
    root = project(tmp_path, staging, production)
    ran = run(root, "synth")
    assert (ran.status, ran.err) == (
        2,
        f"error: environments/staging.py:7: {MEET} {thing}\n  give one of them another {hint}\n",
    )
    assert not tree(root / "dist")
    ran = run(root, "validate")
    assert ran.status == 1
    assert f"environments/staging.py:7: error environments-meet [staging]\n  {MEET} {thing}\n" in (
        ran.out
    )


def test_programs_are_told_of_it(tmp_path: Path) -> None:
    """As of any finding, in JSON and in SARIF."""
    root = project(tmp_path, 'namespace="production",')
    (found,) = [
        each
        for each in json.loads(run(root, "validate", "--json").out)["staging"]["findings"]
        if each["rule"] == "environments-meet"
    ]
    assert (found["file"], found["line"]) == ("environments/staging.py", 7)
    assert found["resource"] == "Namespace/production"
    assert "environments-meet" in run(root, "validate", "--format", "sarif").out


@pytest.mark.parametrize("name", ["staging", "production"])
def test_one_environment_is_compared_with_what_dist_has_of_the_others(
    name: str, tmp_path: Path
) -> None:
    """They are not composed for it."""
    root = project(tmp_path, 'domain="s.example.com",')
    other = "production" if name == "staging" else "staging"
    assert run(root, "synth").status == 0
    before = tree(root / "dist")
    (root / f"environments/{name}.yaml").write_text(f"namespace: {other}\n")
    ran = run(root, "synth", name)
    assert ran.status == 2
    assert ran.err.startswith(
        f"error: environments/{name}.yaml:1: {name} and {other} (as it is in dist/) would meet: "
        f"both have the Namespace {other}\n"
    )
    assert tree(root / "dist") == before
    assert f"both have the Namespace {other}" in run(root, "validate", name).out


def test_a_damaged_overlay_of_another_environment_is_no_obstacle(tmp_path: Path) -> None:
    """Whoever writes that one is told of it."""
    root = project(tmp_path, 'domain="s.example.com",')
    assert run(root, "synth").status == 0
    for text in ("- - {", "resources: [1, {}]\n", "resources: [nowhere]\n", "[]", "1"):
        (root / "dist/overlays/production/kustomization.yaml").write_text(text)
        ran = run(root, "synth", "staging")
        assert (ran.status, ran.err) == (0, "")


def test_an_override_is_the_line_to_change(tmp_path: Path) -> None:
    """Where it sets the namespace."""
    root = project(tmp_path, 'domain="s.example.com",')
    (root / "environments/staging.yaml").write_text("# moved\nnamespace: production\n")
    assert run(root, "synth").err.startswith(f"error: environments/staging.yaml:2: {MEET}")


def test_the_namespace_of_other_pods_is_not_the_line_to_change(tmp_path: Path) -> None:
    """Settings of the same name are told apart by what they are part of."""
    pods = 'cluster=k8sgen.Cluster(scrapers=k8sgen.Pods(namespace="m")),'
    root = project(tmp_path, f'{pods}\n    namespace="production",')
    assert run(root, "synth").err.startswith(f"error: environments/staging.py:8: {MEET}")


def test_two_clusters_keep_environments_apart(tmp_path: Path) -> None:
    """All but their public hosts, which have one address each."""
    root = project(tmp_path, f'namespace="shop", {HERE}', f'namespace="shop", {THERE}')
    with_manifest(root, "rbac.authorization.k8s.io/v1", "ClusterRole")
    assert run(root, "synth").status == 0
    assert run(project(tmp_path, f'domain="example.com", {HERE}', THERE), "synth").err == (
        f"error: environments/staging.py:7: {MEET} host www.example.com\n"
        "  give one of them another domain\n"
    )


def test_the_hosts_of_two_machines_may_be_the_same(tmp_path: Path) -> None:
    """What ends in .localhost is the machine that asks; of one cluster it is one host."""
    local = 'domain="d.localhost", '
    production = PRODUCTION.replace('domain="example.com",', f"{local}{THERE}")
    root = project(tmp_path, f"{local}{HERE}")
    file = root / "environments/production.py"
    file.write_text(f"import k8sgen\n{production}")
    assert run(root, "synth").status == 0
    file.write_text(f"import k8sgen\n{production.replace('there', 'here')}")
    assert "both have the host www.d.localhost" in run(root, "synth").err


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
        ("cert-manager.io/v1", "ClusterIssuer"),
    ],
)
def test_a_cluster_scoped_resource_belongs_to_one_environment(
    api_version: str, kind: str, tmp_path: Path
) -> None:
    """Whatever namespace kustomize gives it: the second apply would overwrite the first."""
    root = with_manifest(project(tmp_path, 'domain="s.example.com",'), api_version, kind)
    assert run(root, "synth").err == (
        f"error: services/web.py:27: {MEET} {kind} own\n"
        f"  give one of them another name, {CLUSTERS}\n"
    )


def test_a_namespaced_resource_belongs_to_its_namespace(tmp_path: Path) -> None:
    """Each environment has its own."""
    root = with_manifest(project(tmp_path, 'domain="s.example.com",'), "v1", "ConfigMap")
    assert run(root, "synth").status == 0
