"""Every way in which a manifest can use a Secret is found."""

from __future__ import annotations

from typing import Any

from k8sgen.secrets.contract.references import references

CONTAINER = {
    "name": "c",
    "env": [
        {"name": "A", "value": "x"},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "b"}}},
        {"name": "C", "valueFrom": {"secretKeyRef": {"name": "s", "key": "c", "optional": True}}},
        {"name": "D", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "d"}}},
    ],
    "envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "m"}}],
}
POD = {
    "initContainers": [
        {
            "name": "i",
            "env": [{"name": "I", "valueFrom": {"secretKeyRef": {"name": "i", "key": "k"}}}],
        }
    ],
    "containers": [CONTAINER],
    "volumes": [
        {"name": "v", "secret": {"secretName": "files"}},
        {"name": "w", "secret": {"secretName": "s", "items": [{"key": "f", "path": "p"}]}},
        {"name": "x", "projected": {"sources": [{"secret": {"name": "proj"}}, {"configMap": {}}]}},
        {"name": "y", "emptyDir": {}},
    ],
    "imagePullSecrets": [{"name": "pull"}],
}
FOUND = {
    ("i", "k", "env I", False),
    ("s", "b", "env B", False),
    ("s", "c", "env C", True),
    ("all", None, "env", False),
    ("files", None, "files", False),
    ("s", "f", "file p", False),
    ("proj", None, "files", False),
    ("pull", ".dockerconfigjson", "pull", False),
}


def manifest(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest of the service x."""
    labels = {"app.kubernetes.io/name": "x"}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "n", "labels": labels}, **spec}


def test_all_ways_are_found_at_any_depth() -> None:
    """In a Pod, in a workload's template, and in the template in a CronJob's template."""
    template = {"template": {"spec": POD}}
    for kind, spec in (
        ("Pod", POD),
        ("Deployment", template),
        ("CronJob", {"jobTemplate": {"spec": template}}),
    ):
        found = references([manifest(kind, {"spec": spec})])
        assert {(r.secret, r.key, r.way, r.optional) for r in found} == FOUND
        assert {(r.user, r.service) for r in found} == {(f"{kind}/n", "x")}


def test_other_manifests_use_none() -> None:
    """The certificate of an Ingress is cert-manager's."""
    ingress = manifest("Ingress", {"spec": {"tls": [{"secretName": "x-tls"}]}})
    config = manifest("ConfigMap", {"data": {"a": "secretKeyRef: {name: a}"}})
    assert references([ingress, config, {"kind": "X", "metadata": {"name": "y"}}]) == []
