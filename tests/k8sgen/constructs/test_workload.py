"""Every kind of workload runs hardened pods that its selectors find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8sgen import Autoscaling, Claim, CronJob, Job, Pod, StatefulSet, Storage
from tests.k8sgen.restricted import violations
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
