"""The shop: what a product team writes without a way around the library, as real tools see it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conformance.control_plane import api_server, kubeconfig
from tests.projects import SHOP, compositions, run, shop
from tests.tools import shared, tool

SOURCES = sorted(SHOP.rglob("*.py"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shop, synthesized."""
    root = shop(tmp_path_factory.mktemp("product") / "shop")
    assert run(root, "synth").status == 0
    return root


def test_it_needs_no_way_around() -> None:
    """No network policy is written by hand, and nothing is waived."""
    text = "".join(file.read_text("utf-8") for file in SOURCES)
    assert "NetworkPolicy" not in text
    assert "waive" not in text


def test_nothing_is_found_in_it(project: Path) -> None:
    """Neither an error nor a warning, with the schemas of its custom resources."""
    shared("K8SGEN_SCHEMAS")
    checked = run(project, "validate", "--strict")
    assert (checked.status, checked.err) == (0, "")


def test_its_overlays_are_what_kustomize_builds(project: Path) -> None:
    """The real one, resource by resource."""
    tool("kubectl")
    proved = run(project, "synth", "--check", "--prove")
    assert (proved.status, proved.err) == (0, "")
    assert proved.out.count("resources, proved") == 2


def test_a_database_of_a_provider_takes_the_place_of_our_own(project: Path) -> None:
    """In one environment there is a server, in the other an address and a password from outside."""
    kinds = {
        name: {(r.service, r.body["kind"]) for r in composition.resources}
        for name, composition in compositions(project).items()
    }
    assert ("postgres", "StatefulSet") in kinds["staging"]
    assert "postgres" not in {service for service, _ in kinds["production"]}
    egress = [
        rule
        for resource in compositions(project)["production"].resources
        if resource.path == "stack/catalog/network-policy"
        for rule in resource.body["spec"]["egress"]
    ]
    assert {
        "to": [{"ipBlock": {"cidr": "10.20.0.0/24"}}],
        "ports": [{"protocol": "TCP", "port": 5432}],
    } in egress
    stub = (project / "dist/secrets/production/catalog.stub.yaml").read_text("utf-8")
    assert "the URL of the database at shop.db.example.net:5432" in str(yaml.safe_load(stub))


def test_two_services_use_each_other(project: Path) -> None:
    """The address that comes later is in the variable that was declared before."""
    (catalog,) = [
        resource.body
        for resource in compositions(project)["staging"].resources
        if resource.path == "stack/catalog/deployment"
    ]
    (container,) = catalog["spec"]["template"]["spec"]["containers"]
    assert {"name": "SEARCH_URL", "value": "search:9090"} in container["env"]


def test_the_picture_shows_what_is_outside(project: Path) -> None:
    """And both directions of an edge, in Mermaid and in SVG."""
    mermaid = run(project, "graph", "production").out
    for line in (
        '(["<b>mail</b><br/>smtp.example.com"])',
        'service_storefront -->|"587"| service_mail',
        'service_catalog -->|"grpc 9090"| service_search',
        'service_search -->|"http 8000"| service_catalog',
    ):
        assert line in mermaid
    svg = run(project, "graph", "production", "--format", "svg").out
    assert "uses catalog (http 8000)" in svg
    assert "shop.db.example.net" in svg


@pytest.mark.slow
def test_an_api_server_takes_it_and_sees_no_change_the_second_time(
    project: Path, tmp_path: Path
) -> None:
    """Without a warning; what is applied is what it stores."""
    kubectl = tool("kubectl")
    config = tmp_path / "kubeconfig"

    def ask(*arguments: str) -> str:
        command = [kubectl, "--kubeconfig", str(config), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    with api_server(tmp_path) as address:
        kubeconfig(config, {"shop": address}, current="shop")
        folder = f"--kustomize={project / 'dist/overlays/staging'}"
        resources = len(compositions(project)["staging"].resources)
        for _ in range(2):
            applied = ask("apply", "--server-side", folder)
            assert applied.count("serverside-applied") == resources
        assert ask("diff", "--server-side", folder) == ""
