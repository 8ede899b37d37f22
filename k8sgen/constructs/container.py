"""Container: one process of a pod, with a locked-down security context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.constructs.config_map import ConfigMap
from k8sgen.constructs.probe import Probes
from k8sgen.constructs.volume import EmptyDir, Mount, Volume
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.settings.image import Image
from k8sgen.settings.port import Port
from k8sgen.settings.resources import Resources
from k8sgen.settings.value import Value, dns_label

SECURITY_CONTEXT = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}
TMP = EmptyDir("tmp")


@attrs.frozen(kw_only=True)
class FieldRef(Value):
    """A field of the pod as an environment variable, such as `metadata.name`."""

    path: str

    def env(self) -> dict[str, Any]:
        """Return the source of an environment variable."""
        return {"valueFrom": {"fieldRef": {"fieldPath": self.path}}}


Plain = str | int | bool
EnvValue = Plain | SecretKey | FieldRef | Callable[[], Plain]
"""A function is called at synth, when all services exist."""


@attrs.frozen(kw_only=True)
class Container(Value):
    """
    One container; its root file system is read-only, and `/tmp` is an empty folder.

    Args:
        env: In this order, read at synth; a secret key or a field reference
            becomes a `valueFrom`.
        env_from: Each of their files becomes an environment variable; *env* wins.
        mounts: Absolute path to what is mounted there.
        probes: `None` for what runs to completion.
        drain: Seconds that the preStop hook sleeps, while the pod leaves the endpoints.
    """

    name: str = attrs.field(validator=dns_label)
    image: Image
    resources: Resources
    command: Sequence[str] | None = None
    args: Sequence[str] | None = None
    ports: Sequence[Port] = ()
    env: Mapping[str, EnvValue] = attrs.field(factory=dict)
    env_from: Sequence[ConfigMap] = ()
    mounts: Mapping[str, Volume | Mount] = attrs.field(factory=dict)
    probes: Probes | None = None
    drain: int | None = None

    def all_mounts(self) -> dict[str, Mount]:
        """Return the mounts by path, with `/tmp` among them."""
        mounts = {"/tmp": TMP, **self.mounts}  # noqa: S108  (a path in the container)
        return {p: m if isinstance(m, Mount) else Mount(m) for p, m in mounts.items()}

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        stop = {"preStop": {"sleep": {"seconds": self.drain}}} if self.drain else None
        return {
            "name": self.name,
            "image": str(self.image),
            "imagePullPolicy": "IfNotPresent",
            "command": list(self.command) if self.command else None,
            "args": list(self.args) if self.args else None,
            "ports": [_port(port) for port in self.ports] or None,
            "envFrom": [config.env_from() for config in self.env_from] or None,
            "env": lambda: [_env(name, value) for name, value in self.env.items()] or None,
            "resources": self.resources.body(),
            "volumeMounts": [mount.body(path) for path, mount in self.all_mounts().items()],
            **(self.probes.body() if self.probes else {}),
            "lifecycle": stop,
            "securityContext": SECURITY_CONTEXT,
        }


def _port(port: Port) -> dict[str, Any]:
    return {"name": port.name, "containerPort": port.number, "protocol": port.protocol}


def _env(name: str, value: EnvValue) -> dict[str, Any]:
    if isinstance(value, SecretKey | FieldRef):
        return {"name": name, **value.env()}
    plain = value() if callable(value) else value
    text = str(plain).lower() if isinstance(plain, bool) else str(plain)
    return {"name": name, "value": text}
