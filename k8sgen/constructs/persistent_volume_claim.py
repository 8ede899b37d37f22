"""PersistentVolumeClaim: a volume that outlives pods and that several of them may mount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from k8sgen.constructs.manifest import Manifest
from k8sgen.settings.resources import Storage

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service


class PersistentVolumeClaim(Manifest):
    """
    A volume that outlives pods; all that mount it share it.

    Args:
        name: Its full name, and that of the volume in pods.
        access_mode: `ReadWriteOnce` is mounted on one node at a time: a Deployment that mounts it
            stops its pod before it starts the next one.
    """

    writable = True

    def __init__(
        self,
        service: Service,
        storage: Storage,
        *,
        name: str,
        access_mode: Literal["ReadWriteOnce", "ReadWriteMany"] = "ReadWriteOnce",
    ) -> None:
        self.volume_name = name
        self.access_mode = access_mode
        super().__init__(
            service,
            service.id_of("persistent-volume-claim", name),
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": name, "labels": service.labels()},
                "spec": {
                    "accessModes": [access_mode],
                    "storageClassName": storage.class_name,
                    "resources": {"requests": {"storage": storage.size}},
                },
            },
        )

    def volume(self) -> dict[str, Any]:
        """Return the pod's `volumes` entry."""
        claim = {"claimName": self.volume_name}
        return {"name": self.volume_name, "persistentVolumeClaim": claim}
