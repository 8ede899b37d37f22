"""A container in the manifest's own words."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen import Compute, Container, FieldRef, Image, Port, Random, Resources, SecretKey
from k8sgen.constructs.manifest import resolve

PASSWORD = SecretKey(secret="db", key="password", recipe=Random())


def body(**options: Any) -> dict[str, Any]:
    """
    Make a container and return its finished body.
    """
    made = Container(
        **{"name": "web", "image": Image("redis", "8"), "resources": Resources(), **options}
    )
    found: dict[str, Any] = resolve(made.body())
    return found


def test_it_is_locked_down() -> None:
    """No root, no new privileges, no capability, nothing to write to."""
    assert body()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_what_is_not_told_is_left_out() -> None:
    """The image's own command runs then."""
    assert set(body()) == {
        "name",
        "image",
        "imagePullPolicy",
        "resources",
        "volumeMounts",
        "securityContext",
    }


@pytest.mark.parametrize(
    ("value", "entry"),
    [
        ("1e3", {"value": "1e3"}),
        (8080, {"value": "8080"}),
        (True, {"value": "true"}),
        (False, {"value": "false"}),
        (lambda: 8080, {"value": "8080"}),
        (PASSWORD, {"valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}),
        (
            FieldRef(path="metadata.name"),
            {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ),
    ],
)
def test_a_variable_is_a_text_or_a_reference(value: Any, entry: dict[str, Any]) -> None:
    """Kubernetes has no other values there."""
    assert body(env={"X": value})["env"] == [{"name": "X", **entry}]


def test_variables_keep_their_order() -> None:
    """One may use those before it, as $(NAME)."""
    names = ["Z", "A", "M"]
    assert [env["name"] for env in body(env=dict.fromkeys(names, "x"))["env"]] == names


def test_ports_have_names() -> None:
    """By which Kubernetes Services and probes find them."""
    ports = [Port("http", 80), Port("dns", 53, "UDP")]
    assert body(ports=ports)["ports"] == [
        {"name": "http", "containerPort": 80, "protocol": "TCP"},
        {"name": "dns", "containerPort": 53, "protocol": "UDP"},
    ]


def test_a_drain_waits_before_the_signal() -> None:
    """Until nobody sends requests any more."""
    assert body(drain=5)["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}


def test_resources_are_its_own() -> None:
    """Requests and limits."""
    amount = Compute(cpu="1", memory="1Gi")
    made = body(resources=Resources(requests=amount, limits=amount))["resources"]
    assert made == {"requests": amount.body(), "limits": amount.body()}


def test_its_name_is_a_label() -> None:
    """As Kubernetes wants it."""
    with pytest.raises(ValueError, match="is not a DNS label"):
        body(name="Web Server")
