"""When two manifests mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.kubernetes.manifest import Body
from k8sgen.kustomize.build.equality import equal, first_difference


def pod(**spec: Any) -> Body:
    """
    Make a pod.
    """
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": spec}


def named(*names: str) -> list[Body]:
    """
    Make items that only have a name.
    """
    return [{"name": name} for name in names]


class TestEqual:
    """What counts as equal."""

    def test_lists_with_a_key_have_no_order(self) -> None:
        """
        Containers, volumes, ports.
        """
        assert equal(pod(containers=named("a", "b")), pod(containers=named("b", "a")))

    def test_init_containers_have_an_order(self) -> None:
        """
        They run one after the other.
        """
        assert not equal(pod(initContainers=named("a", "b")), pod(initContainers=named("b", "a")))

    @pytest.mark.parametrize(("value", "same"), [("x", True), ("$(A)", False)])
    def test_env_has_an_order_where_a_variable_uses_another(self, value: str, same: bool) -> None:
        """
        Because only what stands before is expanded.
        """
        env = [{"name": "A", "value": "1"}, {"name": "B", "value": value}]
        left, right = ([{"name": "c", "env": e}] for e in (env, env[::-1]))

        assert same is equal(pod(containers=left), pod(containers=right))

    def test_lists_without_a_key_have_an_order(self) -> None:
        """
        Tolerations and arguments.
        """
        left, right = ([{"name": "c", "args": args}] for args in (["a", "b"], ["b", "a"]))

        assert not equal(pod(containers=left), pod(containers=right))

    @pytest.mark.parametrize(
        ("left", "right"), [(1, "1"), (1, True), (0, False), (None, ""), ({}, None), ([], {})]
    )
    def test_types_are_strict(self, left: Any, right: Any) -> None:
        """
        As the API server is.
        """
        assert not equal(pod(x=left), pod(x=right))

    def test_numbers_are_numbers(self) -> None:
        """
        Kustomize may write 1000000 as 1e+06.
        """
        assert equal(pod(x=1000000), pod(x=1e6))

    def test_a_null_is_not_nothing(self) -> None:
        """
        It matters to custom resources.
        """
        assert not equal(pod(x=None), pod())

    def test_empty_annotations_are_nothing(self) -> None:
        """
        Kustomize drops them from everything.
        """
        left, right = pod(), pod()
        left["metadata"] = {"name": "x", "annotations": {}}

        assert equal(left, right)


def test_a_difference_says_where_it_is() -> None:
    """
    By the names of items and with both values.
    """
    left, right = (
        pod(containers=[{"name": "web", "env": [{"name": "A", "value": value}]}]) for value in "12"
    )

    assert (
        str(first_difference(left, right))
        == "spec.containers[name=web].env[name=A].value: '1' instead of '2'"
    )
    assert str(first_difference(pod(), pod(x=1))) == "spec.x: nothing instead of 1"
