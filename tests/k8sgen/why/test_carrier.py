"""Which file of the output carries a field."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.why.body import Steps
from k8sgen.why.carrier import carrier
from tests.k8sgen.changes.cases import BODIES, change

FOLDER = "overlays/production/web"
CONTAINER: Steps = ("spec", "template", "spec", "containers", 0)
FILES = {
    f"{FOLDER}/kustomization.yaml": """\
namespace: default
resources:
- ../../../base/web
- service.yaml
labels:
- pairs:
    instance: production
patches:
- path: deployment.patch.yaml
- path: networkpolicy.patch.yaml
  target: {kind: NetworkPolicy, name: web}
images:
- name: other
  newTag: "1"
- name: web
  newTag: "1"
replicas:
- name: web
  count: 3
""",
    f"{FOLDER}/deployment.patch.yaml": """\
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        resources:
          requests:
            cpu: "1"
""",
    f"{FOLDER}/networkpolicy.patch.yaml": """\
- op: replace
  path: /spec/ingress/0/ports
  value: []
""",
    f"{FOLDER}/service.yaml": """\
kind: Service
metadata:
  name: web
spec:
  type: ClusterIP
""",
    "base/web/deployment.yaml": """\
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    spec:
      containers:
      - name: web
        ports:
        - name: http
          containerPort: 8080
""",
    "base/web/networkpolicy.yaml": """\
kind: NetworkPolicy
metadata:
  name: web
spec:
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: front
""",
}
DEPLOYMENT = change(BODIES["Deployment"], "metadata.labels", {"instance": "production"})


@pytest.mark.parametrize(
    ("name", "steps", "place"),
    [
        ("Deployment", ("metadata", "namespace"), f"{FOLDER}/kustomization.yaml:1"),
        ("Deployment", ("metadata", "labels", "instance"), f"{FOLDER}/kustomization.yaml:7"),
        ("Deployment", (*CONTAINER, "image"), f"{FOLDER}/kustomization.yaml:15"),
        ("Deployment", ("spec", "replicas"), f"{FOLDER}/kustomization.yaml:18"),
        (
            "Deployment",
            (*CONTAINER, "resources", "requests", "cpu"),
            f"{FOLDER}/deployment.patch.yaml:11",
        ),
        (
            "NetworkPolicy",
            ("spec", "ingress", 0, "ports", 0, "port"),
            f"{FOLDER}/networkpolicy.patch.yaml:1",
        ),
        ("Service", ("spec", "type"), f"{FOLDER}/service.yaml:5"),
        (
            "Deployment",
            ("spec", "selector", "matchLabels", "app"),
            "base/web/deployment.yaml:7",
        ),
        (
            "Deployment",
            (*CONTAINER, "ports", 0, "containerPort"),
            "base/web/deployment.yaml:14",
        ),
        ("Deployment", ("metadata", "name"), "base/web/deployment.yaml:3"),
        (
            "NetworkPolicy",
            ("spec", "ingress", 0, "from", 0, "podSelector", "matchLabels", "app"),
            "base/web/networkpolicy.yaml:9",
        ),
    ],
)
def test_the_last_to_say_a_field_carries_it(name: str, steps: Steps, place: str) -> None:
    """
    The kustomization's own fields, then patches, then the overlay's resources, then the base.
    """
    body: dict[str, Any] = DEPLOYMENT if name == "Deployment" else BODIES[name]
    assert str(carrier(FILES, FOLDER, body, steps)) == place


def test_without_an_output_nothing_carries_it() -> None:
    """
    Before the first synth there is no file to name.
    """
    assert carrier({}, FOLDER, DEPLOYMENT, ("spec", "replicas")) is None
