"""One resource of each kind, and single changes to it, to be judged by us and by Kubernetes."""

from __future__ import annotations

import json
from typing import Any

import attrs

META = {"name": "web", "namespace": "default"}
LABELS = {"app": "web"}
POD = {
    "restartPolicy": "Always",
    "containers": [
        {
            "name": "web",
            "image": "web:1",
            "ports": [{"name": "http", "containerPort": 8080}],
            "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
        }
    ],
}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
CLAIM = {
    "accessModes": ["ReadWriteOnce"],
    "storageClassName": "ssd",
    "resources": {"requests": {"storage": "2Gi"}},
}
SET_CLAIM = {"metadata": {"name": "data"}, "spec": {**CLAIM, "volumeMode": "Filesystem"}}
JOB = {
    "manualSelector": True,
    "parallelism": 1,
    "completions": 1,
    "backoffLimit": 3,
    "completionMode": "NonIndexed",
    "template": {
        "metadata": {"labels": {"controller-uid": "u"}},
        "spec": {**POD, "restartPolicy": "Never"},
    },
    "selector": {"matchLabels": {"controller-uid": "u"}},
}
SELECTOR = {"matchLabels": LABELS}
RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
SUBJECT = {"kind": "ServiceAccount", "name": "web", "namespace": "default"}


CLUSTER_SCOPED = (
    "PersistentVolume",
    "ClusterRole",
    "ClusterRoleBinding",
    "StorageClass",
    "PriorityClass",
    "IngressClass",
    "RuntimeClass",
)


def _body(version: str, kind: str, **fields: Any) -> dict[str, Any]:
    metadata = {"name": "web"} if kind in CLUSTER_SCOPED else dict(META)
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def _role_ref(kind: str) -> dict[str, str]:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "reader"}


def _affinity(zone: str) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": [zone]}]}
    return {"required": {"nodeSelectorTerms": [term]}}


