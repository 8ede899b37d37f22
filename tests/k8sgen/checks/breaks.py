"""For each rule, changes of the sound environment that break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from k8sgen.kubernetes.config_file import FileFormat
from tests.k8sgen.checks.sound import Bodies, Body

_NAMESPACE = "kubernetes.io/metadata.name"
_RBAC = "rbac.authorization.k8s.io/v1"


@attrs.frozen
class Break:
    """
    One way to break one rule.

    Args:
        facts: What the context says otherwise.
    """

    rule: str
    change: Callable[[Bodies], Any]
    facts: dict[str, Any] = attrs.field(factory=dict)


def at(body: Body, *keys: Any, value: Any = None) -> Any:
    """
    Return what is below *keys*; with *value*, put that there.
    """
    for key in keys[:-1]:
        body = body[key]
    if value is not None:
        body[keys[-1]] = value
    return body[keys[-1]]


def _pod(bodies: Bodies, name: str = "web") -> Body:
    found: Body = bodies[name]["spec"]["template"]["spec"]
    return found


def _box(bodies: Bodies, name: str = "web") -> Body:
    found: Body = _pod(bodies, name)["containers"][0]
    return found


def _add(
    kind: str, api_version: str = "v1", name: str = "extra", **body: Any
) -> Callable[[Bodies], Any]:
    place = {} if kind.startswith("Cluster") else {"namespace": "shop"}
    whole = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **place}, **body}
    return lambda bodies: bodies.update(extra=whole)


def _env(name: str, value: str) -> Callable[[Bodies], Any]:
    return lambda bodies: _box(bodies)["env"].append({"name": name, "value": value})


def _nothing(_: Bodies) -> None:
    """Change no manifest: the facts break the rule."""


_SUBJECT = {"kind": "ServiceAccount", "name": "web", "namespace": "shop"}
_MONITOR = {"selector": {"matchLabels": {"app": "web"}}, "endpoints": [{"port": "https"}]}
_LONG = "x" * 70
_PICKY = FileFormat(check=lambda use: [f"it is read at {sorted(use.ports)}"])

BREAKS = (
    Break("schema", lambda b: at(_box(b), "imagePulPolicy", value="Always")),
    Break("schema", lambda b: at(b["web"], "spec", "replicas", value="two")),
    Break("schema", lambda b: at(b["web"], "apiVersion", value="apps/v9")),
    Break("api-removed", lambda b: at(b["report"], "apiVersion", value="batch/v1beta1")),
    Break("api-deprecated", _add("Endpoints")),
    Break("schema-missing", _add("Widget", "example.com/v1")),
    Break("name", lambda b: at(b["config"], "metadata", "name", value="Web_Config")),
    Break("name", lambda b: at(b["report"], "metadata", "name", value="r" * 53)),
    Break("name", lambda b: at(_box(b, "store"), "ports", 0, "name", value="much-too-long-a-name")),
    Break("label", lambda b: at(b["web-service"], "metadata", "labels", "team", value="a b")),
    Break("label", lambda b: at(b["web-service"], "metadata", "labels", "team", value=_LONG)),
    Break("quantity", lambda b: at(_box(b), "resources", "limits", "memory", value="64MB")),
    Break("enum", lambda b: at(_box(b), "imagePullPolicy", value="Sometimes")),
    Break("enum", lambda b: at(_pod(b), "restartPolicy", value="Never")),
    Break("range", lambda b: at(b["web-service"], "spec", "ports", 0, "port", value=70000)),
    Break("range", lambda b: at(b["autoscaler"], "spec", "maxReplicas", value=1)),
    Break("schedule", lambda b: at(b["report"], "spec", "schedule", value="60 2 * * *")),
    Break("schedule", lambda b: at(b["report"], "spec", "schedule", value="nightly")),
    Break("duplicate", lambda b: _box(b)["env"].append(_box(b)["env"][0])),
    Break("duplicate", lambda b: b["web-service"]["spec"]["ports"].append({"name": "http",
      "port": 81})),
    Break("own-selector", lambda b: at(b["web"], "spec", "selector", "matchLabels", "app",
      value="wob")),
    Break("config-map-reference", lambda b: at(_pod(b), "volumes", 0, "configMap", "name",
      value="wob")),
    Break("config-map-reference", lambda b: b["config"]["data"].pop("level")),
    Break("secret-reference", _nothing, {"secrets": {}}),
    Break("secret-reference", _nothing, {"secrets": {"store": {"pass": ""}}}),
    Break("secret-unused", _nothing, {"secrets": {"store": {"password": "", "old": ""}}}),
    Break("service-account-reference", lambda b: at(_pod(b), "serviceAccountName", value="wob")),
    Break("service-account-reference", lambda b: _pod(b).pop("serviceAccountName")),
    Break("priority-class-reference", lambda b: b.pop("priority")),
    Break("claim-reference", lambda b: _pod(b)["volumes"].append(
        {"name": "files", "persistentVolumeClaim": {"claimName": "files"}})),
    Break("volume-reference", lambda b: at(_box(b, "store"), "volumeMounts", 0, "name",
      value="dota")),
    Break("volume-reference", lambda b: _pod(b)["volumes"].append({"name": "idle",
      "emptyDir": {}})),
    Break("config-syntax", lambda b: at(b["config"], "data", "web.yaml", value="a: [1")),
    Break("config-syntax", lambda b: at(b["config"], "data", "web.json", value='{"a": 1,}')),
    Break("config-syntax", lambda b: at(b["config"], "data", "web.toml", value="a = b")),
    Break("config-file", _nothing, {"file_formats": {("web", "web.ini"): _PICKY}}),
    Break("port-variable", _env("PORT", "8081")),
    Break("port-variable", _env("HTTP_PORT", "8081")),
    Break("mounted-file", lambda b: at(_box(b), "args", value=["--config=/etc/web/web.conf"])),
    Break("mounted-file", lambda b: at(b["config"], "data", "web.ini",
      value="see file:///etc/web/x.ini")),
    Break("variable-reference", lambda b: at(_box(b), "args", value=["$(YOU)"])),
    Break("field-reference", lambda b: at(
        _box(b), "env", 3, "valueFrom", "fieldRef", "fieldPath", value="metadata.nome")),
    Break("selector", lambda b: at(b["web-service"], "spec", "selector", "app", value="wob")),
    Break("selector", lambda b: at(b["budget"], "spec", "selector", "matchLabels", "app",
      value="wob")),
    Break("target-port", lambda b: at(b["web-service"], "spec", "ports", 0, "targetPort",
      value="htp")),
    Break("port-number", lambda b: at(b["store-service"], "spec", "ports", 0, "port", value=6380)),
    Break("ingress-backend", lambda b: b["web-service"]["metadata"].update(name="wob")),
    Break("ingress-backend", lambda b: at(b["web-service"], "spec", "ports", 0, "name",
      value="web")),
    Break("ingress-twice", lambda b: b.update(
        again={**b["ingress"], "metadata": {**b["ingress"]["metadata"], "name": "again"}})),
    Break("probe-port", lambda b: at(_box(b), "readinessProbe", "tcpSocket", "port", value="htp")),
    Break("headless-service", lambda b: at(b["store"], "spec", "serviceName", value="stores")),
    Break("headless-service", lambda b: b["store-service"]["spec"].pop("clusterIP")),
    Break("scrape-port", lambda b: at(
        b["web"], "spec", "template", "metadata", "annotations", "prometheus.io/port", value="80")),
    Break("monitor-selector", _add("ServiceMonitor", "monitoring.coreos.com/v1", spec=_MONITOR)),
    Break("monitor-selector", _add("PodMonitor", "monitoring.coreos.com/v1", spec={"selector": {
        "matchLabels": {"app": "wob"}}})),
    Break("scale-target", lambda b: at(b["autoscaler"], "spec", "scaleTargetRef", "name",
      value="wob")),
    Break("scale-target", lambda b: at(b["web"], "spec", "replicas", value=2)),
    Break("scale-metric", lambda b: _box(b)["resources"].pop("requests")),
    Break("role-reference", _add("RoleBinding", _RBAC, subjects=[_SUBJECT],
                                 roleRef={"kind": "Role", "name": "reader", "apiGroup": _RBAC})),
    Break("namespace-reference", lambda b: at(b["web"], "metadata", "namespace", value="shap")),
    Break("address", lambda b: at(_box(b), "env", 0, "value", value="redis://stare:6379/0")),
    Break("address", lambda b: at(_box(b), "env", 0, "value", value="redis://store.shop.svc:6380")),
    Break("address", lambda b: at(b["config"], "data", "web.ini", value="http://wob/")),
    Break("address", _nothing,
      {"secrets": {"store": {"password": "redis://:{a/b}@stare:1"}}}),
    Break("address", _env("STORE_HOST", "stare")),
    Break("network-blocked", lambda b: b["store-policy"]["spec"].pop("ingress")),
    Break("network-blocked", lambda b: b["web-policy"]["spec"]["egress"].pop(0)),
    Break("edge-port", lambda b: at(_box(b, "store"), "ports", 0, "containerPort", value=6380)),
    Break("network-open", lambda b: b["store-policy"]["spec"]["ingress"][0].pop("ports")),
    Break("network-open", lambda b: b["store-policy"]["spec"]["ingress"].append(
        {"from": [{"namespaceSelector": {"matchLabels": {_NAMESPACE: "other"}}}]})),
    Break("network-open", lambda b: b["store-policy"]["spec"]["ingress"].append(
        {"from": [{"podSelector": {"matchLabels": {"nobody": "else"}}}]})),
    Break("network-open", lambda b: b["store-policy"]["spec"]["ingress"].append(
        {"from": [{"podSelector": {}, "namespaceSelector": {
            "matchExpressions": [{"key": "team", "operator": "In", "values": ["a"]}]}}]})),
    Break("pod-unselected", lambda b: b.pop("report-policy")),
    Break("pod-unselected", lambda b: at(
        b["report"]["spec"]["jobTemplate"]["spec"]["template"], "metadata", "labels",
        value={"app": "reports"})),
    Break("way-in", lambda b: b.pop("ingress")),
    Break("way-in", lambda b: b["ingress"]["spec"]["rules"].append({
        "host": "a.example.com", "http": {"paths": [{
            "path": "/", "pathType": "Prefix", "backend": {
                "service": {"name": "store", "port": {"name": "redis"}}}}]}})),
    Break("edge-unused", lambda b: (
        at(_box(b), "env", 0, "value", value="none"),
        at(b["config"], "data", "web.ini", value="colour = blue\n"))),
    Break("powerful-role", _add("Role", _RBAC, rules=[
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}])),
    Break("powerful-role", _add("Role", _RBAC, rules=[
        {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}])),
    Break("powerful-role", _add("ClusterRole", _RBAC, rules=[
        {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}])),
    Break("powerful-role", _add("RoleBinding", _RBAC, subjects=[
        {"kind": "Group", "name": "system:unauthenticated", "apiGroup": _RBAC[:-3]}],
        roleRef={"apiGroup": _RBAC[:-3], "kind": "ClusterRole", "name": "view"})),
    Break("refused", lambda b: at(b["budget"], "spec", "minAvailable", value=1)),
    Break("image", lambda b: at(_box(b), "image", value="example.com/Web:1")),
    Break("network-open", lambda b: b["store-policy"]["spec"]["ingress"][0].pop("from")),
    Break("network-open", lambda b: b["web-policy"]["spec"]["egress"].append(
        {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]})),
    Break("network-open", lambda b: (b.pop("store-policy"), b.pop("default-deny"))),
    Break("address-blocked", lambda b: b["web-policy"]["spec"]["egress"].pop(1)),
    Break("policy-type", lambda b: at(b["web-policy"], "spec", "policyTypes", value=["Ingress"])),
    Break("default-deny", lambda b: b.pop("default-deny")),
    Break("root-file-system", lambda b: _box(b)["securityContext"].pop("readOnlyRootFilesystem")),
    Break("token", lambda b: _pod(b).pop("automountServiceAccountToken")),
    Break("token", lambda b: b["web-account"].pop("automountServiceAccountToken")),
    Break("namespace-security", lambda b: b["namespace"]["metadata"].pop("labels")),
    Break("resources", lambda b: _box(b)["resources"]["limits"].pop("memory")),
    Break("resources", lambda b: at(_box(b), "resources", "requests", "cpu", value="2")),
    Break("probes", lambda b: _box(b).pop("livenessProbe")),
    Break("image", lambda b: at(_box(b), "image", value="registry.example.com:5000/web")),
    Break("image", lambda b: at(_box(b), "image", value="web:latest")),
    Break("image", lambda b: at(_box(b), "image", value="web:1@sha256:0123")),
    Break("image", _nothing, {"requires_digests": True}),
    Break("replicas", lambda b: b["store"]["spec"].pop("replicas")),
    Break("budget", lambda b: b.pop("budget")),
    Break("budget", lambda b: b["budget"]["spec"].update(maxUnavailable="0%")),
    Break("rolling-update", lambda b: at(b["web"], "spec", "strategy", value={"type": "Recreate"})),
    Break("graceful-stop", lambda b: at(_pod(b), "terminationGracePeriodSeconds", value=5)),
    Break("wildcard-role", _add("ClusterRole", _RBAC, rules=[
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}])),
    Break("wildcard-role", _add("ClusterRoleBinding", _RBAC, subjects=[_SUBJECT], roleRef={
        "kind": "ClusterRole", "name": "cluster-admin", "apiGroup": _RBAC})),
    Break("host-tls", lambda b: b["ingress"]["spec"].pop("tls")),
    Break("host-tls", lambda b: b["ingress"]["metadata"].pop("annotations")),
    Break("exposure", lambda b: at(b["web-service"], "spec", "type", value="LoadBalancer")),
    Break("capacity", lambda b: at(b["autoscaler"], "spec", "maxReplicas", value=9)),
    Break("capacity", lambda b: at(b["quota"], "spec", "hard", "requests.storage", value="1G")),
    Break("capacity", lambda b: b.pop("quota")),
    Break("limit-range", lambda b: at(b["limits"], "spec", "limits", 0, "max",
      value={"cpu": "50m"})),
    Break("limit-range", lambda b: b.pop("limits")),
    Break("plaintext-secret", _add("Secret", stringData={"key": "value"})),
    Break("plaintext-secret", _env("API_TOKEN", "swordfish")),
    Break("plaintext-secret", lambda b: at(_box(b), "args", value=["--db-password=swordfish"])),
    Break("plaintext-secret", lambda b: at(b["config"], "data", "web.ini",
      value="key = AKIA" + "A1" * 8)),
)  # fmt: skip
