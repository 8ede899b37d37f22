"""What opens more than before: rights, privileges, exposure."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.level import Level
from k8sgen.changes.rules.privileges import privileges
from tests.k8sgen.changes.cases import BODIES, RULE, change
from tests.k8sgen.changes.judging import added, changed, verdicts

POD = "spec.template.spec"
MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares"
CONTAINER = f"{POD}.containers.0"
HARDENED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    "capabilities": {"drop": ["ALL"]},
}


@pytest.fixture(name="hardened")
def _hardened() -> dict[str, Any]:
    body = change(BODIES["Deployment"], f"{CONTAINER}.securityContext", HARDENED)
    return change(body, f"{POD}.automountServiceAccountToken", False)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{CONTAINER}.securityContext.privileged", True),
        (f"{CONTAINER}.securityContext.allowPrivilegeEscalation", True),
        (f"{CONTAINER}.securityContext.runAsNonRoot", False),
        (f"{CONTAINER}.securityContext.readOnlyRootFilesystem", False),
        (f"{CONTAINER}.securityContext.runAsUser", 0),
        (f"{CONTAINER}.securityContext.seccompProfile.type", "Unconfined"),
        (f"{CONTAINER}.securityContext.capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
        (
            f"{CONTAINER}.securityContext.capabilities",
            {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        ),
        (f"{CONTAINER}.securityContext.capabilities.drop", []),
        (f"{CONTAINER}.securityContext.procMount", "Unmasked"),
        (f"{POD}.securityContext", {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
        (f"{CONTAINER}.securityContext", {}),
        (f"{CONTAINER}.ports", [{"containerPort": 1, "hostPort": 1}]),
        (f"{POD}.hostNetwork", True),
        (f"{POD}.hostPID", True),
        (f"{POD}.automountServiceAccountToken", True),
        (f"{POD}.volumes", [{"name": "root", "hostPath": {"path": "/"}}]),
    ],
)
def test_a_loosened_pod_widens_access(hardened: dict[str, Any], path: str, value: Any) -> None:
    """
    Each privilege beyond the restricted standard is named, and so is what tightens never.
    """
    loose = change(hardened, path, value)
    assert Level.WIDENS_ACCESS in [level for _, level, _ in verdicts([hardened], [loose])]
    assert Level.WIDENS_ACCESS not in [level for _, level, _ in verdicts([loose], [hardened])]


def test_a_workload_without_a_pod_is_no_obstacle() -> None:
    """
    What a cluster would refuse is compared all the same.
    """
    empty = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {}}}
    assert list(privileges(empty)) == ["the pods get a token for the Kubernetes API"]


def test_a_new_workload_is_measured_from_nothing(hardened: dict[str, Any]) -> None:
    """
    A new hardened workload widens nothing; a new one that may run as root does.
    """
    assert Level.WIDENS_ACCESS not in added(hardened)
    assert "may run as root" in str(verdicts([], [BODIES["Deployment"]]))


@pytest.mark.parametrize(
    ("rule", "widens"),
    [
        ({**RULE, "verbs": ["get", "list"]}, True),
        ({**RULE, "verbs": ["*"]}, True),
        ({**RULE, "resources": ["pods", "secrets"]}, True),
        ({**RULE, "apiGroups": ["", "apps"]}, True),
        ({**RULE, "resourceNames": ["web"]}, False),
        ({**RULE, "verbs": []}, False),
    ],
)
def test_a_right_that_no_rule_gave_before_widens_access(rule: dict[str, Any], widens: bool) -> None:
    """
    Rights are compared as (verb, group, resource, name), not as text.
    """
    found = changed("Role", "rules", [rule])
    assert (Level.WIDENS_ACCESS in found) == widens


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({**RULE, "verbs": ["*"]}, RULE),
        ({**RULE, "resources": ["*"]}, {**RULE, "resources": ["pods", "pods/log"]}),
        ({**RULE, "resources": ["*/log"]}, {**RULE, "resources": ["pods/log"]}),
        (
            {"nonResourceURLs": ["/healthz*"], "verbs": ["get"]},
            {"nonResourceURLs": ["/healthz/ready"], "verbs": ["get"]},
        ),
    ],
)
def test_a_wildcard_covers_what_it_stands_for(wide: Any, narrow: Any) -> None:
    """
    To write out what a wildcard allowed widens nothing; the way back does.
    """
    one, other = (change(BODIES["ClusterRole"], "rules", [rule]) for rule in (wide, narrow))
    assert Level.WIDENS_ACCESS not in [level for _, level, _ in verdicts([one], [other])]
    assert Level.WIDENS_ACCESS in [level for _, level, _ in verdicts([other], [one])]


@pytest.mark.parametrize("name", ["RoleBinding", "ClusterRoleBinding"])
def test_another_subject_widens_access(name: str) -> None:
    """
    Who gets a role is named, also when the binding is new.
    """
    found = changed(name, "subjects.0.name", "other")
    assert "ServiceAccount other" in found[Level.WIDENS_ACCESS]
    assert Level.WIDENS_ACCESS in added(BODIES[name])


@pytest.mark.parametrize(
    ("name", "path", "value", "reason"),
    [
        ("Service", "spec.type", "LoadBalancer", "outside"),
        ("Service", "spec.type", "NodePort", "outside"),
        ("Service", "spec.externalIPs", ["192.0.2.1"], "192.0.2.1"),
        ("LoadBalancer", "spec.externalIPs", ["192.0.2.1"], "192.0.2.1"),
        ("Ingress", "spec.rules.0.host", "b.example.com", "b.example.com/"),
        ("Ingress", "spec.rules.0.http.paths.0.path", "/admin", "a.example.com/admin"),
        ("Ingress", "spec.tls", [], "loses TLS"),
        ("ServiceAccount", "automountServiceAccountToken", True, "token"),
    ],
)
def test_a_new_way_in_widens_access(name: str, path: str, value: Any, reason: str) -> None:
    """
    Ports of nodes, load balancers, hosts and paths are named when they are new.
    """
    assert reason in changed(name, path, value)[Level.WIDENS_ACCESS]


def test_a_load_balancer_opens_to_more_sources() -> None:
    """
    A list of allowed sources that goes away lets everybody in.
    """
    path = "spec.loadBalancerSourceRanges"
    narrow = change(BODIES["LoadBalancer"], path, ["192.0.2.0/24"])
    found = verdicts([narrow], [BODIES["LoadBalancer"]])
    assert ("Service/web", Level.WIDENS_ACCESS, "the load balancer lets in everybody") in found
    assert not [v for v in verdicts([BODIES["LoadBalancer"]], [narrow]) if v[1] == 4]


@pytest.mark.parametrize(
    ("old", "new", "widens"),
    [("restricted", "baseline", True), ("baseline", "restricted", False), ("baseline", "", True)],
)
def test_a_laxer_pod_security_level_widens_access(old: str, new: str, widens: bool) -> None:
    """
    The namespace's label decides which pods are admitted; without one, all are.
    """
    label = "pod-security.kubernetes.io/enforce"
    bodies = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "web", "labels": {label: level} if level else {}},
        }
        for level in (old, new)
    ]
    levels = [level for _, level, _ in verdicts(bodies[:1], bodies[1:])]
    assert (Level.WIDENS_ACCESS in levels) == widens


def test_an_allow_list_that_goes_away_widens_access() -> None:
    """
    The annotation by which ingress controllers let in only some sources is read.
    """
    name = "metadata.annotations"
    note = {"nginx.ingress.kubernetes.io/whitelist-source-range": "192.0.2.0/24"}
    narrow = change(BODIES["Ingress"], name, note)
    assert Level.WIDENS_ACCESS in [v[1] for v in verdicts([narrow], [BODIES["Ingress"]])]


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("Service", "spec.selector.app", "other"),
        ("Service", "spec.ports.0.port", 81),
        ("Ingress", "spec.ingressClassName", "nginx"),
        ("Ingress", "spec.rules.0.http.paths.0.backend.service.name", "other"),
    ],
)
def test_a_changed_route_may_interrupt(name: str, path: str, value: Any) -> None:
    """
    Requests that go elsewhere may find nobody.
    """
    assert max(changed(name, path, value)) == Level.MAY_INTERRUPT


def test_a_route_of_a_gateway_opens_hosts_as_an_ingress_does() -> None:
    """
    A new one, a new host and a new path widen access; another backend, or a host less, do not.
    """
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": "/api"}}],
        "backendRefs": [{"name": "web", "port": 80}],
    }
    body = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "web"},
        "spec": {"parentRefs": [{"name": "public"}], "hostnames": ["a.example"], "rules": [rule]},
    }
    assert added(body)[Level.WIDENS_ACCESS] == "a.example/api is reachable from outside"
    hosts = change(body, "spec.hostnames", ["a.example", "b.example"])
    opened = {(level, reason) for _, level, reason in verdicts([body], [hosts])}
    assert (Level.WIDENS_ACCESS, "b.example/api is reachable from outside") in opened
    closed = {(level, reason) for _, level, reason in verdicts([hosts], [body])}
    assert (Level.MAY_INTERRUPT, "b.example/api is no longer reachable from outside") in closed
    assert Level.WIDENS_ACCESS not in {level for level, _ in closed}
    moved = change(body, "spec.rules.0.backendRefs.0.name", "other")
    reasons = {reason for _, _, reason in verdicts([body], [moved])}
    assert "requests to a.example/api go elsewhere" in reasons


@pytest.mark.parametrize(
    ("name", "before", "after", "widens"),
    [
        ("nginx.ingress.kubernetes.io/auth-url", "https://auth.example.com", None, True),
        ("nginx.ingress.kubernetes.io/auth-type", "basic", "none", True),
        ("nginx.ingress.kubernetes.io/auth-tls-verify-client", "on", "optional", True),
        ("nginx.ingress.kubernetes.io/auth-tls-verify-client", "off", None, False),
        ("nginx.org/basic-auth-secret", "users", None, True),
        ("nginx.com/jwt-key", "key", None, True),
        ("haproxy.org/auth-type", "basic-auth", None, True),
        ("alb.ingress.kubernetes.io/auth-type", "oidc", "none", True),
        (MIDDLEWARES, "a-auth@x,a-hsts@x", "a-hsts@x", True),
        (
            "traefik.ingress.kubernetes.io/router.middlewares",
            "a-hsts@x",
            "a-auth@x,a-hsts@x",
            False,
        ),
        ("nginx.ingress.kubernetes.io/auth-url", "https://a.example.com", "https://b", False),
        ("example.com/author", "somebody", None, False),
    ],
)
def test_an_ingress_that_no_longer_asks_who_calls_widens_access(
    name: str, before: str, after: str | None, widens: bool
) -> None:
    """
    The annotations of ingress controllers, and the middlewares that they name.
    """
    old = change(BODIES["Ingress"], "metadata.annotations", {name: before})
    new = change(BODIES["Ingress"], "metadata.annotations", {name: after} if after else {})
    levels = [level for _, level, _ in verdicts([old], [new])]
    assert (Level.WIDENS_ACCESS in levels) is widens


def test_a_route_that_loses_a_filter_widens_access() -> None:
    """
    An ExtensionRef, or the ExternalAuth of the Gateway API, may ask who calls.
    """
    reference = {"group": "traefik.io", "kind": "Middleware", "name": "auth"}
    rule = {"filters": [{"type": "ExtensionRef", "extensionRef": reference}]}
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"hostnames": ["a.example.com"], "rules": [rule]},
    }
    open_ = change(route, "spec.rules", [{"filters": []}])
    found = [reason for _, _, reason in verdicts([route], [open_])]
    assert "requests no longer pass the filter Middleware/auth" in found
    assert Level.WIDENS_ACCESS not in [level for _, level, _ in verdicts([open_], [route])]
