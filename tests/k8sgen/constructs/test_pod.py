"""A pod is what its containers need, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen import Deployment, EmptyDir, Mount, Pod, Random, SecretFiles
from k8sgen.errors import K8sgenError
from tests.stacks import Settings, Web, composed, found

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
