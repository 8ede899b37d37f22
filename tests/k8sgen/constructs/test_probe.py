"""Probes ask what they are told to ask, in time for the rest of the cluster."""

from __future__ import annotations

import pytest

from k8sgen import Port, Probe, Probes


@pytest.mark.parametrize(
    ("probe", "action"),
    [
        (Probe(path="/healthz"), {"httpGet": {"path": "/healthz", "port": "http"}}),
        (Probe(command=["ping"]), {"exec": {"command": ["ping"]}}),
        (Probe(port="redis"), {"tcpSocket": {"port": "redis"}}),
    ],
)
def test_a_probe_is_a_path_a_command_or_a_connection(
    probe: Probe, action: dict[str, object]
) -> None:
    """With its times beside it."""
    times = {"periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 3}
    assert probe.body() == {**action, **times}


@pytest.mark.parametrize("probes", [Probes.http("/live", "/ready"), Probes.exec(["ping"])])
def test_a_start_may_take_two_minutes(probes: Probes) -> None:
    """Only then does a failed check of life count."""
    assert probes.startup.period * probes.startup.failures == 120


def test_ready_and_alive_are_two_questions() -> None:
    """Who waits for others is alive and not ready."""
    http = Probes.http("/live", "/ready", port="admin")
    assert (http.liveness.path, http.readiness.path) == ("/live", "/ready")
    assert {p.port for p in (http.startup, http.liveness, http.readiness)} == {"admin"}
    assert list(http.body()) == ["startupProbe", "livenessProbe", "readinessProbe"]


def test_one_command_may_answer_both() -> None:
    """Who starts slowly says so."""
    probes = Probes.exec(["ping"], start=600)
    commands = [probe.command for probe in (probes.startup, probes.liveness, probes.readiness)]
    assert commands == [["ping"]] * 3
    assert probes.startup.period * probes.startup.failures == 600


def test_grpc_and_tcp_are_asked_at_a_port() -> None:
    """GRPC by its number, as Kubernetes wants it."""
    port = Port("grpc", 9090)
    assert Probes.grpc(port, service="shop").liveness.body()["grpc"] == {
        "port": 9090,
        "service": "shop",
    }
    assert Probes.grpc(port).liveness.body()["grpc"] == {"port": 9090, "service": None}
    assert Probes.tcp(port).readiness.body()["tcpSocket"] == {"port": "grpc"}
