"""Single changes to good manifests, which the API server refuses or takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from tests.k8sgen.changes.cases import BODIES, change

Body = dict[str, Any]
GONE: Any = object()
"""In the place of a value: the field is taken away."""


@attrs.frozen
class Change:
    """
    One change.

    Args:
        base: Which manifest of `GOOD`.
        path: Dotted, as `change` takes it; several apart by spaces, each with a value of *values*.
    """

    base: str
    path: str
    values: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.base} {self.path} = {', '.join(map(_shown, self.values))}"

    def body(self) -> Body:
        """Return the manifest with it."""
        body = GOOD[self.base]
        for path, value in zip(self.path.split(" "), self.values, strict=True):
            body = _without(body, path) if value is GONE else change(body, path, value)
        return body


def _shown(value: Any) -> str:
    return "nothing" if value is GONE else repr(value)


def _without(body: Body, path: str) -> Body:
    *groups, last = path.split(".")
    changed = change(body, path, None)
    place: Any = changed
    for step in groups:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place.pop(int(last))
    else:
        del place[last]
    return changed


_TEMPLATE = "spec.template.spec"
_WEB = f"{_TEMPLATE}.containers.0"
_PROBE = {"httpGet": {"path": "/", "port": "http"}}
_POD = {
    "containers": [
        {
            "name": "web",
            "image": "web:1",
            "ports": [{"name": "http", "containerPort": 8080}],
            "env": [{"name": "A", "value": "1"}],
            "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}},
            "livenessProbe": _PROBE,
            "readinessProbe": _PROBE,
            "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
            "securityContext": {"allowPrivilegeEscalation": False},
        }
    ],
    "volumes": [
        {"name": "tmp", "emptyDir": {}},
        {"name": "config", "configMap": {"name": "web", "items": [{"key": "a", "path": "a"}]}},
    ],
    "securityContext": {"runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
    "tolerations": [{"key": "a", "operator": "Equal", "value": "b", "effect": "NoSchedule"}],
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "web"}},
        }
    ],
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.example.com"]}],
}
_TERM = {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "web"}}}
_MUST = "requiredDuringSchedulingIgnoredDuringExecution"
_MAY = "preferredDuringSchedulingIgnoredDuringExecution"
_NODE = {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}


def _with_pod(body: Body) -> Body:
    return change(body, _TEMPLATE, _POD)


GOOD: Mapping[str, Body] = {
    "deployment": change(
        _with_pod(BODIES["Deployment"]),
        "spec.strategy",
        {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
        },
    ),
    "set": change(BODIES["StatefulSet"], "spec.template.metadata.labels", {"app": "web"}),
    "daemons": BODIES["DaemonSet"],
    "job": {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "template": {
                "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}
            }
        },
    },
    "cron": BODIES["CronJob"],
    "hpa": BODIES["HorizontalPodAutoscaler"],
    "pdb": BODIES["PodDisruptionBudget"],
    "service": {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "selector": {"app": "web"},
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    },
    "ingress": BODIES["Ingress"],
    "policy": change(
        BODIES["NetworkPolicy"],
        "spec.egress",
        [
            {"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]},
        ],
    ),
    "claim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    },
    "config": BODIES["ConfigMap"],
    "role": BODIES["Role"],
    "binding": BODIES["RoleBinding"],
    "cluster-binding": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "web"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "web", "namespace": "default"}],
    },
    "quota": change(BODIES["ResourceQuota"], "spec", {"hard": {"pods": "4", "requests.cpu": "1"}}),
    "limits": BODIES["LimitRange"],
    "priority": BODIES["PriorityClass"],
}

Rows = Sequence[tuple[str, str, Any]]
_POD_FAULTS: Rows = (
    ("deployment", f"{_TEMPLATE}.containers", []),
    ("deployment", f"{_WEB}.name", "Web_1"),
    ("deployment", f"{_WEB}.image", ""),
    ("deployment", f"{_WEB}.image", " web:1"),
    ("deployment", f"{_WEB}.imagePullPolicy", "always"),
    ("deployment", f"{_WEB}.ports.0.name", "a-name-that-is-too-long"),
    ("deployment", f"{_WEB}.ports.0.name", "8080"),
    ("deployment", f"{_WEB}.ports.0.containerPort", 70000),
    ("deployment", f"{_WEB}.ports.0.protocol", "tcp"),
    ("deployment", f"{_WEB}.env.0.name", ""),
    ("deployment", f"{_WEB}.env.0.name", "A=B"),
    ("deployment", f"{_WEB}.env.0.valueFrom", {"secretKeyRef": {"name": "a", "key": "b"}}),
    ("deployment", f"{_WEB}.env.0", {"name": "A", "valueFrom": {}}),
    (
        "deployment",
        f"{_WEB}.env.0",
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": ""}}},
    ),
    (
        "deployment",
        f"{_WEB}.env.0",
        {
            "name": "A",
            "valueFrom": {
                "secretKeyRef": {"name": "a", "key": "b"},
                "fieldRef": {"fieldPath": "metadata.name"},
            },
        },
    ),
    ("deployment", f"{_WEB}.envFrom", [{}]),
    (
        "deployment",
        f"{_WEB}.envFrom",
        [{"configMapRef": {"name": "a"}, "secretRef": {"name": "a"}}],
    ),
    ("deployment", f"{_WEB}.resources.requests.cpu", "3"),
    ("deployment", f"{_WEB}.resources.requests.cpu", "-1"),
    ("deployment", f"{_WEB}.resources.requests.cpu", "1 core"),
    ("deployment", f"{_WEB}.resources.requests", {"cups": "1"}),
    ("deployment", f"{_WEB}.livenessProbe", {}),
    ("deployment", f"{_WEB}.livenessProbe", {**_PROBE, "tcpSocket": {"port": 80}}),
    ("deployment", f"{_WEB}.livenessProbe", {**_PROBE, "successThreshold": 2}),
    ("deployment", f"{_WEB}.livenessProbe", {**_PROBE, "periodSeconds": -1}),
    ("deployment", f"{_WEB}.livenessProbe", {"exec": {"command": []}}),
    ("deployment", f"{_WEB}.livenessProbe", {"httpGet": {"path": "/", "port": 0}}),
    ("deployment", f"{_WEB}.livenessProbe", {"httpGet": {"path": "/", "port": "Bad_Port"}}),
    (
        "deployment",
        f"{_WEB}.livenessProbe",
        {"httpGet": {"path": "/", "port": 80, "scheme": "http"}},
    ),
    (
        "deployment",
        f"{_WEB}.livenessProbe",
        {
            "httpGet": {
                "path": "/",
                "port": 80,
                "httpHeaders": [{"name": "Bad Header", "value": "x"}],
            }
        },
    ),
    ("deployment", f"{_WEB}.readinessProbe", {**_PROBE, "terminationGracePeriodSeconds": 5}),
    ("deployment", f"{_WEB}.lifecycle", {"preStop": {}}),
    (
        "deployment",
        f"{_WEB}.lifecycle",
        {"preStop": {"sleep": {"seconds": 1}, "exec": {"command": ["a"]}}},
    ),
    ("deployment", f"{_WEB}.volumeMounts.0.name", "none"),
    ("deployment", f"{_WEB}.volumeMounts.0.mountPath", ""),
    ("deployment", f"{_WEB}.volumeMounts.0.subPath", "../x"),
    (
        "deployment",
        f"{_WEB}.volumeMounts",
        [{"name": "tmp", "mountPath": "/a"}, {"name": "tmp", "mountPath": "/a"}],
    ),
    ("deployment", f"{_WEB}.securityContext.privileged", True),
    ("deployment", f"{_WEB}.securityContext.capabilities", {"add": ["CAP_SYS_ADMIN"]}),
    ("deployment", f"{_WEB}.securityContext.runAsUser", -1),
    ("deployment", f"{_WEB}.terminationMessagePolicy", "Files"),
    (
        "deployment",
        f"{_TEMPLATE}.initContainers",
        [{"name": "a", "image": "a:1", "livenessProbe": _PROBE}],
    ),
    ("deployment", f"{_TEMPLATE}.initContainers", [{"name": "web", "image": "a:1"}]),
    ("deployment", f"{_TEMPLATE}.volumes.0.name", "Tmp_1"),
    (
        "deployment",
        f"{_TEMPLATE}.volumes.0",
        {"name": "tmp", "emptyDir": {}, "hostPath": {"path": "/"}},
    ),
    ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "tmp", "emptyDir": {"sizeLimit": "-1Gi"}}),
    ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "tmp", "hostPath": {"path": "/a/../b"}}),
    (
        "deployment",
        f"{_TEMPLATE}.volumes.0",
        {"name": "tmp", "persistentVolumeClaim": {"claimName": ""}},
    ),
    ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "config", "emptyDir": {}}),
    ("deployment", f"{_TEMPLATE}.volumes.1.configMap.items.0.path", "../a"),
    ("deployment", f"{_TEMPLATE}.volumes.1.configMap.items.0.path", "/a"),
    ("deployment", f"{_TEMPLATE}.volumes.1.configMap.items.0.key", ""),
    ("deployment", f"{_TEMPLATE}.volumes.1.configMap.defaultMode", 1000),
    ("deployment", f"{_TEMPLATE}.securityContext.runAsUser", -5),
    ("deployment", f"{_TEMPLATE}.securityContext.seccompProfile", {"type": "Localhost"}),
    ("deployment", f"{_TEMPLATE}.securityContext.seccompProfile", {"type": "Default"}),
    ("deployment", f"{_TEMPLATE}.securityContext.fsGroupChangePolicy", "Never"),
    ("deployment", f"{_TEMPLATE}.restartPolicy", "Never"),
    ("deployment", f"{_TEMPLATE}.dnsPolicy", "Cluster"),
    ("deployment", f"{_TEMPLATE}.dnsPolicy", "None"),
    ("deployment", f"{_TEMPLATE}.terminationGracePeriodSeconds", -1),
    ("deployment", f"{_TEMPLATE}.activeDeadlineSeconds", 0),
    ("deployment", f"{_TEMPLATE}.serviceAccountName", "Bad_Name"),
    ("deployment", f"{_TEMPLATE}.hostAliases.0.ip", "10.0.0"),
    ("deployment", f"{_TEMPLATE}.hostAliases.0.hostnames", ["a_b"]),
    ("deployment", f"{_TEMPLATE}.tolerations.0.operator", "Exists"),
    ("deployment", f"{_TEMPLATE}.tolerations.0.operator", "In"),
    ("deployment", f"{_TEMPLATE}.tolerations.0.key", ""),
    ("deployment", f"{_TEMPLATE}.tolerations.0.effect", "NoRun"),
    ("deployment", f"{_TEMPLATE}.tolerations.0.tolerationSeconds", 5),
    ("deployment", f"{_TEMPLATE}.topologySpreadConstraints.0.maxSkew", 0),
    ("deployment", f"{_TEMPLATE}.topologySpreadConstraints.0.topologyKey", ""),
    ("deployment", f"{_TEMPLATE}.topologySpreadConstraints.0.whenUnsatisfiable", "Never"),
    ("deployment", f"{_TEMPLATE}.topologySpreadConstraints.0.minDomains", 2),
    ("deployment", f"{_TEMPLATE}.topologySpreadConstraints.0.matchLabelKeys", ["app"]),
    (
        "deployment",
        f"{_TEMPLATE}.topologySpreadConstraints.0.labelSelector",
        {"matchExpressions": [{"key": "a", "operator": "In"}]},
    ),
    ("deployment", f"{_TEMPLATE}.affinity", {"nodeAffinity": {_MUST: {"nodeSelectorTerms": []}}}),
    (
        "deployment",
        f"{_TEMPLATE}.affinity",
        {"nodeAffinity": {_MAY: [{"weight": 0, "preference": _NODE}]}},
    ),
    (
        "deployment",
        f"{_TEMPLATE}.affinity",
        {"podAffinity": {_MUST: [{**_TERM, "topologyKey": ""}]}},
    ),
    (
        "deployment",
        f"{_TEMPLATE}.affinity",
        {"podAntiAffinity": {_MAY: [{"weight": 101, "podAffinityTerm": _TERM}]}},
    ),
    ("deployment", f"{_TEMPLATE}.nodeSelector", {"a b": "c"}),
)
_WORKLOAD_FAULTS: Rows = (
    ("deployment", "metadata.name", "Web"),
    ("deployment", "metadata.labels", {"a": "b c"}),
    ("deployment", "metadata.annotations", {"a b": "c"}),
    ("deployment", "spec.replicas", -1),
    ("deployment", "spec.selector", {}),
    ("deployment", "spec.selector.matchLabels", {"app": "other"}),
    ("deployment", "spec.strategy.type", "Rolling"),
    ("deployment", "spec.strategy.type", "Recreate"),
    ("deployment", "spec.strategy.rollingUpdate", {"maxSurge": 0, "maxUnavailable": 0}),
    ("deployment", "spec.strategy.rollingUpdate", {"maxUnavailable": "101%"}),
    ("deployment", "spec.strategy.rollingUpdate", {"maxUnavailable": "one"}),
    ("deployment", "spec.progressDeadlineSeconds", 0),
    ("deployment", "spec.minReadySeconds", -1),
    ("deployment", "spec.revisionHistoryLimit", -1),
    ("set", "spec.podManagementPolicy", "Ordered"),
    ("set", "spec.updateStrategy", {"type": "Recreate"}),
    ("set", "spec.updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": -1}}),
    (
        "daemons",
        "spec.updateStrategy",
        {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}},
    ),
    ("job", "spec.backoffLimit", -1),
    ("job", "spec.completions", -1),
    ("job", "spec.template.spec.restartPolicy", "Always"),
    ("job", "spec.ttlSecondsAfterFinished", -1),
    ("job", "spec.completionMode spec.parallelism", ("Indexed", 2)),
    ("ingress", "spec.tls.0.hosts", ["a_b.example.com"]),
    ("cron", "spec.schedule", "5-1 * * * *"),
    ("cron", "spec.schedule", "MON * * * *"),
    ("cron", "spec.schedule", "* * * * 7"),
    ("cron", "spec.schedule", "60 * * * *"),
    ("cron", "spec.schedule", "* * * *"),
    ("cron", "spec.schedule", "*/0 * * * *"),
    ("cron", "spec.schedule", "TZ=UTC 0 3 * * *"),
    ("cron", "spec.schedule", ""),
    ("cron", "spec.timeZone", "Mars/Olympus"),
    ("cron", "spec.concurrencyPolicy", "Never"),
    ("cron", "spec.startingDeadlineSeconds", -1),
    ("cron", "spec.successfulJobsHistoryLimit", -1),
    ("cron", "metadata.name", "a" * 53),
    ("hpa", "spec.minReplicas", 0),
    ("hpa", "spec.maxReplicas", 1),
    ("hpa", "spec.maxReplicas", 0),
    ("hpa", "spec.scaleTargetRef.name", ""),
    ("hpa", "spec.metrics.0.type", "Cpu"),
    ("hpa", "spec.metrics.0.resource", GONE),
    ("hpa", "spec.metrics.0.resource.name", ""),
    ("hpa", "spec.metrics.0.resource.target", {"type": "Utilization"}),
    (
        "hpa",
        "spec.metrics.0.resource.target",
        {"type": "Utilization", "averageUtilization": 5, "averageValue": "1"},
    ),
    ("hpa", "spec.metrics.0.resource.target", {"type": "Utilization", "averageUtilization": 0}),
    ("hpa", "spec.behavior", {"scaleUp": {"stabilizationWindowSeconds": 4000}}),
    (
        "hpa",
        "spec.behavior",
        {"scaleUp": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 60}]}},
    ),
    (
        "hpa",
        "spec.behavior",
        {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 3600}]}},
    ),
    ("hpa", "spec.behavior", {"scaleUp": {"selectPolicy": "Most"}}),
    ("pdb", "spec.minAvailable", 1),
    ("pdb", "spec.maxUnavailable", -1),
    ("pdb", "spec.maxUnavailable", "half"),
    ("pdb", "spec.unhealthyPodEvictionPolicy", "Never"),
)
_NETWORK_FAULTS: Rows = (
    ("service", "metadata.name", "web.one"),
    ("service", "spec.ports", []),
    ("service", "spec.ports", [{"port": 80}, {"port": 81}]),
    ("service", "spec.ports", [{"name": "a", "port": 80}, {"name": "a", "port": 81}]),
    ("service", "spec.ports", [{"name": "a", "port": 80}, {"name": "b", "port": 80}]),
    ("service", "spec.ports.0.port", 0),
    ("service", "spec.ports.0.name", "HTTP"),
    ("service", "spec.ports.0.targetPort", "Bad_Name"),
    ("service", "spec.ports.0.nodePort", 30000),
    ("service", "spec.ports.0.protocol", "HTTP"),
    ("service", "spec.type", "Cluster"),
    ("service", "spec.type", "ExternalName"),
    ("service", "spec.clusterIP", "10.0.0"),
    ("service", "spec.clusterIP spec.type", ("None", "NodePort")),
    ("service", "spec.externalTrafficPolicy", "Local"),
    ("service", "spec.externalIPs", ["a"]),
    ("service", "spec.loadBalancerSourceRanges", ["10.0.0.0/8"]),
    ("service", "spec.sessionAffinity", "Client"),
    ("service", "spec.selector", {"a b": "c"}),
    ("ingress", "spec.rules", []),
    ("ingress", "spec.rules.0.host", "10.0.0.1"),
    ("ingress", "spec.rules.0.host", "a_b.example.com"),
    ("ingress", "spec.rules.0.host", "*.*.example.com"),
    ("ingress", "spec.rules.0.http.paths.0.path", "api"),
    ("ingress", "spec.rules.0.http.paths.0.path", "/a//b"),
    ("ingress", "spec.rules.0.http.paths.0.path", "/a/../b"),
    ("ingress", "spec.rules.0.http.paths.0.pathType", "Begins"),
    ("ingress", "spec.rules.0.http.paths.0.pathType", GONE),
    ("ingress", "spec.rules.0.http.paths.0.backend", {}),
    ("ingress", "spec.rules.0.http.paths.0.backend.service.port", {"name": "a", "number": 1}),
    ("ingress", "spec.rules.0.http.paths.0.backend.service.port", {}),
    ("ingress", "spec.rules.0.http.paths.0.backend.service.port", {"number": 70000}),
    ("ingress", "spec.rules.0.http.paths.0.backend.service.name", ""),
    ("ingress", "spec.ingressClassName", "Traefik_1"),
    ("policy", "spec.ingress.0.from.0", {}),
    ("policy", "spec.ingress.0.from.0.ipBlock", {"cidr": "10.0.0.0/8"}),
    ("policy", "spec.egress.0.to.0.ipBlock.cidr", "10.0.0.0"),
    ("policy", "spec.egress.0.to.0.ipBlock.cidr", "10.0.0.0/33"),
    ("policy", "spec.egress.0.to.0.ipBlock.except", ["192.168.0.0/16"]),
    ("policy", "spec.egress.0.to.0.ipBlock.except", ["10.0.0.0/8"]),
    ("policy", "spec.ingress.0.ports.0.port", 0),
    ("policy", "spec.ingress.0.ports.0.port", "Bad_Name"),
    ("policy", "spec.ingress.0.ports.0.endPort", 80),
    ("policy", "spec.ingress.0.ports.0.protocol", "tcp"),
    ("policy", "spec.policyTypes", ["Both"]),
    ("policy", "spec.podSelector", {"matchExpressions": [{"key": "a", "operator": "Is"}]}),
    ("policy", "spec.podSelector", {"matchLabels": {"a": "b c"}}),
)
_CLUSTER_FAULTS: Rows = (
    ("config", "data", {"bad=name": "1"}),
    ("config", "data", {"..a": "1"}),
    ("config", "data", {"a": "x" * (1024 * 1024 + 1)}),
    ("config", "binaryData", {"b": "AAAA" * (1024 * 1024 // 3 + 1)}),
    ("config", "binaryData", {"a": "YQ=="}),
    ("claim", "spec.accessModes", []),
    ("claim", "spec.accessModes", ["ReadWrite"]),
    ("claim", "spec.accessModes", ["ReadWriteOncePod", "ReadOnlyMany"]),
    ("claim", "spec.resources", {}),
    ("claim", "spec.resources.requests.storage", "0"),
    ("claim", "spec.resources.requests.storage", "1 GB"),
    ("claim", "spec.volumeMode", "File"),
    ("claim", "spec.storageClassName", "Bad_Name"),
    ("role", "rules.0.verbs", []),
    ("role", "rules.0.resources", []),
    ("role", "rules.0.apiGroups", []),
    ("role", "rules", [{"nonResourceURLs": ["/x"], "verbs": ["get"]}]),
    ("binding", "roleRef.kind", "Roles"),
    ("binding", "roleRef.name", ""),
    ("binding", "roleRef.apiGroup", "rbac"),
    ("binding", "subjects.0.kind", "Pod"),
    ("binding", "subjects.0.name", ""),
    ("quota", "spec.hard", {"cups": "1"}),
    ("quota", "spec.hard", {"pods": "-1"}),
    ("quota", "spec.hard", {"pods": "1.5"}),
    ("limits", "spec.limits", [{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]),
    (
        "limits",
        "spec.limits",
        [{"type": "Container", "default": {"cpu": "3"}, "max": {"cpu": "1"}}],
    ),
    (
        "limits",
        "spec.limits",
        [{"type": "Container", "defaultRequest": {"cpu": "3"}, "default": {"cpu": "1"}}],
    ),
    ("limits", "spec.limits", [{"type": "PersistentVolumeClaim"}]),
    ("priority", "value", 1_000_000_001),
    ("priority", "metadata.name", "system-web"),
    ("priority", "preemptionPolicy", "Always"),
)


def _changes(rows: Rows) -> list[Change]:
    return [Change(base, path, value if " " in path else (value,)) for base, path, value in rows]


LATER = _changes(
    (
        # pkg/volume/emptydir/empty_dir.go setUpDir: unknown storage medium
        ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "tmp", "emptyDir": {"medium": "Disk"}}),
        # component-helpers scheduling/corev1/nodeaffinity nodeSelectorRequirementsAsSelector
        (
            "deployment",
            f"{_TEMPLATE}.affinity",
            {
                "nodeAffinity": {
                    _MUST: {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["x"]}]}
                        ]
                    }
                }
            },
        ),
    )
)
"""What the API server takes and the scheduler or the kubelet refuses: the pods never start."""

REFUSED = _changes((*_POD_FAULTS, *_WORKLOAD_FAULTS, *_NETWORK_FAULTS, *_CLUSTER_FAULTS))

ACCEPTED = _changes(
    (
        ("deployment", f"{_WEB}.env", [{"name": "a.b-c", "value": ""}]),
        (
            "deployment",
            f"{_WEB}.env",
            [
                {
                    "name": "A",
                    "value": "",
                    "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}},
                }
            ],
        ),
        ("deployment", f"{_WEB}.resources.limits", {"cpu": "2", "nvidia.com/gpu": "1"}),
        ("deployment", f"{_WEB}.livenessProbe", {"grpc": {"port": 80}}),
        ("deployment", f"{_WEB}.livenessProbe", {**_PROBE, "terminationGracePeriodSeconds": 5}),
        ("deployment", f"{_WEB}.readinessProbe", {**_PROBE, "successThreshold": 3}),
        (
            "deployment",
            f"{_TEMPLATE}.initContainers",
            [
                {
                    "name": "a",
                    "image": "a:1",
                    "restartPolicy": "Always",
                    "livenessProbe": {"tcpSocket": {"port": 80}},
                }
            ],
        ),
        ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "tmp", "emptyDir": {"medium": "Memory"}}),
        ("deployment", f"{_TEMPLATE}.volumes.0", {"name": "tmp"}),
        ("deployment", f"{_TEMPLATE}.tolerations", [{"operator": "Exists"}]),
        (
            "deployment",
            f"{_TEMPLATE}.tolerations",
            [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        ),
        (
            "deployment",
            f"{_TEMPLATE}.affinity",
            {
                "nodeAffinity": {
                    _MUST: {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["5"]}]}
                        ]
                    }
                }
            },
        ),
        (
            "deployment",
            f"{_TEMPLATE}.securityContext.seccompProfile",
            {"type": "Localhost", "localhostProfile": "a.json"},
        ),
        ("deployment", "spec.strategy", {"type": "Recreate"}),
        (
            "deployment",
            "spec.strategy.rollingUpdate",
            {"maxSurge": "200%", "maxUnavailable": "100%"},
        ),
        (
            "daemons",
            "spec.updateStrategy",
            {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        ),
        ("job", "spec.activeDeadlineSeconds", 0),
        ("cron", "spec.schedule", "@every 1h"),
        ("cron", "spec.schedule", "0 0 ? * MON-FRI"),
        ("cron", "spec.schedule", "*/15 1-5,7 1/2 jan,DEC sun"),
        ("cron", "spec.timeZone", "Europe/Berlin"),
        ("hpa", "spec.behavior", {"scaleDown": {"selectPolicy": "Disabled"}}),
        ("hpa", "spec.metrics.0.resource.target", {"type": "AverageValue", "averageValue": "1"}),
        ("pdb", "spec", {"minAvailable": "50%", "selector": {"matchLabels": {"app": "web"}}}),
        ("service", "spec.clusterIP", "None"),
        ("service", "spec.type", "LoadBalancer"),
        ("service", "spec", {"type": "ExternalName", "externalName": "db.example.com"}),
        ("service", "spec.ports.0", {"port": 80}),
        ("service", "spec.externalIPs spec.externalTrafficPolicy", (["192.0.2.1"], "Local")),
        ("ingress", "spec.rules.0.host", "*.example.com"),
        ("ingress", "spec.rules.0.host", GONE),
        ("ingress", "spec.rules.0.http.paths.0.path", "/a/b/"),
        (
            "ingress",
            "spec.rules.0.http.paths.0",
            {
                "pathType": "ImplementationSpecific",
                "backend": {"service": {"name": "web", "port": {"number": 80}}},
            },
        ),
        ("policy", "spec.ingress.0.from", [{"podSelector": {}, "namespaceSelector": {}}]),
        ("policy", "spec.ingress.0.ports", [{"port": 80, "endPort": 90}]),
        ("policy", "spec.ingress.0.ports", [{"protocol": "UDP"}]),
        ("config", "data", {".hidden": "1", "A_b-c.d": "2"}),
        ("config", "binaryData", {"b": "AAAA" * 2**18}),
        ("claim", "spec.accessModes", ["ReadOnlyMany", "ReadWriteMany"]),
        ("role", "rules", [{"apiGroups": [""], "resources": ["pods/log"], "verbs": ["*"]}]),
        (
            "binding",
            "subjects",
            [{"kind": "Group", "name": "a", "apiGroup": "rbac.authorization.k8s.io"}],
        ),
        (
            "quota",
            "spec.hard",
            {
                "count/deployments.apps": "2",
                "requests.storage": "1Gi",
                "services.loadbalancers": "0",
                "limits.memory": "1Gi",
            },
        ),
        ("priority", "value", -5),
    )
)
