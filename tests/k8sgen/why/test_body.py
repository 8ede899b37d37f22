"""How users name fields."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.path import show
from k8sgen.errors import UsageError
from k8sgen.why.body import leaves, locate
from tests.k8sgen.changes.cases import BODIES, change

BODY = change(BODIES["Deployment"], "metadata.annotations", {"example.com/a": "1"})
POD = "spec.template.spec"


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("spec.replicas", "spec.replicas"),
        (".spec.replicas", "spec.replicas"),
        (f"{POD}.containers[web].image", f"{POD}.containers[web].image"),
        (f"{POD}.containers[0].image", f"{POD}.containers[web].image"),
        (f"{POD}.containers.0.image", f"{POD}.containers[web].image"),
        (f"{POD}.containers.web.image", f"{POD}.containers[web].image"),
        (f"{POD}.containers[name=web].image", f"{POD}.containers[web].image"),
        ("metadata.annotations.example.com/a", 'metadata.annotations["example.com/a"]'),
        ('metadata.annotations["example.com/a"]', 'metadata.annotations["example.com/a"]'),
        ("metadata.annotations[example.com/a]", 'metadata.annotations["example.com/a"]'),
        (r"metadata.annotations.example\.com/a", 'metadata.annotations["example.com/a"]'),
        (f"{POD}.containers[web].ports[8080/TCP].name", f"{POD}.containers[web].ports[8080].name"),
        ("", ""),
    ],
)
def test_a_field_may_be_named_in_every_usual_way(field: str, path: str) -> None:
    """
    With dots and brackets as kubectl, diff and people write them.
    """
    body = BODY
    if "8080/TCP" in field:
        body = change(BODY, f"{POD}.containers.0.ports.0.protocol", "TCP")
        path = path.replace("[8080]", "[8080/TCP]")
    assert show(locate(body, field)) == path


def test_what_is_shown_can_be_asked_for() -> None:
    """
    Every field as `diff` and `why` write it is found again.
    """
    for body in BODIES.values():
        for leaf in leaves(body):
            assert locate(body, show(leaf.path)) == leaf.path


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("spec.replica", "did you mean spec.replicas"),
        ("spec.template.nothing", "spec.template has: metadata, spec"),
        (f"{POD}.containers[other].image", f"did you mean {POD}.containers[web].image"),
        ("nothing", "it has: apiVersion, kind, metadata, spec"),
    ],
)
def test_an_unknown_field_is_said_with_the_nearest(field: str, hint: str) -> None:
    """
    The next step is in the hint.
    """
    with pytest.raises(UsageError) as raised:
        locate(BODY, field)
    assert hint in raised.value.hint


def test_an_empty_map_is_a_field() -> None:
    """
    `podSelector: {}` says something.
    """
    body: dict[str, Any] = change(BODIES["NetworkPolicy"], "spec.podSelector", {})
    assert "spec.podSelector" in [show(leaf.path) for leaf in leaves(body)]
