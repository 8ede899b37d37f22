"""Environments that would meet in one cluster are refused, whoever asks first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import PRODUCTION, STAGING, run, tree, write_project

PRIORITY = 'priority=k8sgen.Priority(name="high", value=9),'
MEET = "give one of them another, or name two clusters: cluster=Cluster(context=…)"


def project(root: Path, staging: str, production: str = "") -> Path:
    """
    Write two environments with some settings more, each on a line of its own.
    """
    changes: dict[str, str | bytes] = {
        "environments/staging.py": "import k8sgen\n"
        + STAGING.replace('name="staging", ', f'\n    name="staging",\n    {staging}\n    '),
        "environments/production.py": "import k8sgen\n"
        + PRODUCTION.replace('domain="example.com",', f'domain="example.com",{production}'),
    }
    return write_project(root, changes)


@pytest.mark.parametrize(
    ("staging", "production", "problem"),
    [
        (
            'namespace="shop",',
            'namespace="shop",',
            f"the namespace shop is that of production too\n  {MEET}",
        ),
        (
            'namespace="production",',
            "",
            f"the namespace production is that of production too\n  {MEET}",
        ),
        (
            f'domain="s.example.com", {PRIORITY}',
            PRIORITY,
            f"the PriorityClass high is that of production too\n  {MEET}",
        ),
        (
            'domain="example.com",',
            "",
            "the host www.example.com is that of production too\n  give one of them another",
        ),
    ],
)
def test_what_both_would_write_is_refused(
    staging: str, production: str, problem: str, tmp_path: Path
) -> None:
    """In `synth`, which writes nothing, and in `validate`, with the line of the setting."""
    root = project(tmp_path, staging, production)
    for command in ("synth", "validate"):
        ran = run(root, command)
        assert (ran.status, ran.err) == (2, f"error: environments/staging.py:7: {problem}\n")
    assert not tree(root / "dist")


@pytest.mark.parametrize("name", ["staging", "production"])
def test_one_environment_is_compared_with_those_that_were_not_asked_for(
    name: str, tmp_path: Path
) -> None:
    """By their namespaces, without composing them."""
    root = project(tmp_path, 'namespace="shop",', 'namespace="shop",')
    for command in ("synth", "validate"):
        assert run(root, command, name).status == 2


def test_an_override_is_the_line_to_change(tmp_path: Path) -> None:
    """Where it sets the namespace."""
    root = project(tmp_path, 'domain="s.example.com",')
    (root / "environments/staging.yaml").write_text("# moved\nnamespace: production\n")
    assert run(root, "synth").err.startswith("error: environments/staging.yaml:2: the namespace")


def test_two_clusters_keep_environments_apart(tmp_path: Path) -> None:
    """All but their hosts, which have one address each."""
    here, there = (f'cluster=k8sgen.Cluster(context="{name}"),' for name in ("here", "there"))
    shared = f'namespace="shop", {here}'
    assert run(project(tmp_path, shared, f'namespace="shop", {there}'), "synth").status == 0
    assert run(project(tmp_path, shared, shared), "synth").status == 2
    one_host = run(project(tmp_path, f'domain="example.com", {here}', there), "synth")
    assert "the host www.example.com is that of production too" in one_host.err


def test_a_cluster_scoped_resource_belongs_to_one_environment(tmp_path: Path) -> None:
    """Those that services make too."""
    root = project(tmp_path, 'domain="s.example.com",')
    web = root / "services/web.py"
    role = """
        k8sgen.Manifest(self, "role", {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": "web"}, "rules": [],
        })
"""
    web.write_text(f"import k8sgen\n{web.read_text()}{role}")
    assert run(root, "synth").err == (
        f"error: environments/staging.py:6: ClusterRole/web is that of production too\n  {MEET}\n"
    )
