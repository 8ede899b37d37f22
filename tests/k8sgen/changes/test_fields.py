"""What counts as a difference, and what does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen.changes.fields import HIDDEN, fields
from k8sgen.changes.path import related, show
from k8sgen.kubernetes.types import MergeList, merge_type
from k8sgen.kustomize.build.merge import MISSING
from k8sgen.project.compose import Composition
from k8sgen.why.body import leaves
from tests.k8sgen.changes.cases import BODIES, change

Body = dict[str, Any]
CPU = "spec.template.spec.containers.0.resources.requests.cpu"


def _paths(before: Body, after: Body) -> list[str]:
    return [show(field.path) for field in fields(before, after)]


def _copy(body: Body) -> Body:
    copied: Body = json.loads(json.dumps(body))
    return copied


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1000m"), (1, "1"), ("0.5", "500m"), ("2", "2.0"), ("1e3", "1k")]
)
def test_the_same_amount_written_otherwise_is_no_difference(one: Any, other: Any) -> None:
    """
    Quantities are compared as amounts.
    """
    before = change(BODIES["Deployment"], CPU, one)
    assert not fields(before, change(before, CPU, other))


@pytest.mark.parametrize(("one", "other"), [("1", "1001m"), ("1Gi", "1G"), ("1", "1Mi")])
def test_another_amount_is_a_difference(one: str, other: str) -> None:
    """
    Amounts that differ by little differ.
    """
    before = change(BODIES["Deployment"], CPU, one)
    (path,) = _paths(before, change(before, CPU, other))
    assert path == "spec.template.spec.containers[web].resources.requests.cpu"


def test_what_looks_like_an_amount_elsewhere_is_text() -> None:
    """
    In a ConfigMap `1` and `1000m` are two texts.
    """
    before = change(BODIES["ConfigMap"], "data.limits", "1")
    assert _paths(before, change(before, "data.limits", "1000m")) == ["data.limits"]


def test_a_number_is_not_the_text_of_it() -> None:
    """
    A port by number and a port by name are different things.
    """
    before = change(BODIES["Service"], "spec.ports.0.targetPort", 8080)
    (field,) = fields(before, change(before, "spec.ports.0.targetPort", "8080"))
    assert (field.before, field.after) == (8080, "8080")


def _reordered(value: Any, kind: Any, order: st.DataObject, name: str = "") -> Any:
    """Shuffle every list whose items have a name and no meaning in their order."""
    if isinstance(value, Mapping):
        of = kind if isinstance(kind, Mapping) else {}
        return {k: _reordered(v, of.get(k, {}), order, k) for k, v in value.items()}
    if isinstance(value, list):
        of = kind.item if isinstance(kind, MergeList) else {}
        items = [_reordered(item, of, order) for item in value]
        keyed = isinstance(kind, MergeList) and name not in ("env", "initContainers")
        return list(order.draw(st.permutations(items))) if keyed else items
    return value


@given(order=st.data())
@settings(max_examples=20, deadline=None)
def test_the_order_of_keyed_lists_is_no_difference(
    compositions: Mapping[str, Composition], order: st.DataObject
) -> None:
    """
    Shuffle the containers, ports, volumes, mounts, … of all of production: nothing differs.
    """
    for resource in compositions["production"].resources:
        shuffled = _reordered(_copy(resource.body), merge_type(resource.body), order)
        assert not fields(resource.body, shuffled)


def test_every_changed_value_is_found_where_it_is(compositions: Mapping[str, Composition]) -> None:
    """
    Change each field of one resource of each kind in turn: exactly that field differs.
    """
    kinds = {r.body["kind"]: r for r in compositions["production"].resources}
    assert len(kinds) > 10
    for resource in kinds.values():
        for leaf in leaves(resource.body):
            changed = _copy(resource.body)
            at: Any = changed
            for step in leaf.steps[:-1]:
                at = at[step]
            at[leaf.steps[-1]] = "7531" if isinstance(leaf.value, str) else 7531
            if leaf.path in (("apiVersion",), ("kind",)):
                continue
            found = fields(resource.body, changed)
            assert found, show(leaf.path)
            assert all(related(field.path[:-1], leaf.path[:-1]) for field in found), (
                show(leaf.path),
                [show(field.path) for field in found],
            )


def test_environment_variables_that_use_each_other_keep_their_order() -> None:
    """
    The order of `env` has a meaning where a value refers to an earlier one.
    """
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}]
    before = change(BODIES["Deployment"], "spec.template.spec.containers.0.env", env)
    after = change(BODIES["Deployment"], "spec.template.spec.containers.0.env", env[::-1])
    (field,) = fields(before, after)
    assert field.note == "reordered"


def test_the_rules_of_a_policy_are_a_set() -> None:
    """
    What a network policy allows does not depend on the order in which it says so.
    """
    ports = [{"protocol": "TCP", "port": 1}, {"protocol": "UDP", "port": 2}]
    before = change(BODIES["NetworkPolicy"], "spec.ingress.0.ports", ports)
    after = change(BODIES["NetworkPolicy"], "spec.ingress.0.ports", ports[::-1])
    after["spec"]["policyTypes"].reverse()
    assert not fields(before, after)


def test_arguments_have_an_order() -> None:
    """
    A list without names, whose order means something, differs when it is shuffled.
    """
    path = "spec.template.spec.containers.0.args"
    before = change(BODIES["Deployment"], path, ["-a", "-b"])
    assert _paths(before, change(before, path, ["-b", "-a"])) == [
        "spec.template.spec.containers[web].args"
    ]


def test_an_item_that_is_put_first_does_not_move_the_others() -> None:
    """
    Items without merge keys are told apart by their names.
    """
    metrics = BODIES["HorizontalPodAutoscaler"]["spec"]["metrics"]
    memory = _copy(metrics[0])
    memory["resource"]["name"] = "memory"
    after = change(BODIES["HorizontalPodAutoscaler"], "spec.metrics", [memory, *metrics])
    (field,) = fields(BODIES["HorizontalPodAutoscaler"], after)
    assert (field.before, field.after) == (MISSING, memory)


def test_a_configuration_file_differs_line_by_line() -> None:
    """
    Of a text of several lines only the changed ones are shown, with what is around them.
    """
    old = "".join(f"line {n}\n" for n in range(100))
    before = change(BODIES["ConfigMap"], "data", {"app.conf": old})
    after = change(BODIES["ConfigMap"], "data", {"app.conf": old.replace("line 50", "other")})
    (field,) = fields(before, after)
    assert show(field.path) == 'data["app.conf"]'
    assert [line for line in field.lines if line[0] in "+-"] == ["-line 50", "+other"]
    assert len(field.lines) == 7


def test_a_file_that_says_the_same_otherwise_is_marked() -> None:
    """
    Another indentation of a YAML or JSON file changes its bytes and not what it says.
    """
    before = change(BODIES["ConfigMap"], "data", {"app.json": '{"a": 1,\n "b": 2}\n'})
    after = change(BODIES["ConfigMap"], "data", {"app.json": '{"b": 2,\n "a": 1}\n'})
    (field,) = fields(before, after)
    assert field.note == "formatting only"


@pytest.mark.parametrize("name", ["data", "stringData"])
def test_no_value_of_a_secret_is_shown(name: str) -> None:
    """
    Neither the old value of a Secret nor the new one leaves the comparison.
    """
    before = change(BODIES["Secret"], name, {"a": "b2xk", "gone": "Z29uZQ=="})
    after = change(BODIES["Secret"], name, {"a": "bmV3", "new": "YWRkZWQ="})
    found = fields(before, after)
    assert {show(f.path) for f in found} == {f"{name}.a", f"{name}.gone", f"{name}.new"}
    assert {v for f in found for v in (f.before, f.after)} == {HIDDEN, MISSING}


@pytest.mark.parametrize("empty", [{}, None])
def test_empty_labels_and_annotations_are_none(empty: Any) -> None:
    """
    To have no annotations and to have an empty map of them is the same.
    """
    assert not fields(BODIES["Secret"], change(BODIES["Secret"], "metadata.annotations", empty))
