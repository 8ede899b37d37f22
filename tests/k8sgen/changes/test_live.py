"""What runs, read through kubectl: here a small program that answers as a cluster would."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from k8sgen.changes.compare import compare
from k8sgen.changes.live import live
from k8sgen.changes.path import show
from k8sgen.kubernetes.manifest import LAST_APPLIED
from k8sgen.tools import programs as tools
from k8sgen.tools.kubectl import ClusterError
from tests.k8sgen.changes.cases import BODIES, change

DEPLOYMENT, SERVICE, POLICY = (BODIES[n] for n in ("Deployment", "Service", "NetworkPolicy"))
_KUBECTL = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
asked = json.load(sys.stdin)
(here / "asked.json").write_text(json.dumps([sys.argv[1:], asked]))
failure = here / "failure"
if failure.exists():
    sys.exit(failure.read_text())
names = [(i["kind"], i["metadata"]["name"]) for i in asked["items"]]
there = json.loads((here / "there.json").read_text())
found = [b for b in there if (b["kind"], b["metadata"]["name"]) in names]
if len(found) == 1:
    print(json.dumps(found[0]))
elif found:
    print(json.dumps({{"apiVersion": "v1", "kind": "List", "items": found}}))
"""


@pytest.fixture(name="cluster")
def _cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(_KUBECTL.format(python=sys.executable))
    kubectl.chmod(0o755)
    monkeypatch.setattr(tools, "find", lambda _: str(kubectl))
    return tmp_path


def _runs(cluster: Path, *bodies: dict[str, Any]) -> None:
    (cluster / "there.json").write_text(json.dumps(bodies))


def _defaulted(body: dict[str, Any]) -> dict[str, Any]:
    """Return a Deployment as the API server gives it back."""
    there = change(body, "metadata.uid", "1")
    there = change(there, "metadata.resourceVersion", "7")
    there = change(there, "metadata.annotations", {"deployment.kubernetes.io/revision": "3"})
    there = change(there, "spec.progressDeadlineSeconds", 600)
    there = change(there, "spec.strategy.rollingUpdate", {"maxSurge": "25%"})
    pod = "spec.template.spec"
    there = change(there, f"{pod}.dnsPolicy", "ClusterFirst")
    there = change(there, f"{pod}.containers.0.imagePullPolicy", "IfNotPresent")
    there = change(there, f"{pod}.containers.0.ports.0.protocol", "TCP")
    there["status"] = {"replicas": 3}
    return there


def _differences(wanted: list[dict[str, Any]]) -> list[str]:
    found = compare("live", live(wanted, context="prod").bodies, {"web": wanted})
    fields = [f"{c.pair.kind} {show(f.path)}" for c in found.resources for f in c.fields]
    return fields + [f"{c.pair.kind} {c.word}" for c in found.resources if not c.fields]


def test_what_the_api_server_filled_in_is_no_difference(cluster: Path) -> None:
    """
    Defaults, status and what controllers note are none of ours.
    """
    _runs(cluster, _defaulted(DEPLOYMENT), SERVICE)
    assert _differences([DEPLOYMENT, SERVICE]) == []


def test_exactly_the_rendered_resources_are_read(cluster: Path) -> None:
    """
    Kubectl gets names and no bodies: no secret goes to a program that need not have it.
    """
    _runs(cluster, _defaulted(DEPLOYMENT))
    live([DEPLOYMENT, BODIES["Secret"]], context="prod")
    arguments, asked = json.loads((cluster / "asked.json").read_text())
    assert arguments[:3] == ["--context", "prod", "get"]
    assert all(set(item) == {"apiVersion", "kind", "metadata"} for item in asked["items"])
    assert all(set(item["metadata"]) == {"name", "namespace"} for item in asked["items"])


def test_what_somebody_changed_by_hand_is_found(cluster: Path) -> None:
    """
    A field that we set and that runs otherwise differs.
    """
    _runs(cluster, change(_defaulted(DEPLOYMENT), "spec.replicas", 9))
    assert _differences([DEPLOYMENT]) == ["Deployment spec.replicas"]


