"""The published definitions of well-known custom resources, and Kubernetes' own schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rules.schemas import schema, schema_missing
from k8sgen.checks.schemas import custom
from k8sgen.checks.schemas.validator import Validator
from tests.k8sgen.checks.sound import Body, context
from tests.tools import shared

ENDPOINT = {"port": "http", "interval": "30s"}
SPECS: dict[tuple[str, str], Body] = {
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {
        "selector": {"matchLabels": {"app": "web"}}, "endpoints": [ENDPOINT]},
    ("cert-manager.io/v1", "Certificate"): {
        "secretName": "tls", "dnsNames": ["a.example.com"],
        "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"}},
    ("traefik.io/v1alpha1", "Middleware"): {"headers": {"sslRedirect": True}},
    ("velero.io/v1", "Schedule"): {
        "schedule": "0 3 * * *", "template": {"includedNamespaces": ["shop"], "ttl": "720h0m0s"}},
    ("argoproj.io/v1alpha1", "AppProject"): {"sourceRepos": ["*"], "description": "shop"},
    ("networking.istio.io/v1", "Sidecar"): {"egress": [{"hosts": ["./*"]}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Path:
    """
    The folder of schemas.
    """
    return shared("K8SGEN_SCHEMAS")


def _issues(folder: Path, key: tuple[str, str], spec: Body) -> list[str]:
    metadata = {"name": "a", "namespace": "shop"}
    body = {"apiVersion": key[0], "kind": key[1], "metadata": metadata, "spec": spec}
    rendered = Rendered([body], context=context(schema_folders=(folder,)))
    rules = (schema, schema_missing)
    return [issue.message for rule in rules for issue in rule.check(rendered)]


@pytest.mark.parametrize("key", SPECS, ids=lambda key: key[1])
def test_a_right_resource_passes(folder: Path, key: tuple[str, str]) -> None:
    """
    As its project documents it.
    """
    assert _issues(folder, key, SPECS[key]) == []


@pytest.mark.parametrize("key", SPECS, ids=lambda key: key[1])
def test_each_misspelt_field_of_it_is_found(folder: Path, key: tuple[str, str]) -> None:
    """
    One after the other.
    """
    spec = SPECS[key]
    for name in spec:
        changed = {(f"{field}x" if field == name else field): v for field, v in spec.items()}
        assert _issues(folder, key, changed), name


def test_every_schema_compiles(folder: Path) -> None:
    """
    All published definitions at hand are ones that we can hold manifests against.
    """
    files = sorted((folder / "crds").rglob("*_v*.json"))
    assert len(files) > 50
    for file in files:
        Validator(json.loads(file.read_text("utf-8")))


def test_our_validator_agrees_with_the_reference_one(folder: Path) -> None:
    """
    What is found does not depend on the library that validates.
    """
    file = folder / "crds" / "monitoring.coreos.com" / "servicemonitor_v1.json"
    raw = json.loads(file.read_text("utf-8"))
    metadata = {"name": "a"}
    head = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": metadata,
    }
    ours = custom.validator((folder,), "monitoring.coreos.com/v1", "ServiceMonitor")
    assert ours
    specs: tuple[Body, ...] = (
        {"selector": {}, "endpoints": []},
        {"selector": 1},
        {"endpoints": [{"x": 1}]},
        {},
    )
    for spec in specs:
        body = {**head, "spec": spec}
        theirs = {tuple(e.absolute_path) for e in jsonschema.Draft7Validator(raw).iter_errors(body)}
        assert bool(theirs) == bool(list(ours.errors(body)))
