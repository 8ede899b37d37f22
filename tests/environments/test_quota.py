"""Whether the quota of an environment lets in all that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.project.compose import Composition
from k8sgen.project.files import names
from tests.conftest import ROOT
from tests.environments.pods import Pods, of_kind, pods


@pytest.fixture(params=names(ROOT))
def composition(
    request: pytest.FixtureRequest, compositions: Mapping[str, Composition]
) -> Composition:
    """
    Each environment in turn; the base has no quota.
    """
    return compositions[request.param]


def most_pods(each: Pods, composition: Composition) -> int:
    """Return how many of these pods there are at most: autoscaled to the full, and rolled out."""
    spec = each.body["spec"]
    scaled = {
        body["metadata"]["name"]: body["spec"]["maxReplicas"]
        for body in of_kind(composition, "HorizontalPodAutoscaler")
    }
    surge = spec["strategy"]["rollingUpdate"]["maxSurge"] if "strategy" in spec else 0
    most: int = scaled.get(each.body["metadata"]["name"], spec.get("replicas", 1))
    return most + int(surge)


def of_one(each: Pods, bound: str, unit: str) -> Decimal:
    """Return what the scheduler counts for one pod: the sum, or the greediest that runs first."""

    def amount(container: dict[str, dict[str, dict[str, str]]]) -> Decimal:
        return parse_quantity(container["resources"][bound][unit])

    first = [amount(container) for container in each.spec.get("initContainers", [])]
    return max([sum(map(amount, each.spec["containers"]), Decimal(0)), *first])


@pytest.mark.parametrize("bound", ["requests", "limits"])
@pytest.mark.parametrize("unit", ["cpu", "memory"])
def test_quota_is_enough_for_all_pods_at_once(
    composition: Composition, bound: str, unit: str
) -> None:
    """
    All services at their maximum replicas, each in a rollout, with every job, fit the quota.
    """
    (quota,) = of_kind(composition, "ResourceQuota")
    asked = sum(
        most_pods(each, composition) * of_one(each, bound, unit) for each in pods(composition)
    )
    assert asked <= parse_quantity(quota["spec"]["hard"][f"{bound}.{unit}"])


def test_quota_is_enough_for_the_number_of_pods(composition: Composition) -> None:
    """
    So does their number.
    """
    (quota,) = of_kind(composition, "ResourceQuota")
    asked = sum(most_pods(each, composition) for each in pods(composition))
    assert asked <= int(quota["spec"]["hard"]["pods"])


def test_quota_is_enough_for_the_volumes(composition: Composition) -> None:
    """
    So does the storage that the StatefulSets claim.
    """
    (quota,) = of_kind(composition, "ResourceQuota")
    claimed = sum(
        body["spec"]["replicas"] * parse_quantity(claim["spec"]["resources"]["requests"]["storage"])
        for body in of_kind(composition, "StatefulSet")
        for claim in body["spec"]["volumeClaimTemplates"]
    )
    assert claimed <= parse_quantity(quota["spec"]["hard"]["requests.storage"])


def test_database_has_connections_for_every_hydra_pod(composition: Composition) -> None:
    """
    Hydra's pools, full in every pod that may run, leave a third of the connections to others.
    """
    settings = {s.name: s.settings for s in composition.stack.services}
    each = getattr(settings["hydra"], "connections")  # noqa: B009  (of the project's own class)
    most = getattr(settings["postgres"], "max_connections")  # noqa: B009
    hydra = [found for found in pods(composition) if found.service == "hydra"]
    full = sum(most_pods(found, composition) * each for found in hydra)
    assert full <= most * 2 // 3
