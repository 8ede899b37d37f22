"""The stack is a chart whose services know it."""

from __future__ import annotations

import pytest

from k8sgen import Environment, Priority, Stack
from tests.stacks import BASE, Settings, Web, composed


def test_its_services_are_known_in_their_order() -> None:
    """As they were made."""

    class Other(Web):
        pass

    def make(stack: Stack) -> None:
        made = [Web(stack, Settings()), Other(stack, Settings())]
        assert stack.services == made

    composed(make)


@pytest.mark.parametrize(
    ("environment", "namespace"),
    [
        (BASE, None),
        (Environment(name="here"), "here"),
        (Environment(name="here", namespace="there"), "there"),
    ],
)
def test_the_namespace_is_the_environments_name_unless_told(
    environment: Environment, namespace: str | None
) -> None:
    """The base has none."""
    assert composed(lambda _: None, environment).stack.namespace_name == namespace


def test_the_priority_is_the_environments() -> None:
    """If it has one."""
    environment = Environment(name="here", priority=Priority(name="high", value=1))
    assert composed(lambda _: None, environment).stack.priority_class == "high"
    assert composed(lambda _: None).stack.priority_class is None
