"""What can be mounted, as the pod's volumes and the containers' mounts."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen import Claim, EmptyDir, Mount, Random, SecretFiles, SecretKey, Storage
from k8sgen.constructs.manifest import resolve

KEYS = [SecretKey(secret="db", key=key, recipe=Random()) for key in ("tls.crt", "tls.key")]


@pytest.mark.parametrize(
    ("volume", "body"),
    [
        (EmptyDir("run", "1Mi"), {"name": "run", "emptyDir": {"sizeLimit": "1Mi"}}),
        (
            EmptyDir("shm", "1Mi", memory=True),
            {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        ),
        (Claim("data", Storage(size="1Gi")), None),
    ],
)
def test_a_volume_is_an_entry_of_the_pod(volume: Any, body: Any) -> None:
    """But a claim, which the StatefulSet's template brings."""
    assert volume.volume() == body


def test_secret_files_are_readable_by_the_pods_user_alone() -> None:
    """Only the keys that were named, as files of the same names."""
    source = resolve(SecretFiles(KEYS).volume())["secret"]
    assert source["defaultMode"] == 0o440
    assert source["items"] == [{"key": k.key, "path": k.key} for k in KEYS]
    assert source["secretName"] == "db"


def test_only_what_may_be_written_is_mounted_writable() -> None:
    """Secrets are not."""
    assert Mount(EmptyDir("run")).body("/run")["readOnly"] is None
    assert Mount(SecretFiles(KEYS)).body("/tls")["readOnly"] is True


def test_a_part_of_a_volume_is_mounted_by_its_path() -> None:
    """Beside what else stands in the folder."""
    mount = Mount(EmptyDir("run"), "a/b").body("/etc/b")
    assert (mount["mountPath"], mount["subPath"]) == ("/etc/b", "a/b")


@pytest.mark.parametrize("class_name", [None, "ssd"])
def test_a_claim_names_its_class_where_it_has_one(class_name: str | None) -> None:
    """Else the cluster's default is taken."""
    template = Claim("data", Storage(size="1Gi", class_name=class_name)).template()
    assert template["spec"]["storageClassName"] == class_name
    assert template["spec"]["accessModes"] == ["ReadWriteOnce"]
