"""What on the cluster has earlier values: told by annotations, without reading a value."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from k8sgen.secrets.contract.keys import CHECKSUM
from k8sgen.secrets.files.record import ANNOTATION
from k8sgen.secrets.rotation.rollout import Rollout
from tests.k8sgen.secrets.kit import NOW, Site
from tests.kubectl import FakeKubectl, fake_kubectl

NAMES = ["database/password", "web/session"]
LABELS = {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "server"}


def template(checksum: str) -> dict[str, Any]:
    """Return the head of a pod or a template."""
    return {"metadata": {"labels": LABELS, "annotations": {CHECKSUM: checksum}}}


def pod(name: str, checksum: str, *, phase: str = "Running", ready: bool = True) -> dict[str, Any]:
    """Return a pod on the cluster."""
    head = template(checksum)
    head["metadata"]["name"] = name
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {**head, "status": {"phase": phase, "conditions": conditions}}


BODIES = [
    {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": template("new")}},
    {"kind": "Service", "metadata": {"name": "web"}, "spec": {}},
]


@pytest.fixture
def rotated(ready: Site) -> Site:
    """An environment with two rotated values."""
    ready.generate(rotate=NAMES, now=NOW)
    return ready


TIME = "2026-11-22T10:00:00Z"
MANAGERS = [
    {"manager": "k8sgen", "time": TIME, "fieldsV1": {"f:data": {}}},
    {"manager": "argocd", "time": "2026-11-23T10:00:00Z", "fieldsV1": {"f:metadata": {}}},
]


def cluster(
    site: Site, folder: Path, patch: pytest.MonkeyPatch, pods: list[dict[str, Any]], **noted: str
) -> tuple[Rollout, FakeKubectl]:
    """Return what asks a cluster with *pods*, and with Secrets that have the annotation *noted*."""
    head = f"Secret\n{json.dumps(MANAGERS)}\n"
    cases = [
        f"*secret/{name}*) printf '%s' {shlex.quote(head + text)} ;;"
        for name, text in noted.items()
    ]
    listed = shlex.quote(json.dumps({"items": pods}))
    answer = "\n".join(['case "$*" in', *cases, f"*pods*) printf '%s' {listed} ;;", "esac"])
    kubectl = fake_kubectl(folder, patch, answer)
    return Rollout(needs=site.needs, store=site.store, bodies=BODIES, context="main"), kubectl


def noted(site: Site, secret: str) -> str:
    """Return the annotation of the encrypted file."""
    records = site.store.read(secret).records
    return "".join(f"{records[key].line(key)}\n" for key in records)


def test_where_everything_has_the_new_values_nothing_is_behind(
    rotated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pods that are over do not count, nor do those of other services."""
    pods = [pod("a", "new"), pod("b", "old", phase="Succeeded")]
    texts = {name: noted(rotated, name) for name in ("database", "web")}
    rollout, kubectl = cluster(rotated, tmp_path / "bin", monkeypatch, pods, **texts)
    assert rollout.behind(NAMES) == []
    for line in kubectl.asked:
        assert line.startswith("--context main get --namespace=production")
        assert "pods" in line or line.endswith(f"{{.metadata.annotations.{ANNOTATION}}}")


def test_each_that_is_behind_is_named(
    rotated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Secret with another value, a pod of before, one that is not ready."""
    pods = [pod("a", "new", ready=False), pod("b", "old"), pod("c", "new")]
    old = noted(rotated, "database").replace(
        rotated.store.read("database").revision("password"), "0"
    )
    texts = {"database": old, "web": noted(rotated, "web")}
    rollout, _ = cluster(rotated, tmp_path / "bin", monkeypatch, pods, **texts)
    assert rollout.behind(NAMES) == [
        "Secret/database has another value of password",
        "Pod/a is not ready",
        "Pod/b was started with earlier values",
    ]


def test_a_pod_that_was_there_before_the_value_is_behind(
    rotated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its manifest came before the Secret did, so nobody knows which value it holds."""
    pods = [pod("a", "new"), pod("b", "new")]
    pods[0]["metadata"]["creationTimestamp"] = "2026-11-22T09:59:59Z"
    pods[1]["metadata"]["creationTimestamp"] = TIME
    texts = {name: noted(rotated, name) for name in ("database", "web")}
    rollout, _ = cluster(rotated, tmp_path / "bin", monkeypatch, pods, **texts)
    assert rollout.behind(NAMES) == ["Pod/a is older than the values in its Secrets; restart it"]


def test_what_is_not_on_the_cluster_is_not_behind(
    rotated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing runs with a Secret that is not there."""
    rollout, _ = cluster(rotated, tmp_path / "bin", monkeypatch, [])
    assert rollout.behind(NAMES) == []


def test_a_secret_of_unknown_origin_is_behind(
    rotated: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not made from an encrypted file of ours."""
    texts = {"database": "", "web": noted(rotated, "web")}
    rollout, _ = cluster(rotated, tmp_path / "bin", monkeypatch, [], **texts)
    assert rollout.behind(NAMES) == ["Secret/database has another value of password"]
