"""Every kind of workload runs hardened pods that its selectors find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8sgen import (
    Autoscaling,
    Claim,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    Metric,
    Pace,
    PersistentVolumeClaim,
    Pod,
    PolicyRule,
    Role,
    Stack,
    StatefulSet,
    Storage,
)
from k8sgen.project.compose import Composition
from tests.restricted import violations
from tests.stacks import Settings, Web, composed, found

DATA = Claim("data", Storage(size="1Gi"))
MAKE: dict[str, Callable[[Web], object]] = {
    "Deployment": lambda web: web.deployment(),
    "StatefulSet": lambda web: StatefulSet(web, Pod(web.main(mounts={"/data": DATA}))),
    "CronJob": lambda web: CronJob(web, Pod(web.main()), name="nightly", schedule="0 3 * * *"),
    "Job": lambda web: Job(web, Pod(web.main(), init=web.main(name="first")), name="once"),
}
SEVERAL = Settings(replicas=3)


def workload(kind: str, settings: Settings | None = None) -> Any:
    """
    Compose a service with one workload and find it.
    """
    return found(composed(lambda stack: MAKE[kind](Web(stack, settings or Settings()))), kind)


def template(body: Any) -> Any:
    """
    Return the pod template of a workload.
    """
    spec = body["spec"]
    return spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]


def kinds(kind: str, settings: Settings) -> list[str]:
    """
    List the kinds that a workload brings along.
    """
    composition = composed(lambda stack: MAKE[kind](Web(stack, settings)))
    return [body["kind"] for body in composition.groups()["web"]]


@pytest.mark.parametrize("kind", MAKE)
def test_its_pods_are_admitted_by_the_restricted_standard(kind: str) -> None:
    """Init containers too."""
    assert violations(template(workload(kind))["spec"]) == []


@pytest.mark.parametrize("kind", MAKE)
def test_its_pods_are_those_of_the_service(kind: str) -> None:
    """By name; each workload is a component, so that only the server's pods serve."""
    labels = template(workload(kind))["metadata"]["labels"]
    component = {"CronJob": "nightly", "Job": "once"}.get(kind, "server")
    assert labels["app.kubernetes.io/name"] == "web"
    assert labels["app.kubernetes.io/component"] == component


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_its_selector_selects_its_pods(kind: str) -> None:
    """And no label that an environment adds."""
    body = workload(kind)
    selector = body["spec"]["selector"]["matchLabels"].items()
    assert selector <= template(body)["metadata"]["labels"].items()
    assert not [key for key, _ in selector if "instance" in key]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_several_replicas_are_spread_and_kept(kind: str) -> None:
    """Over zones and nodes, and one at a time through a drain; a single one needs neither."""
    pods = template(workload(kind, SEVERAL))["spec"]
    keys = [constraint["topologyKey"] for constraint in pods["topologySpreadConstraints"]]
    assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert "PodDisruptionBudget" in kinds(kind, SEVERAL)
    assert "topologySpreadConstraints" not in template(workload(kind))["spec"]
    assert "PodDisruptionBudget" not in kinds(kind, Settings())


def test_a_rollout_misses_no_pod() -> None:
    """A new one comes before an old one goes."""
    strategy = workload("Deployment")["spec"]["strategy"]["rollingUpdate"]
    assert strategy == {"maxUnavailable": 0, "maxSurge": 1}


def test_an_autoscaler_brings_its_bounds() -> None:
    """And the budget, where its least is more than one."""
    scaled = Settings(replicas=Autoscaling(min_replicas=2, max_replicas=4))
    assert {"HorizontalPodAutoscaler", "PodDisruptionBudget"} <= set(kinds("Deployment", scaled))
    single = Settings(replicas=Autoscaling(min_replicas=1, max_replicas=4))
    assert "PodDisruptionBudget" not in kinds("Deployment", single)


