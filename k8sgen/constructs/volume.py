"""What can be mounted into a container; the pod's volumes follow from the mounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

import attrs

from k8sgen.kubernetes.quantity import canonical_quantity
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.settings.resources import Storage
from k8sgen.settings.value import dns_label


class Volume(Protocol):
    """Anything that a pod can mount under a path."""

    @property
    def volume_name(self) -> str:
        """Its name in the pod."""

    @property
    def writable(self) -> bool:
        """Whether containers may write to it."""

    def volume(self) -> dict[str, Any] | None:
        """Return the pod's `volumes` entry; `None` where a claim template creates it."""


@attrs.frozen
class EmptyDir:
    """
    A folder that exists as long as the pod.

    Args:
        size: A Kubernetes quantity of bytes; a pod that exceeds it is evicted.
        memory: Keep it in memory instead of on the node's disk.
    """

    name: str = attrs.field(validator=dns_label)
    size: str = attrs.field(default="64Mi", converter=canonical_quantity)
    memory: bool = False

    volume_name = property(lambda self: self.name)
    writable = True

    def volume(self) -> dict[str, Any]:
        """Return the pod's `volumes` entry."""
        medium = {"medium": "Memory"} if self.memory else {}
        return {"name": self.name, "emptyDir": {**medium, "sizeLimit": self.size}}


@attrs.frozen
class Claim:
    """A persistent volume for each pod of a StatefulSet, of its own."""

    name: str = attrs.field(validator=dns_label)
    storage: Storage

    volume_name = property(lambda self: self.name)
    writable = True

    def volume(self) -> None:
        """Return nothing: the StatefulSet's claim template creates it."""

    def template(self) -> dict[str, Any]:
        """Return the StatefulSet's `volumeClaimTemplates` entry."""
        return {
            # The server fills in the first two, and a comparison would find them for ever.
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": self.name},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": self.storage.class_name,
                "resources": {"requests": {"storage": self.storage.size}},
            },
        }


@attrs.frozen
class SecretFiles:
    """
    Keys of one Secret as files of the same names, readable by the pod's user alone.

    Args:
        keys: At least one. They are read at synth, so that a live view, such
            as `self.secrets.values()`, may grow while the stack is wired.
    """

    keys: Collection[SecretKey]

    writable = False

    @property
    def volume_name(self) -> str:
        """The Secret's name, with a prefix that keeps it apart from a ConfigMap's."""
        return f"{self._secret}-secret"

    @property
    def _secret(self) -> str:
        return next(iter(self.keys)).secret

    def volume(self) -> dict[str, Any]:
        """Return the pod's `volumes` entry."""
        source = {"secretName": self._secret, "defaultMode": 0o440, "items": self._items}
        return {"name": self.volume_name, "secret": source}

    def _items(self) -> list[dict[str, str]]:
        return [{"key": key.key, "path": key.key} for key in self.keys]


@attrs.frozen
class Mount:
    """A volume, of which only the file or folder *sub_path* is mounted."""

    volume: Volume
    sub_path: str | None = None

    def body(self, path: str) -> dict[str, Any]:
        """Return the container's `volumeMounts` entry."""
        return {
            "name": self.volume.volume_name,
            "mountPath": path,
            "subPath": self.sub_path,
            "readOnly": None if self.volume.writable else True,
        }
