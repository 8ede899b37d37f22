"""A small environment with nothing wrong in it: a web server, its store, a nightly job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from k8sgen.checks.context import Context, Origin
from k8sgen.errors import Location
from k8sgen.kubernetes.edges import Edge, Party
from k8sgen.kubernetes.manifest import identity

Body = dict[str, Any]
Bodies = dict[str, Body]

NAMESPACE = "shop"
SERVICES = Path("services/shop.py")
DNS = Party(namespace="kube-system", labels={"k8s-app": "kube-dns"})
CONTROLLER = Party(namespace="traefik")
WEB, STORE, REPORT = (Party(labels={"app": name}) for name in ("web", "store", "report"))


def _meta(name: str, **more: Any) -> Body:
    return {"name": name, "namespace": NAMESPACE, **more}


def _container(name: str, port: int, **more: Any) -> Body:
    probe = {"tcpSocket": {"port": name}}
    amount = {"cpu": "100m", "memory": "64Mi"}
    return {
        "name": name,
        "image": f"example/{name}:1.2.3",
        "ports": [{"name": name, "containerPort": port, "protocol": "TCP"}],
        "resources": {"requests": dict(amount), "limits": dict(amount)},
        "livenessProbe": probe,
        "readinessProbe": {"tcpSocket": {"port": name}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        **more,
    }


def _template(app: str, containers: list[Body], **spec: Any) -> Body:
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "metadata": {"labels": {"app": app}},
        "spec": {
            "serviceAccountName": app,
            "automountServiceAccountToken": False,
            "securityContext": security,
            "containers": containers,
            **spec,
        },
    }


def _workloads() -> Bodies:
    web = _container(
        "http",
        8080,
        env=[
            {"name": "STORE", "value": "redis://store:6379/0"},
            {
                "name": "PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "store", "key": "password"}},
            },
            {
                "name": "LOG_LEVEL",
                "valueFrom": {"configMapKeyRef": {"name": "web", "key": "level"}},
            },
            {"name": "ME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "GREETING", "value": "I am $(ME)"},
        ],
        args=["--config=/etc/web/web.ini"],
        volumeMounts=[{"name": "config", "mountPath": "/etc/web"}],
        lifecycle={"preStop": {"sleep": {"seconds": 5}}},
    )
    volumes = [{"name": "config", "configMap": {"name": "web"}}]
    template = _template("web", [web], volumes=volumes, priorityClassName="shop")
    template["metadata"]["annotations"] = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
    }
    store = _container("redis", 6379, volumeMounts=[{"name": "data", "mountPath": "/data"}])
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    job = _template("report", [_container("report", 9000)], restartPolicy="Never")
    return {
        "web": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": _meta("web"),
            "spec": {
                "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "selector": {"matchLabels": {"app": "web"}},
                "template": template,
            },
        },
        "store": {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": _meta("store"),
            "spec": {
                "replicas": 1,
                "serviceName": "store",
                "selector": {"matchLabels": {"app": "store"}},
                "template": _template("store", [store]),
                "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
            },
        },
        "report": {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": _meta("report"),
            "spec": {"schedule": "30 2 * * 1-5", "jobTemplate": {"spec": {"template": job}}},
        },
    }


def _service(name: str, port: str, number: int, **spec: Any) -> Body:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(name, labels={"app": name}),
        "spec": {
            "selector": {"app": name},
            "ports": [{"name": port, "port": number, "targetPort": port, "protocol": "TCP"}],
            **spec,
        },
    }


def _network() -> Bodies:
    backend = {"service": {"name": "web", "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    issuer = {"cert-manager.io/cluster-issuer": "letsencrypt"}
    return {
        "web-service": _service("web", "http", 80),
        "store-service": _service("store", "redis", 6379, clusterIP="None"),
        "ingress": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": _meta("web", annotations=issuer),
            "spec": {
                "rules": [{"host": "shop.example.com", "http": {"paths": [path]}}],
                "tls": [{"hosts": ["shop.example.com"], "secretName": "web-tls"}],
            },
        },
        "web-policy": _policy("web", [_rule("from", CONTROLLER, 8080)], [_rule("to", STORE, 6379)]),
        "store-policy": _policy("store", [_rule("from", WEB, 6379)], []),
        "report-policy": _policy("report", [], []),
        "default-deny": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": _meta("default-deny"),
            "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        },
    }


def _policy(app: str, ingress: list[Body], egress: list[Body]) -> Body:
    dns = _rule("to", DNS, 53)
    dns["ports"][0]["protocol"] = "UDP"
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _meta(app),
        "spec": {
            "podSelector": {"matchLabels": {"app": app}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": [dns, *egress],
        },
    }


def _rule(side: str, peer: Party, port: int) -> Body:
    found: Body = {}
    if peer.namespace:
        label = {"kubernetes.io/metadata.name": peer.namespace}
        found["namespaceSelector"] = {"matchLabels": label}
    if peer.labels:
        found["podSelector"] = {"matchLabels": dict(peer.labels)}
    return {side: [found], "ports": [{"port": port, "protocol": "TCP"}]}


def _rest() -> Bodies:
    level = {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }
    amount = {"cpu": "100m", "memory": "64Mi"}
    limit = {"type": "Container", "defaultRequest": dict(amount), "default": dict(amount)}
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 75}}
    return {
        "namespace": {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": NAMESPACE, "labels": level},
        },
        "quota": {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": _meta("quota"),
            "spec": {"hard": {"pods": "9", "requests.cpu": "1", "requests.storage": "1Gi"}},
        },
        "limits": {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": _meta("limits"),
            "spec": {"limits": [limit]},
        },
        "priority": {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": "shop"},
            "value": 1000,
        },
        **{f"{app}-account": _account(app) for app in ("web", "store", "report")},
        "config": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": _meta("web"),
            "data": {"level": "info", "web.ini": "colour = blue\nstore = redis://store:6379/1\n"},
        },
        "budget": {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _meta("web"),
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "web"}}},
        },
        "autoscaler": {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": _meta("web"),
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 4,
                "metrics": [{"type": "Resource", "resource": metric}],
            },
        },
    }


def _account(name: str) -> Body:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _meta(name),
        "automountServiceAccountToken": False,
    }


def sound() -> Bodies:
    """
    Return the manifests, by a short name each.
    """
    return {**_rest(), **_network(), **_workloads()}


def context(**more: Any) -> Context:
    """
    Return what is known of them besides.
    """
    edges = (
        Edge(client=WEB, server=STORE, port=6379),
        Edge(client=CONTROLLER, server=WEB, port=8080, reason="exposed"),
        *(
            Edge(client=app, server=DNS, port=53, protocol="UDP", reason="lookup")
            for app in (WEB, STORE, REPORT)
        ),
    )
    origins = {
        identity(body): Origin(
            service=str(body["metadata"]["name"]),
            path=f"stack/{name}",
            location=Location(SERVICES, number),
        )
        for number, (name, body) in enumerate(sound().items(), 1)
    }
    facts = {"environment": "test", "origins": origins, "edges": edges}
    return Context(**{**facts, "secrets": {"store": {"password": ""}}, **more})