BODIES: dict[str, dict[str, Any]] = {
    "Deployment": _body(
        "apps/v1",
        "Deployment",
        spec={
            "replicas": 3,
            "selector": SELECTOR,
            "template": TEMPLATE,
            "strategy": {"type": "RollingUpdate"},
        },
    ),
    "DaemonSet": _body("apps/v1", "DaemonSet", spec={"selector": SELECTOR, "template": TEMPLATE}),
    "ReplicaSet": _body("apps/v1", "ReplicaSet", spec={"selector": SELECTOR, "template": TEMPLATE}),
    "StatefulSet": _body(
        "apps/v1",
        "StatefulSet",
        spec={
            "replicas": 3,
            "serviceName": "web",
            "podManagementPolicy": "OrderedReady",
            "selector": SELECTOR,
            "template": TEMPLATE,
            "volumeClaimTemplates": [SET_CLAIM],
        },
    ),
    "Job": _body("batch/v1", "Job", spec=JOB),
    "IndexedJob": _body(
        "batch/v1", "Job", spec={**JOB, "completionMode": "Indexed", "parallelism": 2}
    ),
    "CronJob": _body(
        "batch/v1",
        "CronJob",
        spec={
            "schedule": "0 3 * * *",
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {
                "spec": {"template": {"metadata": {}, "spec": {**POD, "restartPolicy": "Never"}}}
            },
        },
    ),
    "Pod": _body(
        "v1", "Pod", spec={**POD, "initContainers": [{"name": "init", "image": "init:1"}]}
    ),
    "ConfigMap": _body("v1", "ConfigMap", data={"a": "1"}),
    "ImmutableConfigMap": _body("v1", "ConfigMap", data={"a": "1"}, immutable=True),
    "Secret": _body("v1", "Secret", type="Opaque", data={"a": "MQ=="}),
    "ImmutableSecret": _body("v1", "Secret", type="Opaque", data={"a": "MQ=="}, immutable=True),
    "Service": _body(
        "v1",
        "Service",
        spec={
            "type": "ClusterIP",
            "clusterIP": "10.0.0.1",
            "clusterIPs": ["10.0.0.1"],
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "selector": LABELS,
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    ),
    "LoadBalancer": _body(
        "v1",
        "Service",
        spec={
            "type": "LoadBalancer",
            "loadBalancerClass": "example.com/lb",
            "clusterIP": "10.0.0.1",
            "clusterIPs": ["10.0.0.1"],
            "selector": LABELS,
            "ports": [{"name": "http", "port": 80, "nodePort": 30080}],
        },
    ),
    "PersistentVolumeClaim": {
        **_body("v1", "PersistentVolumeClaim", spec={**CLAIM, "volumeName": "pv"}),
        "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}},
    },
    "PersistentVolume": _body(
        "v1",
        "PersistentVolume",
        spec={
            "capacity": {"storage": "2Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "ssd",
            "volumeMode": "Filesystem",
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": "/data"},
        },
    ),
    "CsiVolume": _body(
        "v1",
        "PersistentVolume",
        spec={
            "capacity": {"storage": "2Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "volumeAttributesClassName": "slow",
            "nodeAffinity": _affinity("a"),
            "csi": {"driver": "example.com", "volumeHandle": "1"},
        },
    ),
    "ResourceQuota": _body(
        "v1", "ResourceQuota", spec={"hard": {"pods": "4"}, "scopes": ["NotTerminating"]}
    ),
    "LimitRange": _body(
        "v1", "LimitRange", spec={"limits": [{"type": "Container", "max": {"cpu": "2"}}]}
    ),
    "ServiceAccount": _body("v1", "ServiceAccount", automountServiceAccountToken=False),
    "Role": _body("rbac.authorization.k8s.io/v1", "Role", rules=[RULE]),
    "ClusterRole": _body("rbac.authorization.k8s.io/v1", "ClusterRole", rules=[RULE]),
    "RoleBinding": _body(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        roleRef=_role_ref("Role"),
        subjects=[SUBJECT],
    ),
    "ClusterRoleBinding": _body(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        roleRef=_role_ref("ClusterRole"),
        subjects=[SUBJECT],
    ),
    "StorageClass": _body(
        "storage.k8s.io/v1",
        "StorageClass",
        provisioner="example.com/disk",
        parameters={"type": "ssd"},
        reclaimPolicy="Retain",
        volumeBindingMode="WaitForFirstConsumer",
        allowVolumeExpansion=False,
    ),
    "PriorityClass": _body(
        "scheduling.k8s.io/v1",
        "PriorityClass",
        value=1000,
        preemptionPolicy="PreemptLowerPriority",
        description="a",
    ),
    "IngressClass": _body(
        "networking.k8s.io/v1", "IngressClass", spec={"controller": "example.com/ingress"}
    ),
    "Ingress": _body(
        "networking.k8s.io/v1",
        "Ingress",
        spec={
            "ingressClassName": "traefik",
            "tls": [{"hosts": ["a.example.com"], "secretName": "tls"}],
            "rules": [
                {
                    "host": "a.example.com",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"name": "http"}}},
                            }
                        ]
                    },
                }
            ],
        },
    ),
    "NetworkPolicy": _body(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        spec={
            "podSelector": SELECTOR,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {
                    "from": [{"podSelector": {"matchLabels": {"app": "front"}}}],
                    "ports": [{"protocol": "TCP", "port": 8080}],
                }
            ],
        },
    ),
    "PodDisruptionBudget": _body(
        "policy/v1", "PodDisruptionBudget", spec={"maxUnavailable": 1, "selector": SELECTOR}
    ),
    "HorizontalPodAutoscaler": _body(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        spec={
            "minReplicas": 2,
            "maxReplicas": 4,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 75},
                    },
                }
            ],
        },
    ),
    "RuntimeClass": _body("node.k8s.io/v1", "RuntimeClass", handler="runc"),
}

