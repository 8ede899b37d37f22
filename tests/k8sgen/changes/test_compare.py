"""Two states of an environment as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8sgen.changes.compare import compare, renamed
from k8sgen.changes.level import Level
from k8sgen.changes.path import show
from k8sgen.project.compose import Composition
from tests.k8sgen.changes.cases import BODIES, change

IMAGE = "spec.template.spec.containers.0.image"
BODY = BODIES["Deployment"]


def _bodies(composition: Composition) -> list[dict[str, Any]]:
    return [resource.body for resource in composition.resources]


def test_an_environment_does_not_differ_from_itself(
    compositions: Mapping[str, Composition],
) -> None:
    """
    No resource of any environment differs from itself.
    """
    for composition in compositions.values():
        assert compare("same", _bodies(composition), composition.groups()).count == 0


def test_what_comes_and_goes_is_told_apart() -> None:
    """
    Resources are the same by group, kind, namespace and name.
    """
    other = change(BODY, "metadata.name", "other")
    found = compare("test", [BODY], {"web": [other]})
    assert {(c.word, c.pair.title) for c in found.resources} == {
        ("removed", "Deployment/web"),
        ("added", "Deployment/other"),
    }


def test_changes_are_grouped_by_service_the_worst_first() -> None:
    """
    Services keep the order of the stack; what is gone stands with the service of its label.
    """
    gone = change(BODIES["ConfigMap"], "metadata.labels", {"app.kubernetes.io/name": "b"})
    after = {"b": [change(BODY, IMAGE, "web:2")], "a": [BODIES["Service"]]}
    found = compare("test", [BODY, gone], after)
    assert list(found.services()) == ["b", "a"]
    assert [c.level for c in found.services()["b"]] == [Level.MAY_INTERRUPT, Level.ROLLS_PODS]


def test_a_label_that_changes_on_all_is_told_once() -> None:
    """
    What changes alike everywhere would hide what matters.
    """
    before = [change(BODY, "metadata.name", f"web-{n}") for n in range(5)]
    after = [change(body, "metadata.labels", {"release": "2"}) for body in before]
    after[0] = change(after[0], IMAGE, "web:2")
    found = compare("test", before, {"web": after})
    assert [(show(field.path), count) for field, count in found.everywhere] == [
        ("metadata.labels.release", 5)
    ]
    assert [c.pair.title for c in found.resources] == ["Deployment/web-0"]
    assert len(compare("test", before, {"web": after}, fold=False).resources) == 5


def test_the_namespace_is_no_difference_between_environments(
    compositions: Mapping[str, Composition],
) -> None:
    """
    Staging and production have the same Deployments, each in its namespace.
    """
    staging, production = (compositions[name] for name in ("staging", "production"))
    old = renamed(_bodies(staging), "shop-staging", "shop")
    found = compare("test", old, production.groups())
    ours = [c for c in found.resources if c.pair.kind == "Deployment"]
    assert ours
    assert {c.word for c in ours} == {"changed"}
    assert not [show(f.path) for c in found.resources for f in c.fields if "namespace" in f.path]


def test_each_verdict_and_field_stands_once() -> None:
    """
    A field stands below the worst that follows from it, together with the rest that does.
    """
    after = change(BODY, "spec.template.spec.containers.0.securityContext", {"privileged": True})
    after = change(after, "metadata.labels", {"a": "1"})
    (found,) = compare("test", [BODY], {"web": [after]}).resources
    groups = found.by_verdict()
    told = [verdict for verdicts, _ in groups for verdict in verdicts]
    assert told == list(found.verdicts)
    assert found.level == Level.WIDENS_ACCESS
    assert sorted(show(f.path) for _, own in groups for f in own) == sorted(
        show(f.path) for f in found.fields
    )
    assert [len(verdicts) for verdicts, _ in groups][-1] == 0
