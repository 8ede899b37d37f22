"""Probes: how Kubernetes learns that a container has started, is alive, and is ready."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from k8sgen.settings.port import Port
from k8sgen.settings.value import Value


@attrs.frozen(kw_only=True)
class Probe(Value):
    """
    One check: an HTTP path, a command, gRPC, or (with none of them) that the port accepts a
    connection.

    Args:
        port: The container's port, or its name; gRPC needs the port.
        grpc: The service that the gRPC health protocol is asked about; empty is the server itself.
        period: Seconds between two checks.
        timeout: Seconds until a check counts as failed.
        failures: In a row, until it counts.
    """

    port: str | Port = "http"
    path: str | None = None
    command: Sequence[str] | None = None
    grpc: str | None = None
    period: int = 10
    timeout: int = 3
    failures: int = 3

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        asked = [name for name in ("path", "command", "grpc") if getattr(self, name) is not None]
        if len(asked) > 1:
            msg = f"a probe checks one thing, not {' and '.join(asked)}"
            raise ValueError(msg)
        if self.grpc is not None and not isinstance(self.port, Port):
            msg = f"port: a gRPC probe needs the Port, not its name {self.port!r}"
            raise ValueError(msg)

    def body(self) -> dict[str, Any]:
        """Return the manifest's form."""
        return {
            **self._action(),
            "periodSeconds": self.period,
            "timeoutSeconds": self.timeout,
            "failureThreshold": self.failures,
        }

    def _action(self) -> dict[str, Any]:
        if self.command:
            return {"exec": {"command": list(self.command)}}
        name = self.port.name if isinstance(self.port, Port) else self.port
        if self.path:
            return {"httpGet": {"path": self.path, "port": name}}
        if self.grpc is not None and isinstance(self.port, Port):
            return {"grpc": {"port": self.port.number, "service": self.grpc or None}}
        return {"tcpSocket": {"port": name}}


@attrs.frozen(kw_only=True)
class Probes(Value):
    """The three probes of a container that serves."""

    startup: Probe
    liveness: Probe
    readiness: Probe

    @classmethod
    def http(cls, live: str, ready: str, *, port: str = "http") -> Probes:
        """Check two HTTP paths; a start may take two minutes."""
        return cls(
            startup=Probe(port=port, path=live, period=2, failures=60),
            liveness=Probe(port=port, path=live),
            readiness=Probe(port=port, path=ready, period=5),
        )

    @classmethod
    def exec(cls, command: Sequence[str], *, start: int = 120) -> Probes:
        """Check by a command in the container; a start may take *start* seconds."""
        return cls._of(Probe(command=command), start)

    @classmethod
    def tcp(cls, port: str | Port = "http", *, start: int = 120) -> Probes:
        """Check that a port accepts connections; a start may take *start* seconds."""
        return cls._of(Probe(port=port), start)

    @classmethod
    def grpc(cls, port: Port, *, service: str = "", start: int = 120) -> Probes:
        """Check by the gRPC health protocol; a start may take *start* seconds."""
        return cls._of(Probe(port=port, grpc=service), start)

    @classmethod
    def _of(cls, probe: Probe, start: int) -> Probes:
        return cls(
            startup=attrs.evolve(probe, period=2, failures=start // 2),
            liveness=probe,
            readiness=attrs.evolve(probe, period=5),
        )

    def body(self) -> dict[str, Any]:
        """Return the container's fields."""
        return {
            "startupProbe": self.startup.body(),
            "livenessProbe": self.liveness.body(),
            "readinessProbe": self.readiness.body(),
        }