TEMPLATE_CHANGES: dict[str, Any] = {
    "spec.template.spec.containers.0.image": "web:2",
    "spec.template.metadata.labels.tier": "front",
    "spec.template.spec.containers.0.resources.requests.cpu": "2",
}
CHANGES: dict[str, dict[str, Any]] = {
    "Deployment": {
        **TEMPLATE_CHANGES,
        "spec.replicas": 5,
        "spec.strategy.type": "Recreate",
        "spec.minReadySeconds": 5,
        "spec.progressDeadlineSeconds": 900,
        "spec.revisionHistoryLimit": 1,
        "spec.paused": True,
        "spec.selector.matchLabels": {"app": "web", "tier": "front"},
        "spec.selector.matchExpressions": [{"key": "app", "operator": "Exists"}],
    },
    "DaemonSet": {
        **TEMPLATE_CHANGES,
        "spec.minReadySeconds": 5,
        "spec.updateStrategy": {"type": "OnDelete"},
        "spec.selector.matchExpressions": [{"key": "app", "operator": "Exists"}],
    },
    "ReplicaSet": {
        **TEMPLATE_CHANGES,
        "spec.replicas": 2,
        "spec.selector.matchExpressions": [{"key": "app", "operator": "Exists"}],
    },
    "StatefulSet": {
        **TEMPLATE_CHANGES,
        "spec.replicas": 5,
        "spec.ordinals": {"start": 1},
        "spec.updateStrategy": {"type": "OnDelete"},
        "spec.minReadySeconds": 5,
        "spec.revisionHistoryLimit": 1,
        "spec.persistentVolumeClaimRetentionPolicy": {
            "whenDeleted": "Delete",
            "whenScaled": "Retain",
        },
        "spec.serviceName": "other",
        "spec.podManagementPolicy": "Parallel",
        "spec.selector.matchExpressions": [{"key": "app", "operator": "Exists"}],
        "spec.volumeClaimTemplates": [],
        "spec.volumeClaimTemplates.0.spec.resources.requests.storage": "4Gi",
        "spec.volumeClaimTemplates.0.spec.storageClassName": "hdd",
        "spec.volumeClaimTemplates.0.metadata.name": "other",
        "spec.volumeClaimTemplates.0.spec.accessModes": ["ReadWriteMany"],
    },
    "Job": {
        **TEMPLATE_CHANGES,
        "spec.parallelism": 2,
        "spec.backoffLimit": 1,
        "spec.activeDeadlineSeconds": 60,
        "spec.ttlSecondsAfterFinished": 60,
        "spec.suspend": True,
        "spec.completions": 2,
        "spec.completionMode": "Indexed",
        "spec.selector.matchExpressions": [{"key": "controller-uid", "operator": "Exists"}],
        "spec.podFailurePolicy": {
            "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]
        },
        "spec.managedBy": "example.com/controller",
    },
    "IndexedJob": {
        "spec.completions": 2,
        "spec.backoffLimitPerIndex": 1,
        "spec.successPolicy": {"rules": [{"succeededCount": 1}]},
    },
    "CronJob": {
        "spec.schedule": "0 4 * * *",
        "spec.timeZone": "Etc/UTC",
        "spec.suspend": True,
        "spec.concurrencyPolicy": "Allow",
        "spec.jobTemplate.spec.template.spec.containers.0.image": "web:2",
        "spec.jobTemplate.spec.completions": 2,
    },
    "Pod": {
        "spec.initContainers.0.image": "init:2",
        "spec.tolerations": [{"key": "disk", "operator": "Exists", "effect": "NoExecute"}],
        "spec.containers.0.image": "web:2",
        "spec.activeDeadlineSeconds": 60,
        "spec.containers.0.command": ["sh"],
        "spec.containers.0.resources.requests.cpu": "2",
        "spec.nodeSelector": {"disk": "ssd"},
        "spec.serviceAccountName": "other",
        "metadata.labels.app": "web",
    },
    "ConfigMap": {"data.a": "2", "data.b": "2", "immutable": True},
    "ImmutableConfigMap": {
        "data.a": "2",
        "binaryData.b": "MQ==",
        "immutable": False,
        "metadata.labels.app": "web",
    },
    "Secret": {
        "data.a": "Mg==",
        "immutable": True,
        "type": "example.com/other",
        "metadata.annotations.a": "1",
    },
    "ImmutableSecret": {"data.a": "Mg==", "immutable": False, "metadata.labels.app": "web"},
    "Service": {
        "spec.selector.tier": "front",
        "spec.ports.0.port": 81,
        "spec.ports.0.targetPort": 8080,
        "spec.sessionAffinity": "ClientIP",
        "spec.publishNotReadyAddresses": True,
        "spec.internalTrafficPolicy": "Local",
        "spec.externalIPs": ["192.0.2.1"],
        "spec.clusterIP": "None",
        "spec.clusterIPs": ["10.0.0.2"],
        "spec.ipFamilies": ["IPv6"],
    },
    "LoadBalancer": {
        "spec.loadBalancerClass": "example.com/other",
        "spec.loadBalancerSourceRanges": ["192.0.2.0/24"],
        "spec.ports.0.nodePort": 30081,
    },
    "PersistentVolumeClaim": {
        "spec.resources.requests.storage": "4Gi",
        "spec.storageClassName": "hdd",
        "spec.accessModes": ["ReadWriteMany"],
        "spec.volumeName": "other",
        "spec.volumeMode": "Block",
        "spec.volumeAttributesClassName": "fast",
        "spec.selector": SELECTOR,
        "metadata.labels.app": "web",
    },
    "PersistentVolume": {
        "spec.capacity.storage": "4Gi",
        "spec.persistentVolumeReclaimPolicy": "Delete",
        "spec.hostPath.path": "/other",
        "spec.storageClassName": "hdd",
        "spec.mountOptions": ["ro"],
        "spec.volumeMode": "Block",
        "spec.accessModes": ["ReadWriteMany"],
        "spec.claimRef": {"namespace": "default", "name": "data"},
        "spec.nodeAffinity": _affinity("a"),
    },
    "CsiVolume": {
        "spec.volumeAttributesClassName": "fast",
        "spec.nodeAffinity": _affinity("b"),
        "spec.csi.volumeHandle": "2",
    },
    "ResourceQuota": {"spec.hard.pods": "8", "spec.scopes": ["Terminating"]},
    "LimitRange": {"spec.limits.0.max.cpu": "4"},
    "ServiceAccount": {"automountServiceAccountToken": True},
    "Role": {"rules.0.verbs": ["get", "list"]},
    "ClusterRole": {"rules.0.verbs": ["get", "list"]},
    "RoleBinding": {"roleRef.name": "writer", "subjects.0.name": "other"},
    "ClusterRoleBinding": {"roleRef.name": "writer", "subjects.0.name": "other"},
    "StorageClass": {
        "provisioner": "example.com/other",
        "parameters.type": "hdd",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
        "allowVolumeExpansion": True,
        "mountOptions": ["ro"],
    },
    "PriorityClass": {
        "value": 2000,
        "preemptionPolicy": "Never",
        "description": "b",
        "globalDefault": True,
    },
    "IngressClass": {"spec.controller": "example.com/other"},
    "Ingress": {
        "spec.ingressClassName": "nginx",
        "spec.rules.0.host": "b.example.com",
        "spec.rules.0.http.paths.0.backend.service.name": "other",
        "spec.tls.0.secretName": "other",
    },
    "NetworkPolicy": {
        "spec.podSelector.matchLabels.app": "other",
        "spec.policyTypes": ["Ingress"],
        "spec.ingress.0.ports.0.port": 9090,
    },
    "PodDisruptionBudget": {
        "spec.maxUnavailable": 2,
        "spec.selector.matchLabels.app": "other",
        "spec.unhealthyPodEvictionPolicy": "AlwaysAllow",
    },
    "HorizontalPodAutoscaler": {
        "spec.minReplicas": 1,
        "spec.maxReplicas": 8,
        "spec.scaleTargetRef.name": "other",
        "spec.metrics.0.resource.target.averageUtilization": 50,
    },
    "RuntimeClass": {"handler": "kata", "metadata.labels.app": "web"},
}
"""Body to dotted path (a number is an index) to its new value."""


@attrs.frozen
class Case:
    """
    One change of one field.
    """

    name: str
    before: dict[str, Any]
    after: dict[str, Any]


def change(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Copy *body* with one field set."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = changed
    for step in steps:
        at = at[step] if isinstance(step, int) else at.setdefault(step, {})
    at[last] = value
    if path == "spec.clusterIP":  # the API server keeps both alike
        changed["spec"]["clusterIPs"] = [value]
    elif path == "spec.clusterIPs":
        changed["spec"]["clusterIP"] = value[0]
    return changed


CASES = [
    Case(f"{name} {path}", BODIES[name], change(BODIES[name], path, value))
    for name, changes in CHANGES.items()
    for path, value in changes.items()
]
CASES += [
    Case(f"{name} {path} = {value}", BODIES[name], change(BODIES[name], path, value))
    for name, path, value in (
        ("PersistentVolumeClaim", "spec.resources.requests.storage", "1Gi"),
        ("IndexedJob", "spec.completions", 3),
    )
]
