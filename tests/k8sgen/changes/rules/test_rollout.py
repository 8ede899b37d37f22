"""When pods roll, and when that may interrupt."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, change
from tests.k8sgen.changes.judging import changed, verdicts

IMAGE = "spec.template.spec.containers.0.image"


@pytest.mark.parametrize("path", [IMAGE, "spec.template.metadata.annotations.a"])
def test_a_changed_pod_template_rolls_the_pods(path: str) -> None:
    """
    Whatever changes in the template, all pods are replaced, while others serve.
    """
    assert changed("Deployment", path, "web:2").keys() >= {Level.ROLLS_PODS}
    assert Level.MAY_INTERRUPT not in changed("Deployment", path, "web:2")


@pytest.mark.parametrize(
    ("path", "value"), [("metadata.labels", {"a": "1"}), ("spec.revisionHistoryLimit", 1)]
)
def test_what_is_not_in_the_template_rolls_nothing(path: str, value: Any) -> None:
    """
    A label of the Deployment itself does nothing to its pods.
    """
    assert not changed("Deployment", path, value)


def _rolled(name: str, path: str, value: Any) -> Level:
    before = change(BODIES[name], path, value)
    after = change(before, IMAGE, "web:2")
    return max(level for _, level, _ in verdicts([before], [after]))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("Deployment", "spec.replicas", 1),
        ("Deployment", "spec.strategy", {"type": "Recreate"}),
        ("StatefulSet", "spec.replicas", 1),
        ("DaemonSet", "spec.minReadySeconds", 0),
        ("Deployment", "spec.strategy.rollingUpdate", {"maxUnavailable": "100%"}),
        ("Deployment", "spec.strategy.rollingUpdate", {"maxUnavailable": 3}),
        ("StatefulSet", "spec.updateStrategy", {"rollingUpdate": {"maxUnavailable": "100%"}}),
    ],
)
def test_a_roll_of_the_only_pod_may_interrupt(name: str, path: str, value: Any) -> None:
    """
    One replica, Recreate, all at once, or one pod a node: nothing serves for a while.
    """
    assert _rolled(name, path, value) == Level.MAY_INTERRUPT


@pytest.mark.parametrize(
    ("name", "path", "value", "level"),
    [
        ("StatefulSet", "spec.replicas", 2, Level.ROLLS_PODS),
        ("StatefulSet", "spec.updateStrategy", {"type": "OnDelete"}, Level.ROLLS_PODS),
        ("Deployment", "spec.replicas", 0, Level.NONE),
        ("Deployment", "spec.strategy.rollingUpdate", {"maxUnavailable": "99%"}, Level.ROLLS_PODS),
        (
            "DaemonSet",
            "spec.updateStrategy",
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
            Level.ROLLS_PODS,
        ),
    ],
)
def test_other_rolls_do_not(name: str, path: str, value: Any, level: Level) -> None:
    """
    With a second pod, or with none, nothing is missed.
    """
    assert _rolled(name, path, value) == level


def test_the_autoscaler_says_how_many_pods_there_are() -> None:
    """
    A Deployment without replicas has as many as its autoscaler's least.
    """
    before = change(BODIES["Deployment"], "spec", {**BODIES["Deployment"]["spec"]})
    del before["spec"]["replicas"]
    after = change(before, IMAGE, "web:2")
    scaler = BODIES["HorizontalPodAutoscaler"]
    assert verdicts([before, scaler], [after, scaler])[0][1] == Level.ROLLS_PODS
    assert verdicts([before], [after])[0][1] == Level.MAY_INTERRUPT


def test_handing_the_replicas_to_an_autoscaler_may_interrupt() -> None:
    """
    An apply that takes `replicas` away leaves one pod until the autoscaler acts.
    """
    before, scaler = BODIES["Deployment"], BODIES["HorizontalPodAutoscaler"]
    after = change(before, "spec.paused", False)
    del after["spec"]["replicas"]
    found = verdicts([before], [after, scaler])
    assert ("Deployment/web", Level.MAY_INTERRUPT) in [each[:2] for each in found]


@pytest.mark.parametrize(("count", "level"), [(0, 2), (1, 2), (2, None), (5, None)])
def test_fewer_replicas_may_interrupt_when_hardly_one_is_left(
    count: int, level: int | None
) -> None:
    """
    From three replicas to two nothing is missed; to one or none it may be.
    """
    found = changed("Deployment", "spec.replicas", count)
    assert max(found, default=None) == level


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.template.spec.containers.0.livenessProbe", {"httpGet": {"path": "/", "port": 1}}),
        ("spec.template.spec.containers.0.ports.0.containerPort", 9090),
    ],
)
def test_a_changed_probe_or_port_may_interrupt(path: str, value: Any) -> None:
    """
    A probe that fails, or a port that nobody knows, stops the service however many pods it has.
    """
    assert max(changed("Deployment", path, value)) == Level.MAY_INTERRUPT


@pytest.mark.parametrize(
    ("field", "value", "level"),
    [
        ("minReplicas", 1, Level.MAY_INTERRUPT),
        ("minReplicas", 0, Level.MAY_INTERRUPT),
        ("minReplicas", 3, None),
        ("maxReplicas", 1, Level.MAY_INTERRUPT),
        ("maxReplicas", 2, None),
    ],
)
def test_an_autoscaler_that_leaves_hardly_a_pod_may_interrupt(
    field: str, value: int, level: Level | None
) -> None:
    """
    From at least two to one, to none, or to at most one.
    """
    found = changed("HorizontalPodAutoscaler", f"spec.{field}", value, BODIES["Deployment"])
    assert max(found, default=None) == level
