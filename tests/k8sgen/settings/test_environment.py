"""An environment is a value whose defaults are the base."""

from __future__ import annotations

import pytest

from k8sgen.settings.cluster import Cluster, Pods
from k8sgen.settings.environment import Environment, Priority, Quota


def test_the_defaults_are_the_base() -> None:
    """It belongs to no place."""
    assert Environment().is_base
    assert not Environment(name="production").is_base


@pytest.mark.parametrize("field", ["name", "namespace"])
@pytest.mark.parametrize("name", ["", "A", "a_b", "a.b", "x" * 64])
def test_names_are_those_of_namespaces(field: str, name: str) -> None:
    """An environment's name is its namespace's, unless told."""
    with pytest.raises(ValueError, match=f"^{field}: .* is not a DNS label"):
        Environment(**{field: name})  # type: ignore[arg-type]


def test_pods_of_another_namespace_are_a_peer() -> None:
    """All of them, or those with some labels."""
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}
    labels = {"app": "prometheus"}
    everything = Pods(namespace="monitoring").party("scrapers")
    assert everything.peers() == [{"namespaceSelector": namespace}]
    some = Pods(namespace="monitoring", labels=labels).party("scrapers")
    assert some.peers() == [
        {"namespaceSelector": namespace, "podSelector": {"matchLabels": labels}}
    ]


def test_only_prometheus_reads_the_metrics() -> None:
    """Unless told; not everything that runs in its namespace."""
    party = Cluster().scrapers.party("scrapers")
    assert party.labels == {"app.kubernetes.io/name": "prometheus"}


def test_a_pull_secret_has_a_name_of_a_secret() -> None:
    """Which may have dots."""
    assert Cluster(pull_secret="ghcr.io-pull").pull_secret == "ghcr.io-pull"
    with pytest.raises(ValueError, match=r"^pull_secret: 'Pull_Me' is not"):
        Cluster(pull_secret="Pull_Me")


def test_certificates_make_urls_secure() -> None:
    """Who has an issuer serves https."""
    assert Cluster().scheme == "http"
    assert Cluster(issuer="letsencrypt").scheme == "https"


def test_a_quota_allows_at_least_one_pod() -> None:
    """None would be no environment."""
    with pytest.raises(ValueError, match=r"^pods: 0 is too small"):
        Quota(pods=0)


def test_a_priority_has_a_name_for_the_cluster() -> None:
    """A DNS label."""
    with pytest.raises(ValueError, match="is not a DNS label"):
        Priority(name="Most Important", value=1)
