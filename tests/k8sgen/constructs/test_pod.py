"""A pod is what its containers need, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen import (
    Affinity,
    Deployment,
    EmptyDir,
    EnvValue,
    Mount,
    NodeLabel,
    Pod,
    PodLabels,
    Probes,
    Random,
    SecretFiles,
    Toleration,
)
from k8sgen.errors import K8sgenError
from tests.stacks import Settings, Web, composed, found

LIVE = Probes.http("/healthz", "/readyz")
VOLUMES = [EmptyDir("cache"), EmptyDir("run", "1Mi", memory=True), EmptyDir("work")]
MOUNTS = st.dictionaries(st.sampled_from(["/a", "/b", "/c", "/tmp"]), st.sampled_from(VOLUMES))


def spec(make: Any) -> Any:
    """
    Compose a service whose Deployment runs the pod that *make* gives, and find its spec.
    """

    def service(stack: Any) -> None:
        web = Web(stack, Settings())
        Deployment(web, make(web))

    return found(composed(service), "Deployment")["spec"]["template"]["spec"]


@given(first=MOUNTS, second=MOUNTS, init=MOUNTS)
@settings(max_examples=25)
def test_its_volumes_are_what_its_containers_mount(
    first: dict[str, EmptyDir], second: dict[str, EmptyDir], init: dict[str, EmptyDir]
) -> None:
    """Each once; nothing is mounted that is not there, and nothing is there that is not mounted."""
    pod = spec(
        lambda web: Pod(
            [web.main(mounts=first), web.main(name="side", ports=(), mounts=second)],
            init=web.main(name="first", mounts=init),
        )
    )
    containers = [*pod["initContainers"], *pod["containers"]]
    mounted = {mount["name"] for each in containers for mount in each["volumeMounts"]}
    names = [volume["name"] for volume in pod["volumes"]]
    assert set(names) == mounted
    assert len(set(names)) == len(names)


def test_two_volumes_of_one_name_are_refused() -> None:
    """Else one of them would be mounted twice."""
    mounts = {"/a": EmptyDir("data"), "/b": EmptyDir("data", "1Gi")}
    with pytest.raises(K8sgenError, match="two volumes are named 'data'"):
        spec(lambda web: Pod(web.main(mounts=mounts)))


def test_a_temporary_folder_is_always_there() -> None:
    """The root file system is read-only."""
    pod = spec(lambda web: Pod(web.main()))
    (mount,) = pod["containers"][0]["volumeMounts"]
    assert mount == {"name": "tmp", "mountPath": "/tmp"}
    assert pod["volumes"] == [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]


def test_one_user_owns_it_all() -> None:
    """The processes and the volumes."""
    context = spec(lambda web: Pod(web.main(), user=999))["securityContext"]
    users = {context[field] for field in ("runAsUser", "runAsGroup", "fsGroup")}
    assert users == {999}


def test_neighbours_are_not_in_its_environment() -> None:
    """Kubernetes would put every Service of the namespace there."""
    assert spec(lambda web: Pod(web.main()))["enableServiceLinks"] is False


def test_any_of_its_configurations_rolls_it() -> None:
    """Mounted whole, in part, or as environment variables, of an init container too."""

    def annotations(texts: list[str]) -> dict[str, str]:
        def service(stack: Any) -> None:
            web = Web(stack, Settings())
            maps = [web.config({"a": t}, name=f"web-{n}") for n, t in enumerate(texts)]
            Deployment(
                web,
                Pod(
                    web.main(mounts={"/a": maps[0], "/b": Mount(maps[1], "a")}),
                    init=web.main(name="first", env_from=[maps[2]]),
                ),
            )

        body = found(composed(service), "Deployment")
        made: dict[str, str] = body["spec"]["template"]["metadata"]["annotations"]
        return made

    before = annotations(["x", "x", "x"])
    assert annotations(["x", "x", "x"]) == before
    for changed in (["y", "x", "x"], ["x", "y", "x"], ["x", "x", "y"]):
        assert annotations(changed) != before


def test_its_secret_keys_are_those_of_all_its_containers() -> None:
    """As variables or as files."""

    def service(stack: Any) -> None:
        web = Web(stack, Settings())
        one, two, three = (web.secret(name, Random()) for name in ("one", "two", "three"))
        pod = Pod(
            web.main(env={"ONE": one}, mounts={"/run/secrets": SecretFiles([three])}),
            init=web.main(name="first", env={"TWO": two}),
        )
        assert {key.key for key in pod.secret_keys()} == {"one", "two", "three"}

    composed(service)


def test_a_sidecar_runs_from_before_the_first_to_after_the_last() -> None:
    """As Kubernetes has it: an init container that is restarted."""
    pod = spec(
        lambda web: Pod(
            web.main(), init=web.main(name="first"), sidecars=web.main(name="proxy", probes=LIVE)
        )
    )
    proxy, first = pod["initContainers"]
    assert (proxy["name"], proxy["restartPolicy"]) == ("proxy", "Always")
    assert "livenessProbe" in proxy
    assert (first["name"], first.get("restartPolicy")) == ("first", None)


def test_it_runs_where_it_is_told_to() -> None:
    """On which nodes, beside which pods, with which names in its `/etc/hosts`."""
    affinity = Affinity(
        nodes=[NodeLabel(key="disk", values=["ssd"]), NodeLabel(key="spot", operator="NotIn")],
        preferred_nodes=[NodeLabel(key="zone", values=["a"])],
        near=[PodLabels(labels={"app": "cache"}, place="topology.kubernetes.io/zone")],
        away=[PodLabels(labels={"app": "noisy"})],
    )
    pod = spec(
        lambda web: Pod(
            web.main(),
            node_selector={"pool": "web"},
            tolerations=[
                Toleration(key="dedicated", value="web", effect="NoSchedule"),
                Toleration(effect="NoExecute", seconds=60),
            ],
            affinity=affinity,
            host_aliases={"192.0.2.7": ["legacy.example.com", "legacy"]},
        )
    )
    assert pod["nodeSelector"] == {"pool": "web"}
    assert pod["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"},
        {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
    ]
    assert pod["hostAliases"] == [
        {"ip": "192.0.2.7", "hostnames": ["legacy.example.com", "legacy"]}
    ]
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    (term,) = pod["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "disk", "operator": "In", "values": ["ssd"]},
        {"key": "spot", "operator": "DoesNotExist"},
    ]
    assert set(pod["affinity"]) == {"nodeAffinity", "podAffinity", "podAntiAffinity"}


def test_strict_neighbours_are_required() -> None:
    """Else they are preferred."""
    noisy = [PodLabels(labels={"app": "noisy"})]
    found_in = [
        list(Affinity(away=noisy, strict=strict).body()["podAntiAffinity"])
        for strict in (True, False)
    ]
    assert found_in == [
        ["requiredDuringSchedulingIgnoredDuringExecution"],
        ["preferredDuringSchedulingIgnoredDuringExecution"],
    ]


def test_it_has_annotations_of_its_own() -> None:
    """Beside the checksums."""

    def make(stack: Any) -> None:
        web = Web(stack, Settings())
        Deployment(web, Pod(web.main(), annotations={"example.com/a": "b"}))

    template = found(composed(make), "Deployment")["spec"]["template"]
    assert template["metadata"]["annotations"] == {"example.com/a": "b"}


def test_a_variable_may_come_later_than_the_pod() -> None:
    """It is read when the stack is synthesized: a mapping that grows, a function."""

    def make(stack: Any) -> None:
        web = Web(stack, Settings())
        addresses: list[str] = []
        env: dict[str, EnvValue] = {"FIRST": lambda: addresses[0]}
        Deployment(web, Pod(web.main(env=env)))
        addresses.append("later:8000")
        env["SECOND"] = "too"

    (container,) = found(composed(make), "Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [
        {"name": "FIRST", "value": "later:8000"},
        {"name": "SECOND", "value": "too"},
    ]
