"""What the production environment promises: it bears load, failures and drains."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project
from tests.environments.pods import of_kind, pods

STATELESS = {"template-system", "hydra", "auth-handler", "backend", "oathkeeper"}


@pytest.fixture
def production(compositions: Mapping[str, Composition]) -> Composition:
    """
    The production environment.
    """
    return compositions["production"]


def test_stateless_services_scale_from_three(production: Composition) -> None:
    """
    An autoscaler moves each, and the Deployment leaves the number to it.
    """
    scalers = of_kind(production, "HorizontalPodAutoscaler")
    scaled = {body["spec"]["scaleTargetRef"]["name"] for body in scalers}
    assert scaled >= STATELESS
    assert all(body["spec"]["minReplicas"] >= 3 for body in scalers)
    fixed = {
        b["metadata"]["name"] for b in of_kind(production, "Deployment") if "replicas" in b["spec"]
    }
    assert not fixed & scaled


def test_replicas_are_spread_over_zones_and_nodes(production: Composition) -> None:
    """
    No zone and no node has all of a service, where the cluster has several.
    """
    for body in of_kind(production, "Deployment"):
        if body["spec"].get("replicas") == 1:
            continue
        spread = body["spec"]["template"]["spec"]["topologySpreadConstraints"]
        keys = [constraint["topologyKey"] for constraint in spread]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_every_pod_has_the_priority_class(production: Composition) -> None:
    """
    Pods of other environments on the same nodes go first.
    """
    (priority,) = of_kind(production, "PriorityClass")
    names = {each.spec["priorityClassName"] for each in pods(production)}
    assert names == {priority["metadata"]["name"]}


def test_volumes_are_larger_and_of_a_named_class(
    production: Composition, compositions: Mapping[str, Composition]
) -> None:
    """
    Each claim asks for more than the base does, of the storage class for solid-state disks.
    """

    def claims(composition: Composition) -> dict[str, Body]:
        return {
            body["metadata"]["name"]: claim["spec"]
            for body in of_kind(composition, "StatefulSet")
            for claim in body["spec"]["volumeClaimTemplates"]
        }

    base = claims(compositions["base"])
    for name, spec in claims(production).items():
        size, least = (s["resources"]["requests"]["storage"] for s in (spec, base[name]))
        assert parse_quantity(size) > parse_quantity(least)
        assert spec["storageClassName"] == "ssd"


def test_tags_of_the_release_come_from_the_override_file(
    production: Composition, project: Project
) -> None:
    """
    What environments/production.yaml says of an image is what runs.
    """
    overridden = project.overridden["production"]
    assert {"backend.image.tag", "auth_handler.image.tag"} <= overridden.keys()
    (backend,) = [p for p in pods(production) if p.service == "backend"]
    settings = {s.name: s.settings for s in production.stack.services}
    assert backend.containers[0]["image"] == str(settings["backend"].image)
    assert settings["backend"].image.tag != "1.0.0"