def test_what_was_applied_before_and_is_dropped_now_is_found(cluster: Path) -> None:
    """
    The annotation of the last apply tells what the next one takes away.
    """
    before = change(DEPLOYMENT, "spec.minReadySeconds", 5)
    there = _defaulted(before)
    there["metadata"]["annotations"][LAST_APPLIED] = json.dumps(before)
    _runs(cluster, there)
    assert _differences([DEPLOYMENT]) == ["Deployment spec.minReadySeconds"]


def test_a_container_that_a_webhook_adds_is_left_alone(cluster: Path) -> None:
    """
    An apply would keep it: it was never ours.
    """
    there = _defaulted(DEPLOYMENT)
    there["spec"]["template"]["spec"]["containers"].append({"name": "proxy", "image": "p:1"})
    _runs(cluster, there)
    assert _differences([DEPLOYMENT]) == []


def test_items_without_names_are_compared_without_their_defaults(cluster: Path) -> None:
    """
    In a list that is replaced whole, each item may still have been filled up.
    """
    bare = change(POLICY, "spec.ingress.0.ports", [{"port": 8080}])
    _runs(cluster, POLICY)
    assert _differences([bare]) == []
    _runs(cluster, change(POLICY, "spec.ingress.0.ports", [{"port": 8080}, {"port": 1}]))
    assert _differences([bare]) != []


def test_what_is_not_there_yet_is_added(cluster: Path) -> None:
    """
    A resource that the cluster lacks will be made.
    """
    _runs(cluster)
    assert _differences([DEPLOYMENT]) == ["Deployment added"]


def test_a_failing_kubectl_says_what_to_do(cluster: Path) -> None:
    """
    Its line is the problem; the hint is the next step.
    """
    _runs(cluster)
    (cluster / "failure").write_text("Unable to connect to the server")
    with pytest.raises(ClusterError, match="Unable to connect") as raised:
        live([DEPLOYMENT], context="prod")
    assert raised.value.hint == "try: kubectl --context prod get namespaces"


@pytest.mark.parametrize(
    ("manager", "found"),
    [("k8sgen", ["Ingress spec.tls"]), ("kubectl", ["Ingress spec.tls"]), ("somebody", [])],
)
def test_what_was_applied_on_the_servers_side_is_found(
    cluster: Path, manager: str, found: list[str]
) -> None:
    """
    The API server notes who applied which field; another one's stays as it is.
    """
    ingress = BODIES["Ingress"]
    fields: dict[str, Any] = {"f:spec": {"f:ingressClassName": {}, "f:rules": {}, "f:tls": {}}}
    entry = {"manager": manager, "operation": "Apply", "fieldsV1": fields}
    _runs(cluster, change(ingress, "metadata.managedFields", [entry]))
    wanted = change(ingress, "spec.ingressClassName", "traefik")
    del wanted["spec"]["tls"]
    assert _differences([wanted]) == found


def test_a_zero_value_that_was_applied_is_no_difference(cluster: Path) -> None:
    """
    The API server keeps nothing of it; one that nobody applied yet is a difference.
    """
    env = [{"name": "A", "value": ""}]
    wanted = change(DEPLOYMENT, "spec.template.spec.containers.0.env", env)
    there = change(wanted, "spec.template.spec.containers.0.env", [{"name": "A"}])
    _runs(cluster, there)
    assert _differences([wanted]) != []
    _runs(cluster, change(there, "metadata.annotations", {LAST_APPLIED: json.dumps(wanted)}))
    assert _differences([wanted]) == []


def test_what_was_read_is_compared_though_its_namesake_is_forbidden(
    cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Kubectl names a plural and a name, which may be those of a resource that it did read.
    """
    role, binding = BODIES["Role"], BODIES["RoleBinding"]
    _runs(cluster, role)
    said = (
        'Error from server (Forbidden): rolebindings.rbac.authorization.k8s.io "web" is forbidden'
    )
    monkeypatch.setattr(
        "k8sgen.changes.live.ask_most", lambda *_, **__: (json.dumps(role), (said,))
    )
    found = live([role, binding], context="prod")
    assert (found.bodies, found.unread) == ([role], [binding])
