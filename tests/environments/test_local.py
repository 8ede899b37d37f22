"""What the local environment promises: it runs on one's own machine, and asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.project.compose import Composition
from tests.environments.pods import of_kind, pods


@pytest.fixture
def local(compositions: Mapping[str, Composition]) -> Composition:
    """
    The local environment.
    """
    return compositions["local"]


def test_every_service_runs_once(local: Composition) -> None:
    """
    One replica each, and nothing that changes it.
    """
    kinds = ("Deployment", "StatefulSet")
    workloads = [body for kind in kinds for body in of_kind(local, kind)]
    assert {body["spec"]["replicas"] for body in workloads} == {1}
    assert of_kind(local, "HorizontalPodAutoscaler") == []


def test_it_asks_for_less_than_one_core_and_one_gibibyte(local: Composition) -> None:
    """
    All pods together fit a laptop beside all else that runs there.
    """
    asked: dict[str, Decimal] = {"cpu": Decimal(0), "memory": Decimal(0)}
    for each in pods(local):
        for container in each.spec["containers"]:
            for unit in asked:
                asked[unit] += parse_quantity(container["resources"]["requests"][unit])
    assert asked["cpu"] < 1
    assert asked["memory"] < 2**30


def test_hosts_are_the_machines_own(local: Composition) -> None:
    """
    They end in .localhost, which browsers look up nowhere (RFC 6761), by k3s' own Traefik.
    """
    (ingress,) = of_kind(local, "Ingress")
    assert all(rule["host"].endswith(".localhost") for rule in ingress["spec"]["rules"])
    assert ingress["spec"]["ingressClassName"] == "traefik"
    assert "tls" not in ingress["spec"]


def test_volumes_are_of_the_clusters_default_class(local: Composition) -> None:
    """
    No storage class is named, as k3s has its own.
    """
    claims = [c for b in of_kind(local, "StatefulSet") for c in b["spec"]["volumeClaimTemplates"]]
    assert claims
    assert not [claim for claim in claims if "storageClassName" in claim["spec"]]
