"""Random pairs of sets of manifests, as a base and an environment of it might be, and worse."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import attrs
from hypothesis import strategies as st

from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.types import CLUSTER_SCOPED
from k8sgen.kustomize.build.images import container_images

MARK = "qq"
"""Stands in every name; each pair of a batch puts its number there, so that no two meet."""

_WORDS = """
info debug on y No true null ~ 1e3 0o17 12e4567 0755 1:30 0x1F 1_000 .inf 2001-01-01 = << - 007 1.0
+1 -0 .5 1. 0b11 1e-3 $(A) $(B)/x {{x}} [1] {a} *a &a !t %d @x ` ? | > Grüße 🎉 a:b a#b /metrics
--flag=1 100m 1Gi 10.0.0.0/8 1.2.3 null: Infinity NaN 1e+06 12345678901234567890
"""
STRINGS = [
    *_WORDS.split(),
    "",
    " leading",
    "trailing ",
    "a: b",
    "x #y",
    "two words",
    "tab\tin",
    "line\n",
    "two\nlines",
    "a\n\nb\n",
    "ends\n\n",
    "\n",
    " indented\nblock\n",
    "space at end \nx\n",
    "\ttabbed\n\tlines\n",
    "key: value\nlist:\n- 1\n- on\n",
    "'single'",
    '"double"',
    "back\\slash",
    'a "quoted" \\ line\n',
    "bell\x07",
    "cr\r\nlf",
    "# comment\n",
    "--- \n...\n",
    "---",
    "- x",
    "? y",
    "% z",
]
DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGES = (
    "app",
    "app:1",
    "app:1.0.0",
    "app:1e3",
    f"app@{DIGEST}",
    f"app:2@{DIGEST}",
    "ghcr.io/acme/app:1.0.0",
    "ghcr.io/acme/app:2.0.0",
    "ghcrXio/acme/app:1.0.0",
    "localhost:5000/app:1",
    "localhost:5000/app",
    "localhost:5000/app:2",
    "registry.example.com/team/app-x:latest",
    "2001-01-01",
    "2001-01-01:2",
    "2001-01-01T00:00:00Z",
    "2001-01-01t00:00:00z",
    "1:30",
    "12e3",
    "on",
    "~",
    "app:2001-01-01",
)


@attrs.frozen
class Pair:
    """
    A base and what an environment wants of it.

    Args:
        namespace: Of the environment; None where it is of no one namespace.
    """

    base: Sequence[Body]
    wanted: Sequence[Body]
    namespace: str | None


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """
    Draw a pair of sets of manifests.
    """
    return _Maker(draw(st.randoms(use_true_random=True))).pair()


@attrs.frozen
class _Maker:
    rng: Random

    def pair(self) -> Pair:
        kinds = [self.one_of(_KINDS) for _ in range(self.number(1, 4))]
        base = self.unique([self.manifest(kind) for kind in kinds])
        if self.chance(0.1):
            base = []
        wanted = [self.varied(body) for body in base if not self.chance(0.12)]
        if not wanted or self.chance(0.3):
            wanted.append(self.manifest(self.one_of(_KINDS)))
        namespace = self.one_of([f"prod-{MARK}"] * 3 + [None])
        if namespace:
            for body in wanted:
                self.place(body, namespace)
        if self.chance(0.3):
            wanted = [self.pinned(new, base) for new in wanted]
        if self.chance(0.4):
            for body in wanted:
                metadata = body["metadata"]
                metadata["labels"] = {**(metadata.get("labels") or {}), "env": self.string()}
            if self.chance(0.7):
                value = self.string()
                for body in wanted:
                    body["metadata"]["labels"]["env"] = value
        return Pair(base, self.unique(wanted), namespace)

    def pinned(self, body: Body, base: Sequence[Body]) -> Body:
        """Return the containers the images of the base, all moved the same way."""
        old = dict(image for each in base for image in container_images(each))
        move = self.one_of(
            [
                lambda i: i.replace("1", "2"),
                lambda i: f"{i.split('@')[0]}@{DIGEST}",
                lambda i: f"m/{i}",
            ]
        )

        def pin(node: Any, place: tuple[Any, ...]) -> Any:
            if isinstance(node, list):
                names = [n.get("name", i) if isinstance(n, dict) else i for i, n in enumerate(node)]
                return [pin(n, (*place, str(name))) for n, name in zip(node, names, strict=True)]
            if not isinstance(node, dict):
                return node
            result = {key: pin(value, (*place, key)) for key, value in node.items()}
            return {**result, "image": move(old[place])} if place in old else result

        pinned: Body = pin(body, ())
        return pinned

    def place(self, body: Body, namespace: str) -> None:
        cluster = (body["apiVersion"], body["kind"]) in CLUSTER_SCOPED or body["kind"] == "Globe"
        if self.chance(0.02 if cluster else 0.97):
            body["metadata"]["namespace"] = namespace
        if body["kind"] == "Namespace" and self.chance(0.9):
            body["metadata"]["name"] = namespace

    def unique(self, bodies: Sequence[Body]) -> list[Body]:
        found = {}
        for body in bodies:
            found[(body["apiVersion"], body["kind"], body["metadata"]["name"])] = body
        return list(found.values())

    # The smallest parts

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def number(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def one_of(self, options: Sequence[Any]) -> Any:
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[Any], most: int) -> list[Any]:
        picked = list(options)
        self.rng.shuffle(picked)
        return picked[: self.number(0, min(most, len(picked)))]

    def string(self) -> str:
        found: str = self.one_of(STRINGS)
        return found

    def scalar(self) -> Any:
        return self.one_of(
            [self.string(), self.number(0, 9), 8080, 1000000, -1, True, False, 1.5, 0]
        )

    def fields(self, **options: Callable[[], Any]) -> Body:
        """Return some of the fields *options*, in any order."""
        names = self.some(list(options), len(options))
        return {name: options[name]() for name in names}

    def annotations(self) -> Body:
        keys = ("on", "a.b/c", "x~y/z")
        return {key: self.string().lstrip("\t") for key in self.some(keys, 2)}

    def labels(self) -> Body:
        keys = ("app", "app.kubernetes.io/name", "env", "on", "1", "a.b/c-d", "tier")
        return {key: self.one_of(["a", "b", self.string()]) for key in self.some(keys, 3)}

    def anything(self, depth: int = 2) -> Any:
        roll = self.number(0, 9)
        if depth == 0 or roll < 5:
            return self.scalar()
        if roll < 7:
            keys = ("a", "b", "a/b", "c~d", "on", "1", "name")
            return {key: self.nullable(depth - 1) for key in self.some(keys, 3)}
        if roll == 7:
            return {}
        if roll == 8:
            return []
        return [self.anything(depth - 1) for _ in range(self.number(1, 3))]

    def nullable(self, depth: int) -> Any:
        return None if self.chance(0.1) else self.anything(depth)

    # Parts of pods

    def env(self) -> list[Body]:
        names = self.some(("A", "B", "C", "D", "E"), 4)
        if names and self.chance(0.03):
            names.append(names[0])
        return [self.variable(name) for name in names]

    def variable(self, name: str) -> Body:
        roll = self.number(0, 9)
        if roll < 6:
            return {"name": name, "value": self.one_of(["1", "x", "$(A)", self.string()])}
        if roll < 9:
            key = {"name": f"s-{MARK}", "key": self.one_of(["k", "l"])}
            return {
                "name": name,
                "valueFrom": {self.one_of(["secretKeyRef", "configMapKeyRef"]): key},
            }
        return {"name": name}

    def ports(self, key: str) -> list[Body]:
        found = []
        protocols = self.one_of([("TCP",), ("TCP", "UDP"), (None,), (None,)])
        if self.chance(0.04):
            protocols = ("TCP", None)
        for port in self.some((8080, 8081, 53), 3):
            for protocol in protocols:
                entry = {"name": self.one_of(["http", "x", "dns"]), key: port}
                if protocol:
                    entry["protocol"] = protocol
                if key == "port":
                    entry["targetPort"] = self.one_of(["http", 8080, "8080"])
                found.append(entry)
        return found

    def mounts(self) -> list[Body]:
        paths = self.some(("/a", "/b", "/c/d", "/~e"), 3)
        return [
            {
                "name": self.one_of(["v0", "v1"]),
                "mountPath": p,
                **self.fields(readOnly=lambda: True),
            }
            for p in paths
        ]

    def probe(self) -> Body:
        action = self.one_of(
            [
                {"httpGet": {"path": "/healthz", "port": self.one_of(["http", 8080])}},
                {"tcpSocket": {"port": 8080}},
                {"exec": {"command": ["sh", "-c", self.string()]}},
            ]
        )
        return {**action, **self.fields(periodSeconds=lambda: self.number(1, 3))}

    def resources(self) -> Body:
        def amounts() -> Body:
            return self.fields(
                cpu=lambda: self.one_of(["100m", "1", 1]),
                memory=lambda: self.one_of(["1Gi", "128Mi", "1e3"]),
            )

        return self.fields(requests=amounts, limits=amounts)

    def container(self, name: str) -> Body:
        return {
            "name": name,
            "image": self.one_of(IMAGES),
            **self.fields(
                env=self.env,
                ports=lambda: self.ports("containerPort"),
                volumeMounts=self.mounts,
                livenessProbe=self.probe,
                resources=self.resources,
                args=lambda: [self.string() for _ in range(self.number(0, 3))],
                envFrom=lambda: [{"configMapRef": {"name": f"c-{MARK}"}}],
                securityContext=lambda: self.one_of(
                    [{}, {"runAsUser": 1000650000}, {"capabilities": {"drop": ["ALL"]}}]
                ),
            ),
        }

    def containers(self, most: int = 3) -> list[Body]:
        names = self.some(("c0", "c1", "c2", "on", "1"), most)
        return [self.container(name) for name in names or ["c0"]]

    def volume(self, name: str) -> Body:
        source = self.one_of(
            [
                {"emptyDir": {}},
                {"emptyDir": {"sizeLimit": "1Gi"}},
                {"configMap": {"name": f"c-{MARK}", "items": [{"key": "a", "path": "a"}]}},
                {"secret": {"secretName": f"s-{MARK}"}},
                {"persistentVolumeClaim": {"claimName": f"p-{MARK}"}},
                {"projected": {"sources": [{"secret": {"name": f"s-{MARK}"}}]}},
                {"image": {"reference": self.one_of(IMAGES)}},
            ]
        )
        return {"name": name, **source}

    def affinity(self) -> Body:
        term = {"topologyKey": "zone", "labelSelector": {"matchLabels": self.labels()}}
        affinity: Body = self.one_of(
            [
                {},
                {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
                {"nodeAffinity": {"x": [self.scalar()]}},
            ]
        )
        return affinity

    def spread(self) -> list[Body]:
        return [
            {"topologyKey": key, "whenUnsatisfiable": when, "maxSkew": self.number(1, 3)}
            for key in self.some(("zone", "host"), 2)
            for when in self.some(("DoNotSchedule", "ScheduleAnyway"), 2)
        ]

    def tolerations(self) -> list[Body]:
        return [
            {"key": self.one_of(["a", "b"]), "operator": "Exists", **self.fields(value=self.string)}
            for _ in range(self.number(0, 2))
        ]

    def pod(self) -> Body:
        return {
            "containers": self.containers(),
            **self.fields(
                initContainers=self.containers,
                volumes=lambda: [self.volume(n) for n in self.some(("v0", "v1", "v2"), 3)],
                tolerations=self.tolerations,
                affinity=self.affinity,
                nodeSelector=self.labels,
                imagePullSecrets=lambda: [{"name": n} for n in self.some(("r0", "r1", "r2"), 3)],
                topologySpreadConstraints=self.spread,
                hostAliases=lambda: [
                    {"ip": ip, "hostnames": ["h"]} for ip in self.some(("1.1.1.1", "::1"), 2)
                ],
                schedulingGates=lambda: [{"name": n} for n in self.some(("g0", "g1"), 2)],
                serviceAccountName=lambda: f"sa-{MARK}",
                priorityClassName=lambda: self.one_of(["high", None]),
                terminationGracePeriodSeconds=lambda: self.number(0, 60),
                securityContext=lambda: self.one_of([{}, {"runAsNonRoot": True}]),
            ),
        }

    def template(self) -> Body:
        return {"metadata": {"labels": {"app": "a", **self.labels()}}, "spec": self.pod()}

    # Kinds

    def manifest(self, kind: str) -> Body:
        version, make = _KINDS_OF[kind]
        name = self.one_of([f"web-{MARK}", f"api-{MARK}", f"a.b-{MARK}"])
        if self.chance(0.01):
            name = f"{'long' * 61}-{MARK}"
        metadata = {
            "name": name,
            **self.fields(
                labels=self.labels,
                annotations=self.annotations,
                finalizers=lambda: self.some(("f/a", "f/b", "f/c"), 3),
            ),
        }
        if self.chance(0.05):
            metadata["namespace"] = self.one_of([f"prod-{MARK}", f"base-{MARK}"])
        if self.chance(0.1):
            metadata["creationTimestamp"] = None
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **make(self)}

    def workload(self) -> Body:
        rest = self.fields(
            replicas=lambda: self.number(0, 5),
            strategy=lambda: self.one_of(
                [
                    {"type": "Recreate"},
                    {"rollingUpdate": {"maxSurge": self.one_of([1, "1", "25%"])}},
                ]
            ),
            volumeClaimTemplates=lambda: [{"metadata": {"name": "d"}, "spec": self.claim()}],
            revisionHistoryLimit=lambda: None,
        )
        return {
            "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": self.template(), **rest}
        }

    def job(self) -> Body:
        return {"spec": {"template": self.template(), **self.fields(backoffLimit=lambda: 3)}}

    def cron_job(self) -> Body:
        return {
            "spec": {"schedule": self.one_of(["* * * * *", "1 2 * * *"]), "jobTemplate": self.job()}
        }

    def claim(self) -> Body:
        return {
            "accessModes": self.one_of([["ReadWriteOnce"], ["ReadOnlyMany", "ReadWriteMany"], []]),
            "resources": {"requests": {"storage": self.one_of(["1Gi", "10Gi"])}},
        }

    def service(self) -> Body:
        return {"spec": {"ports": self.ports("port"), "selector": self.labels()}}

    def listed(self) -> Body:
        return {"items": [self.manifest("ConfigMap") for _ in range(self.number(0, 2))]}

    def data(self) -> Body:
        keys = ("a", "app.conf", "on", "1", "x_y")
        return {"data": {key: self.string() for key in self.some(keys, 4)}}

    def ingress(self) -> Body:
        paths = [
            {"path": p, "pathType": "Prefix", "backend": {"service": {"name": f"web-{MARK}"}}}
            for p in self.some(("/", "/a"), 2)
        ]
        rules = [{"host": self.one_of(["a.example", "b.example"]), "http": {"paths": paths}}]
        return {"spec": {"rules": rules, **self.fields(tls=lambda: [{"hosts": ["a.example"]}])}}

    def network_policy(self) -> Body:
        peers = [
            {"podSelector": {"matchLabels": self.labels()}},
            {"ipBlock": {"cidr": "10.0.0.0/8"}},
        ]
        rule = {"from": self.some(peers, 2), "ports": [{"port": 80, "protocol": "TCP"}]}
        return {"spec": {"podSelector": {}, **self.fields(ingress=lambda: [rule], egress=list)}}

    def scaler(self) -> Body:
        metric = {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"n": self.number(1, 99)}},
        }
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"web-{MARK}"}
        return {
            "spec": {
                "scaleTargetRef": target,
                "maxReplicas": self.number(1, 9),
                **self.fields(metrics=lambda: [metric], behavior=dict),
            }
        }

    def budget(self) -> Body:
        return {"spec": {"minAvailable": self.one_of([1, "1", "50%"]), "selector": {}}}

    def role(self) -> Body:
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": self.some(("get", "list"), 2)}
        return {"rules": [rule] * self.number(0, 1)}

    def binding(self) -> Body:
        subjects = [
            {
                "kind": "ServiceAccount",
                "name": self.one_of([f"web-{MARK}", f"api-{MARK}", "default"]),
            },
            {"kind": "ServiceAccount", "name": f"web-{MARK}", "namespace": f"prod-{MARK}"},
            {"kind": "ServiceAccount", "name": f"web-{MARK}", "namespace": "default"},
            {"kind": "Group", "name": f"api-{MARK}", "apiGroup": "rbac.authorization.k8s.io"},
        ]
        if self.chance(0.1):
            subjects.append({"kind": "Group"})
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"web-{MARK}"}
        return {"roleRef": role, **self.fields(subjects=lambda: self.some(subjects, 2))}

    def account(self) -> Body:
        return self.fields(
            automountServiceAccountToken=lambda: self.chance(0.5),
            imagePullSecrets=lambda: [{"name": n} for n in self.some(("a", "b"), 2)],
            secrets=lambda: [{"name": n} for n in self.some(("a", "b"), 2)],
        )

    def priority(self) -> Body:
        return {"value": self.number(0, 10**9), **self.fields(globalDefault=lambda: False)}

    def custom(self) -> Body:
        embedded = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "spec": {"template": self.template()},
        }
        return self.fields(
            spec=lambda: self.fields(
                image=lambda: self.one_of(IMAGES),
                replicas=lambda: self.number(0, 3),
                template=lambda: self.one_of(["text", {"spec": self.pod()}, {"spec": {}}]),
                items=lambda: [{"name": n, "value": self.scalar()} for n in self.some("abc", 3)],
                free=self.anything,
                object=lambda: embedded,
                containers=lambda: self.one_of([["a"], self.containers(1)]),
            ),
            data=self.anything,
            extra=lambda: (
                {"a/b": self.nullable(2), "c~d": self.nullable(1), "~1": 1, "": 0}
                and {
                    "a/b": self.nullable(2),
                    "c~d": self.nullable(1),
                    "~1": self.scalar(),
                }
            ),
        )

    # Variations

    def varied(self, body: Body) -> Body:
        """Vary a manifest: mix it with another of its kind, then disturb it here and there."""
        if self.chance(0.15):
            return copy.deepcopy(body)
        other = self.manifest(body["kind"])
        mixed: Body = self.mix(body, other, self.one_of([0.05, 0.2, 0.5]))
        for _ in range(self.number(0, 3)):
            self.disturb(mixed)
        mixed["apiVersion"], mixed["kind"] = body["apiVersion"], body["kind"]
        if not isinstance(mixed.get("metadata"), dict):
            mixed["metadata"] = {}
        mixed["metadata"]["name"] = body["metadata"]["name"]
        for field in ("labels", "annotations"):
            labels = mixed["metadata"].get(field, {})
            if isinstance(labels, dict):
                labels = {k: v if isinstance(v, str) else "new" for k, v in labels.items()}
                mixed["metadata"][field] = labels
            elif labels is not None:
                del mixed["metadata"][field]
        if not isinstance(mixed["metadata"].get("namespace", ""), str):
            del mixed["metadata"]["namespace"]
        return mixed

    def mix(self, left: Any, right: Any, share: float) -> Any:
        if isinstance(left, dict) and isinstance(right, dict):
            result = {}
            for name in [*left, *(name for name in right if name not in left)]:
                if name in left and name in right:
                    result[name] = self.mix(left[name], right[name], share)
                elif (name in left) != self.chance(share):
                    result[name] = copy.deepcopy(left.get(name, right.get(name)))
            return result
        if isinstance(left, list) and isinstance(right, list) and left and right:
            return self.mix_lists(left, right, share)
        return copy.deepcopy(right if self.chance(share) else left)

    def mix_lists(self, left: list[Any], right: list[Any], share: float) -> list[Any]:
        spare = [item for item in right if self.chance(share)]
        result = []
        for item in left:
            twin = next(
                (o for o in spare if _name(o) is not None and _name(o) == _name(item)), None
            )
            if twin is not None:
                spare.remove(twin)
                result.append(self.mix(item, twin, share))
            elif not self.chance(share / 2):
                result.append(copy.deepcopy(item))
        result += copy.deepcopy(spare)
        if self.chance(0.15):
            self.rng.shuffle(result)
        return result

    def disturb(self, body: Body) -> None:
        """Change one place of a manifest, in place and without regard to its type."""
        place: Any = body
        while True:
            inner = [
                v
                for v in (place.values() if isinstance(place, dict) else place)
                if v and isinstance(v, dict | list)
            ]
            if not inner or (place is not body and self.chance(0.25)):
                break
            place = self.one_of(inner)
        if place is body or place is body["metadata"]:
            return
        if isinstance(place, dict):
            self.disturb_map(place, any_type=body["apiVersion"] == "example.com/v1")
        elif place:
            self.disturb_list(place)

    def disturb_map(self, place: Body, *, any_type: bool) -> None:
        name = self.one_of([*place, "added", "a/b"])
        if name == "name" and not any_type:
            return
        roll = self.number(0, 5)
        if roll == 0:
            place.pop(name, None)
        elif roll == 1:
            place[name] = None
        elif roll == 2 and isinstance(place.get(name), dict | list):
            place[name] = type(place[name])()
        elif roll == 3 and (any_type or name not in place):
            place[name] = self.anything()
        elif not isinstance(place.get(name), dict | list):
            place[name] = self.scalar()

    def disturb_list(self, place: list[Any]) -> None:
        roll = self.number(0, 4)
        if roll == 0:
            place.pop(self.number(0, len(place) - 1))
        elif roll == 1:
            self.rng.shuffle(place)
        elif roll == 2 and self.chance(0.2):
            place.append(copy.deepcopy(self.one_of(place)))
        elif roll == 3:
            place.clear()


def _name(item: Any) -> Any:
    if not isinstance(item, dict):
        return None
    keys = ("name", "mountPath", "containerPort", "port", "ip", "topologyKey")
    return next(((key, item[key]) for key in keys if key in item), None)


_KINDS_OF: dict[str, tuple[str, Callable[[_Maker], Body]]] = {
    "Deployment": ("apps/v1", _Maker.workload),
    "StatefulSet": ("apps/v1", _Maker.workload),
    "DaemonSet": ("apps/v1", _Maker.workload),
    "Job": ("batch/v1", _Maker.job),
    "CronJob": ("batch/v1", _Maker.cron_job),
    "Pod": ("v1", lambda maker: {"spec": maker.pod()}),
    "Service": ("v1", _Maker.service),
    "ConfigMap": ("v1", _Maker.data),
    "Secret": ("v1", _Maker.data),
    "Ingress": ("networking.k8s.io/v1", _Maker.ingress),
    "NetworkPolicy": ("networking.k8s.io/v1", _Maker.network_policy),
    "HorizontalPodAutoscaler": ("autoscaling/v2", _Maker.scaler),
    "PodDisruptionBudget": ("policy/v1", _Maker.budget),
    "ServiceAccount": ("v1", _Maker.account),
    "Role": ("rbac.authorization.k8s.io/v1", _Maker.role),
    "ClusterRole": ("rbac.authorization.k8s.io/v1", _Maker.role),
    "RoleBinding": ("rbac.authorization.k8s.io/v1", _Maker.binding),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io/v1", _Maker.binding),
    "PersistentVolumeClaim": ("v1", lambda maker: {"spec": maker.claim()}),
    "Namespace": ("v1", lambda _: {}),
    "PriorityClass": ("scheduling.k8s.io/v1", _Maker.priority),
    "Widget": ("example.com/v1", _Maker.custom),
    "Globe": ("example.com/v1", _Maker.custom),
    "List": ("v1", _Maker.listed),
    "WidgetList": ("example.com/v1", _Maker.listed),
}
_KINDS = [*_KINDS_OF, *["Deployment"] * 6, *["StatefulSet"] * 2, *["Service", "Widget"] * 2]
