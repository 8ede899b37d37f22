"""What changed configuration does to who reads it."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, change
from tests.k8sgen.changes.judging import verdicts

POD = "spec.template.spec"
NEW = change(BODIES["ConfigMap"], "data.a", "2")
VOLUME = [{"name": "files", "configMap": {"name": "web"}}]
CHECKSUM = "spec.template.metadata.annotations"


def _mounting(**mount: str) -> dict[str, Any]:
    body = change(BODIES["Deployment"], f"{POD}.volumes", VOLUME)
    mounts = [{"name": "files", "mountPath": "/etc/web", **mount}]
    return change(body, f"{POD}.containers.0.volumeMounts", mounts)


def _from_env() -> dict[str, Any]:
    env = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "a"}}}]
    return change(BODIES["Deployment"], f"{POD}.containers.0.env", env)


def _env_from() -> dict[str, Any]:
    source = [{"configMapRef": {"name": "web"}}]
    return change(BODIES["Deployment"], f"{POD}.containers.0.envFrom", source)


def _level(before: dict[str, Any], after: dict[str, Any]) -> tuple[Level, str]:
    found = verdicts([BODIES["ConfigMap"], before], [NEW, after])
    return next((level, reason) for title, level, reason in found if title.startswith("ConfigMap"))


@pytest.mark.parametrize("reader", [_mounting(), _mounting(subPath="a"), _from_env(), _env_from()])
def test_a_reader_with_a_checksum_rolls(reader: dict[str, Any]) -> None:
    """
    Pods whose template changes with their configuration roll, and the ConfigMap says so.
    """
    after = change(reader, CHECKSUM, {"checksum/config": "2"})
    assert _level(reader, after)[0] == Level.ROLLS_PODS


def test_files_that_change_under_running_pods_may_interrupt() -> None:
    """
    A mounted ConfigMap without a checksum changes while the process runs.
    """
    assert _level(_mounting(), _mounting())[0] == Level.MAY_INTERRUPT


@pytest.mark.parametrize("reader", [_mounting(subPath="a"), _from_env(), _env_from()])
def test_what_is_read_once_does_nothing_until_a_restart(reader: dict[str, Any]) -> None:
    """
    Variables and single files stay as they are in running pods: a reviewer should know.
    """
    level, reason = _level(reader, reader)
    assert level == Level.NONE
    assert "restart" in reason


def test_configuration_that_nobody_reads_does_nothing() -> None:
    """
    A ConfigMap of another name than the pods mount is nobody's.
    """
    assert _level(BODIES["Deployment"], BODIES["Deployment"]) == (
        Level.NONE,
        "no pod here reads it",
    )