def test_an_autoscaler_aims_at_the_use_of_the_request() -> None:
    """In percent of processor time."""
    settings = Settings(replicas=Autoscaling(min_replicas=1, max_replicas=2, cpu_utilization=60))
    composition = composed(lambda stack: Web(stack, settings).deployment())
    (metric,) = found(composition, "HorizontalPodAutoscaler")["spec"]["metrics"]
    target = {"type": "Utilization", "averageUtilization": 60}
    assert metric == {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def test_a_budget_lets_one_pod_go_at_a_time() -> None:
    """And never waits for a pod that is broken anyway."""
    composition = composed(lambda stack: Web(stack, SEVERAL).deployment())
    spec = found(composition, "PodDisruptionBudget")["spec"]
    assert (spec["maxUnavailable"], spec["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


class TestStatefulSet:
    """Pods with names and volumes of their own."""

    def test_its_claims_are_what_its_pods_mount(self) -> None:
        """By name; the pod lists no volume for them."""
        spec = workload("StatefulSet")["spec"]
        (claim,) = spec["volumeClaimTemplates"]
        pod = spec["template"]["spec"]
        mounts = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        assert claim["metadata"]["name"] == "data"
        assert claim["spec"]["resources"] == {"requests": {"storage": "1Gi"}}
        assert "data" in mounts
        assert "data" not in {volume["name"] for volume in pod["volumes"]}

    def test_its_volumes_stay_when_it_goes(self) -> None:
        """Data is deleted by people."""
        policy = workload("StatefulSet")["spec"]["persistentVolumeClaimRetentionPolicy"]
        assert policy == {"whenDeleted": "Retain", "whenScaled": "Retain"}

    def test_a_broken_pod_does_not_block_its_correction(self) -> None:
        """Pods do not wait for each other."""
        assert workload("StatefulSet")["spec"]["podManagementPolicy"] == "Parallel"

    def test_its_pods_have_names_by_a_headless_service(self) -> None:
        """Which it brings along."""
        composition = composed(lambda stack: MAKE["StatefulSet"](Web(stack, Settings())))
        name = found(composition, "StatefulSet")["spec"]["serviceName"]
        assert found(composition, "Service", name)["spec"]["clusterIP"] == "None"


class TestJobs:
    """Pods that run to their end."""

    @pytest.mark.parametrize("kind", ["Job", "CronJob"])
    def test_they_end(self, kind: str) -> None:
        """In time or not, and are not started for ever."""
        body = workload(kind)
        spec = body["spec"].get("jobTemplate", body)["spec"]
        assert spec["template"]["spec"]["restartPolicy"] == "Never"
        assert spec["activeDeadlineSeconds"] > 0
        assert spec["backoffLimit"] == 3

    def test_two_runs_never_overlap(self) -> None:
        """And their times are UTC's."""
        spec = workload("CronJob")["spec"]
        assert (spec["schedule"], spec["timeZone"]) == ("0 3 * * *", "Etc/UTC")
        assert spec["concurrencyPolicy"] == "Forbid"

    def test_a_finished_job_is_cleared_away(self) -> None:
        """After a day."""
        assert workload("Job")["spec"]["ttlSecondsAfterFinished"] == 86400


class TestSeveralInOneService:
    """A web server and a worker: each with its own name, labels, replicas, budget."""

    @pytest.fixture
    def composition(self) -> Composition:
        """The main Deployment has two replicas, the worker is scaled."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings(replicas=2))
            web.deployment()
            scaled = Autoscaling(min_replicas=3, max_replicas=6)
            pod = Pod(web.main(probes=None, ports=()))
            Deployment(web, pod, name="web-worker", replicas=scaled)

        return composed(make)

    def test_each_selects_its_own_pods(self, composition: Composition) -> None:
        """By the component; the Deployment, the budget and the spread alike."""
        worker = found(composition, "Deployment", "web-worker")["spec"]
        own = {"app.kubernetes.io/name": "web", "app.kubernetes.io/component": "web-worker"}
        assert worker["selector"] == {"matchLabels": own}
        assert own.items() <= worker["template"]["metadata"]["labels"].items()
        budget = found(composition, "PodDisruptionBudget", "web-worker")["spec"]
        assert budget["selector"] == {"matchLabels": own}
        spread = worker["template"]["spec"]["topologySpreadConstraints"]
        assert all(each["labelSelector"] == {"matchLabels": own} for each in spread)
        main = found(composition, "Deployment", "web")["spec"]["selector"]["matchLabels"]
        assert main["app.kubernetes.io/component"] == "server"

    def test_each_has_its_own_number(self, composition: Composition) -> None:
        """The autoscaler of one leaves the other alone."""
        scaler = found(composition, "HorizontalPodAutoscaler")
        assert scaler["spec"]["scaleTargetRef"]["name"] == "web-worker"
        assert found(composition, "Deployment", "web")["spec"]["replicas"] == 2
        assert "replicas" not in found(composition, "Deployment", "web-worker")["spec"]


def test_two_instances_of_a_class_have_two_names() -> None:
    """Which all that they bring has."""

    def make(stack: Stack) -> None:
        for name in ("web-one", "web-two"):
            Web(stack, Settings(), name=name).deployment()

    composition = composed(make)
    for name in ("web-one", "web-two"):
        labels = found(composition, "Deployment", name)["spec"]["selector"]["matchLabels"]
        assert labels["app.kubernetes.io/name"] == name
        assert found(composition, "ServiceAccount", name)
        assert found(composition, "NetworkPolicy", name)


@pytest.mark.parametrize(
    ("kind", "label"),
    [("Deployment", "pod-template-hash"), ("StatefulSet", "controller-revision-hash")],
)
def test_the_pods_of_a_rollout_are_spread_among_themselves(kind: str, label: str) -> None:
    """Those that are about to go do not count."""
    pods = template(workload(kind, SEVERAL))["spec"]
    assert [each["matchLabelKeys"] for each in pods["topologySpreadConstraints"]] == [[label]] * 2


def test_a_daemon_set_has_one_pod_on_each_node() -> None:
    """It counts no replicas, and is replaced one by one."""
    composition = composed(lambda stack: DaemonSet(web := Web(stack, Settings()), Pod(web.main())))
    spec = found(composition, "DaemonSet")["spec"]
    assert "replicas" not in spec
    assert spec["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1}
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_a_cron_job_says_how_its_runs_go() -> None:
    """What happens to a run that is late or due too early, and how many are kept."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        CronJob(
            web,
            Pod(web.main(probes=None)),
            name="web-night",
            schedule="0 3 * * *",
            concurrency="Replace",
            starting_deadline=60,
            successes=2,
            failures=5,
            suspend=True,
        )

    spec = found(composed(make), "CronJob")["spec"]
    assert (spec["concurrencyPolicy"], spec["startingDeadlineSeconds"]) == ("Replace", 60)
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (2, 5)
    assert spec["suspend"] is True


class TestVolumeOfADeployment:
    """A claim that is not made anew for each pod."""

    @staticmethod
    def made(replicas: int, access_mode: Any = "ReadWriteOnce") -> Composition:
        """Compose a Deployment that mounts one."""

        def make(stack: Stack) -> None:
            web = Web(stack, Settings(replicas=replicas))
            storage = Storage(size="1Gi")
            data = PersistentVolumeClaim(web, storage, name="web-data", access_mode=access_mode)
            web.deployment(mounts={"/data": data})

        return composed(make)

    def test_its_pods_mount_the_claim(self) -> None:
        """By name, writable."""
        composition = self.made(1)
        assert found(composition, "PersistentVolumeClaim", "web-data")
        pod = found(composition, "Deployment")["spec"]["template"]["spec"]
        claim = {"name": "web-data", "persistentVolumeClaim": {"claimName": "web-data"}}
        assert claim in pod["volumes"]

    def test_a_volume_of_one_node_is_left_before_it_is_taken(self) -> None:
        """Else a rollout waits for ever on another node."""
        assert found(self.made(1), "Deployment")["spec"]["strategy"] == {"type": "Recreate"}
        shared = found(self.made(2, "ReadWriteMany"), "Deployment")["spec"]["strategy"]
        assert shared["type"] == "RollingUpdate"

    def test_several_pods_do_not_mount_a_volume_of_one_node(self) -> None:
        """They may be on several."""
        with pytest.raises(Exception, match="2 pods of web cannot mount web-data on one node"):
            self.made(2)


def test_a_role_is_for_the_pods_that_have_a_token() -> None:
    """No others of the service get one, nor reach the API server."""

    def make(stack: Stack) -> None:
        web = Web(stack, Settings())
        web.deployment()
        Role(web, [PolicyRule(verbs=["get", "list"], resources=["pods"])])
        Deployment(web, Pod(web.main(), token=True), name="web-watcher")

    composition = composed(make)
    binding = found(composition, "RoleBinding", "web")
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "web", "namespace": "somewhere"}
    ]
    assert binding["roleRef"]["name"] == found(composition, "Role")["metadata"]["name"]
    tokens = {
        name: found(composition, "Deployment", name)["spec"]["template"]["spec"][
            "automountServiceAccountToken"
        ]
        for name in ("web", "web-watcher")
    }
    assert tokens == {"web": False, "web-watcher": True}
    (rule,) = found(composition, "NetworkPolicy", "web-watcher")["spec"]["egress"]
    assert [port["port"] for port in rule["ports"]] == [443, 6443]
    assert len(found(composition, "NetworkPolicy", "web")["spec"]["egress"]) == 1  # DNS


def test_an_autoscaler_aims_at_all_that_it_is_told() -> None:
    """Processor time, memory, metrics of the pods and others, each at its pace."""
    scaling = Autoscaling(
        min_replicas=1,
        max_replicas=9,
        cpu_utilization=None,
        memory_utilization=80,
        metrics=[
            Metric(name="requests_per_second", average="100"),
            Metric(name="queue_length", average="30", labels={"q": "mail"}, source="external"),
        ],
        scale_up=Pace(pods=4, percent=100, period=15),
        scale_down=Pace(stabilization=600),
    )
    composition = composed(lambda stack: Web(stack, Settings(replicas=scaling)).deployment())
    spec = found(composition, "HorizontalPodAutoscaler")["spec"]
    assert [metric["type"] for metric in spec["metrics"]] == ["Resource", "Pods", "External"]
    assert spec["metrics"][2]["external"]["metric"]["selector"] == {"matchLabels": {"q": "mail"}}
    assert spec["behavior"] == {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "policies": [
                {"type": "Pods", "value": 4, "periodSeconds": 15},
                {"type": "Percent", "value": 100, "periodSeconds": 15},
            ],
        },
        "scaleDown": {"stabilizationWindowSeconds": 600},
    }
