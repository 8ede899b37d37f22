"""Pod: containers that run together, admitted by the restricted Pod Security Standard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from k8sgen.constructs.config_map import ConfigMap
from k8sgen.constructs.container import Container
from k8sgen.constructs.volume import Claim, SecretFiles, Volume
from k8sgen.secrets.contract.keys import CHECKSUM, SecretKey, combined_revision, live_in
from k8sgen.settings.scheduling import Affinity, Toleration
from k8sgen.settings.value import Value

if TYPE_CHECKING:
    from k8sgen.constructs.service import Service

NOBODY = 65532  # the "nonroot" user of distroless images


def _containers(value: Container | Sequence[Container]) -> tuple[Container, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)  # type: ignore[return-value]


@attrs.frozen
class Pod(Value):
    """
    The pod of a workload; its volumes are those that its containers mount.

    Args:
        containers: One, or several that run side by side.
        init: Run before them, one after the other.
        sidecars: Run from before *init* until after the containers, and are restarted alone.
        user: The numeric user and group of all processes, and the group of all volumes.
        grace: Seconds that it may take to stop (`terminationGracePeriodSeconds`).
        token: Whether it may talk to the API server, with the permissions of its service's `Role`.
        annotations: Besides those that k8sgen sets.
        node_selector: Labels that its node must have.
        tolerations: Taints of nodes that it tolerates.
        affinity: Nodes and pods to run near, or away from.
        host_aliases: IP address to names, for its `/etc/hosts`.
    """

    containers: tuple[Container, ...] = attrs.field(converter=_containers)
    init: tuple[Container, ...] = attrs.field(default=(), converter=_containers, kw_only=True)
    sidecars: tuple[Container, ...] = attrs.field(default=(), converter=_containers, kw_only=True)
    user: int = attrs.field(default=NOBODY, kw_only=True)
    grace: int = attrs.field(default=30, kw_only=True)
    token: bool = attrs.field(default=False, kw_only=True)
    annotations: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    node_selector: Mapping[str, str] = attrs.field(factory=dict, kw_only=True)
    tolerations: Sequence[Toleration] = attrs.field(default=(), kw_only=True)
    affinity: Affinity | None = attrs.field(default=None, kw_only=True)
    host_aliases: Mapping[str, Sequence[str]] = attrs.field(factory=dict, kw_only=True)

    @property
    def _every(self) -> tuple[Container, ...]:
        return (*self.sidecars, *self.init, *self.containers)

    def volumes(self) -> list[Volume]:
        """Return the mounted volumes, each once, in the order of their first mount."""
        found: dict[str, Volume] = {}
        for container in self._every:
            for mount in container.all_mounts().values():
                name = mount.volume.volume_name
                if found.setdefault(name, mount.volume) != mount.volume:
                    msg = f"two volumes are named {name!r}"
                    raise ValueError(msg)
        return list(found.values())

    def config(self) -> list[ConfigMap]:
        """Return the ConfigMaps that the containers mount or take their environment from."""
        mounted = [volume for volume in self.volumes() if isinstance(volume, ConfigMap)]
        sources = [config for container in self._every for config in container.env_from]
        return list(dict.fromkeys([*mounted, *sources]))

    def claims(self) -> Iterator[Claim]:
        """Return the volumes among them that each pod of a StatefulSet has one of."""
        return (volume for volume in self.volumes() if isinstance(volume, Claim))

    def refuse_claims(self, workload: str) -> None:
        """
        Refuse volumes that each pod would have one of.

        Raises:
            ValueError: There is one, and *workload* is no StatefulSet.
        """
        for claim in self.claims():
            instead = f"mount PersistentVolumeClaim(self, storage, name='{workload}-{claim.name}')"
            msg = f"Claim {claim.name!r} is for a StatefulSet, which {workload} is not; {instead}"
            raise ValueError(msg)

    def secret_keys(self) -> list[SecretKey]:
        """Return the keys whose values the containers get, as variables or files."""
        env = [value for container in self._every for value in container.env.values()]
        files = [volume for volume in self.volumes() if isinstance(volume, SecretFiles)]
        mounted = [key for volume in files for key in volume.keys]
        return [*(value for value in env if isinstance(value, SecretKey)), *mounted]

    def template(
        self,
        service: Service,
        component: str,
        *,
        spread: Sequence[Mapping[str, Any]] = (),
        restart: Literal["Never"] | None = None,
    ) -> dict[str, Any]:
        """
        Return the pod template of a workload of *service*.

        Args:
            spread: Its topology spread constraints.
            restart: `Never` for what runs to completion.
        """
        sidecars = [{**sidecar.body(), "restartPolicy": "Always"} for sidecar in self.sidecars]
        return {
            "metadata": {
                "labels": {
                    **service.selector(component),
                    "app.kubernetes.io/part-of": service.stack.part_of,
                },
                # A function, because the files may depend on services that do not exist yet.
                "annotations": lambda: self._annotations(service, component) or None,
            },
            "spec": {
                "serviceAccountName": service.name,
                "automountServiceAccountToken": self.token,
                "enableServiceLinks": False,
                "terminationGracePeriodSeconds": self.grace,
                "priorityClassName": service.stack.priority_class,
                "securityContext": self._security_context(),
                "topologySpreadConstraints": list(spread) or None,
                "restartPolicy": restart,
                **self._placement(),
                "initContainers": [*sidecars, *(each.body() for each in self.init)] or None,
                "containers": [container.body() for container in self.containers],
                "volumes": [volume.volume() for volume in self.volumes() if volume.volume()],
            },
        }

    def _placement(self) -> dict[str, Any]:
        return {
            "nodeSelector": dict(self.node_selector) or None,
            "tolerations": [each.body() for each in self.tolerations] or None,
            "affinity": self.affinity.body() if self.affinity else None,
            "hostAliases": [
                {"ip": ip, "hostnames": list(names)} for ip, names in self.host_aliases.items()
            ]
            or None,
        }

    def _security_context(self) -> dict[str, Any]:
        return {
            "runAsNonRoot": True,
            "runAsUser": self.user,
            "runAsGroup": self.user,
            "fsGroup": self.user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        }

    def _annotations(self, service: Service, component: str) -> dict[str, Any]:
        config = self.config()
        checksum = {"checksum/config": _combined(config)} if config else {}
        keys = self._keys_to_roll_with(service, component)
        secrets = combined_revision(keys, service.stack.secret_revisions)
        if secrets:
            checksum[CHECKSUM] = secrets
        return {**checksum, **service.scrape_annotations(component), **self.annotations}

    def _keys_to_roll_with(self, service: Service, component: str) -> list[SecretKey]:
        own = [w.reference for w in service.workloads if w.component == component]
        live = {name for w in own for name in live_in(w, service.secrets.values())}
        return [key for key in self.secret_keys() if key.name not in live]


def _combined(config: Sequence[ConfigMap]) -> str:
    return hashlib.sha256("".join(c.checksum() for c in config).encode()).hexdigest()[:16]
