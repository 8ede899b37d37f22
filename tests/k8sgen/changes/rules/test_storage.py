"""When data are lost."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, change
from tests.k8sgen.changes.judging import changed, removed, verdicts

TEMPLATE = "spec.volumeClaimTemplates.0"
RETENTION = "spec.persistentVolumeClaimRetentionPolicy"


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("PersistentVolumeClaim", "spec.resources.requests.storage", "1Gi"),
        ("PersistentVolumeClaim", "spec.storageClassName", "hdd"),
        ("PersistentVolumeClaim", "spec.volumeName", "other"),
        ("StatefulSet", f"{TEMPLATE}.spec.resources.requests.storage", "1Gi"),
        ("StatefulSet", f"{TEMPLATE}.spec.storageClassName", "hdd"),
        ("StatefulSet", f"{TEMPLATE}.metadata.name", "other"),
        ("StatefulSet", "spec.volumeClaimTemplates", []),
        ("StatefulSet", RETENTION, {"whenDeleted": "Delete"}),
        ("StatefulSet", RETENTION, {"whenScaled": "Delete"}),
        ("PersistentVolume", "spec.persistentVolumeReclaimPolicy", "Delete"),
        ("StorageClass", "reclaimPolicy", "Delete"),
    ],
)
def test_a_change_of_claim_class_or_retention_loses_data(name: str, path: str, value: Any) -> None:
    """
    A smaller or another volume, and a policy that no longer keeps it, is worst of all.
    """
    assert max(changed(name, path, value)) == Level.LOSES_DATA


@pytest.mark.parametrize(
    ("name", "path", "value", "level"),
    [
        ("PersistentVolumeClaim", "spec.resources.requests.storage", "4Gi", None),
        ("PersistentVolumeClaim", "spec.resources.requests.storage", "2048Mi", None),
        ("PersistentVolume", "spec.capacity.storage", "4Gi", None),
        ("StatefulSet", RETENTION, {"whenDeleted": "Retain"}, None),
        ("StatefulSet", f"{TEMPLATE}.spec.resources.requests.storage", "4Gi", 3),
    ],
)
def test_growth_loses_nothing(name: str, path: str, value: Any, level: int | None) -> None:
    """
    A claim may grow; a claim template cannot, but the data stay.
    """
    assert max(changed(name, path, value), default=None) == level


@pytest.mark.parametrize("name", ["PersistentVolumeClaim", "PersistentVolume"])
def test_the_removal_of_a_claim_or_volume_loses_data(name: str) -> None:
    """
    What goes with the claim is gone.
    """
    assert max(removed(BODIES[name])) == Level.LOSES_DATA


def test_the_removal_of_a_namespace_loses_data() -> None:
    """
    Everything goes with its namespace.
    """
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}}
    assert max(removed(body)) == Level.LOSES_DATA


@pytest.mark.parametrize(("policy", "level"), [("Retain", 2), ("Delete", 5)])
def test_a_removed_stateful_set_leaves_its_claims_unless_told(policy: str, level: int) -> None:
    """
    The retention policy says whether the claims go too.
    """
    body = change(BODIES["StatefulSet"], RETENTION, {"whenDeleted": policy})
    assert max(removed(body)) == level


def test_fewer_replicas_lose_data_where_scaling_deletes_claims() -> None:
    """
    With `whenScaled: Delete` a smaller number of pods is a smaller number of volumes.
    """
    before = change(BODIES["StatefulSet"], RETENTION, {"whenScaled": "Delete"})
    after = change(before, "spec.replicas", 2)
    assert verdicts([before], [after])[0][1] == Level.LOSES_DATA


def test_a_container_that_no_longer_mounts_its_claim_loses_sight_of_the_data() -> None:
    """
    Another mount path, or an emptyDir instead of the claim, leaves the data behind.
    """
    pod = "spec.template.spec"
    claim = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    before = change(BODIES["Deployment"], f"{pod}.volumes", claim)
    mounts = [{"name": "data", "mountPath": "/data"}]
    before = change(before, f"{pod}.containers.0.volumeMounts", mounts)
    moved = change(before, f"{pod}.containers.0.volumeMounts.0.mountPath", "/var")
    empty = change(before, f"{pod}.volumes", [{"name": "data", "emptyDir": {}}])
    for after in (moved, empty):
        assert verdicts([before], [after])[0][1] == Level.LOSES_DATA
