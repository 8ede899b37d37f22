"""Which fields move, and which other values settings have."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from k8sgen import Cluster, Environment, Gateway, Storage
from k8sgen.changes.path import show
from k8sgen.kubernetes.types import merge_type
from k8sgen.why.alternatives import Alternative, put_back, variations, with_changes
from k8sgen.why.experiment import moved
from tests.k8sgen.changes.cases import BODIES, change

POD = "spec.template.spec"
WEB = BODIES["Deployment"]
HERE = Environment(
    name="here",
    cluster=Cluster(issuer="letsencrypt", gateway=None),
    quota=attrs.evolve(Environment().quota, storage=Storage(size="7Gi")),
)


@pytest.mark.parametrize(
    ("path", "value", "fields"),
    [
        ("spec.replicas", 4, ["spec.replicas"]),
        (f"{POD}.containers.0.image", "web:2", [f"{POD}.containers[web].image"]),
        (
            f"{POD}.containers.0.ports.0.containerPort",
            9090,
            [f"{POD}.containers[web].ports[8080].containerPort"],
        ),
        (f"{POD}.containers.0.env", [{"name": "NEW"}], []),
        (f"{POD}.restartPolicy", None, [f"{POD}.restartPolicy"]),
    ],
)
def test_a_field_moves_where_its_own_value_does(path: str, value: Any, fields: list[str]) -> None:
    """
    An item that is renamed moves by its name alone; what is added moves nothing.
    """
    found = moved(WEB, change(WEB, path, value), merge_type(WEB))
    assert [show(each) for each in found] == fields


def test_of_a_resource_that_is_gone_everything_moves() -> None:
    """
    As many fields as it has.
    """
    assert len(list(moved(BODIES["ConfigMap"], None, {}))) == 5


def test_put_back_is_what_differs_from_the_base() -> None:
    """
    Each leaf by itself, never the name.
    """
    back = put_back(HERE, Environment())
    assert back == [
        Alternative("cluster.issuer", None),
        Alternative("quota.storage.size", "50Gi"),
    ]


def test_every_variation_is_valid_and_another_value() -> None:
    """
    Of every setting that is not a group; what the settings refuse is not among them.
    """
    found = variations(HERE, Environment())
    for setting, values in found.items():
        before = HERE
        for step in setting.split("."):
            before = getattr(before, step)
        for value in values:
            assert value != before
            with_changes(HERE, [Alternative(setting, value)])
    assert found["cluster.kubernetes_version"][0] == "1.72"
    assert found["cluster.gateway"] == []  # not beside an issuer
    without = attrs.evolve(HERE, cluster=Cluster())
    assert isinstance(variations(without, Environment())["cluster.gateway"][0], Gateway)


def test_several_changes_are_made_at_once() -> None:
    """
    In one group or in several.
    """
    changes = [Alternative("quota.pods", 1), Alternative("quota.storage.size", "1Gi")]
    made = with_changes(HERE, [*changes, Alternative("namespace", "there")])
    assert (made.quota.pods, made.quota.storage.size, made.namespace) == (1, "1Gi", "there")
