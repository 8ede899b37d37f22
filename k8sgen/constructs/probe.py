"""Probes: how Kubernetes learns that a container has started, lives, and is ready."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from k8sgen.settings.value import Value


@attrs.frozen(kw_only=True)
class Probe(Value):
    """
    One check: an HTTP path, a command, or (with neither) that the port accepts a connection.

    Args:
        port: The name of the container's port.
        period: Seconds between two checks.
        timeout: Seconds until a check counts as failed.
        failures: In a row, until it counts.
    """

    port: str = "http"
    path: str | None = None
    command: Sequence[str] | None = None
    period: int = 10
    timeout: int = 3
    failures: int = 3

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
        if self.path:
            return {"httpGet": {"path": self.path, "port": self.port}}
        return {"tcpSocket": {"port": self.port}}


@attrs.frozen(kw_only=True)
class Probes(Value):
    """The three checks of a container that serves."""

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
        return cls(
            startup=Probe(command=command, period=2, failures=start // 2),
            liveness=Probe(command=command),
            readiness=Probe(command=command, period=5),
        )

    def body(self) -> dict[str, Any]:
        """Return the container's fields."""
        return {
            "startupProbe": self.startup.body(),
            "livenessProbe": self.liveness.body(),
            "readinessProbe": self.readiness.body(),
        }
