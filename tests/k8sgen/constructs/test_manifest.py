"""A manifest is its body, finished when the stack is synthesized."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cdk8s
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen import Manifest
from k8sgen.constructs.manifest import resolve
from tests.stacks import composed, found

BODY = {"apiVersion": "example.com/v1", "kind": "Report", "metadata": {"name": "web"}}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda items: st.lists(items) | st.dictionaries(st.text(), items), max_leaves=12
)


def report(**body: Any) -> Any:
    """
    Compose one manifest and find it.
    """
    return found(composed(lambda stack: Manifest(stack, "report", {**BODY, **body})), "Report")


def without_none(value: Any) -> Any:
    """
    Say by hand what is left of *value*.
    """
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list) else value


@given(JSON.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_a_body_is_copied_without_what_is_none(value: Any) -> None:
    """All else stays, in its order."""
    assert json.dumps(resolve(value)) == json.dumps(without_none(value))


@given(JSON.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_a_function_stands_for_what_it_gives(value: Any) -> None:
    """Wherever it stands, and also where it gives functions in turn."""
    assert resolve({"a": lambda: [lambda: value]}) == {"a": [without_none(value)]}


def test_the_copy_is_a_copy() -> None:
    """Who changes it does not change the body."""
    body = {"a": [{"b": "c"}]}
    resolve(body)["a"][0]["b"] = "d"
    assert body == {"a": [{"b": "c"}]}


def test_functions_are_called_after_all_constructs_are_made() -> None:
    """So they can tell what others asked for."""
    asked: list[str] = []

    def make(stack: Any) -> None:
        Manifest(stack, "report", {**BODY, "spec": lambda: {"asked": list(asked)}})
        asked.append("later")

    assert found(composed(make), "Report")["spec"] == {"asked": ["later"]}


def test_a_function_may_leave_its_key_out() -> None:
    """By giving None."""
    assert "spec" not in report(spec=lambda: None)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"a": {1}}, "a: {1} (set) cannot be in"),
        ({"a": [0, b"x"]}, "a.1: b'x' (bytes) cannot be in"),
        ({"a": float("inf")}, "a: inf (float) cannot be in"),
        ({"a": {1: "x"}}, "a: the key 1 is not a string"),
        (object, "the body: <object object"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_path(value: Any, problem: str) -> None:
    """Instead of an odd word in the YAML."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (its text is compared below)
        resolve(value)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize("key", ["apiVersion", "kind", "metadata"])
def test_a_body_needs_its_identity(key: str) -> None:
    """The API version, the kind and the name."""
    body = {name: value for name, value in BODY.items() if name != key}
    with pytest.raises(Exception, match=f"the body has no {key}"):
        composed(lambda stack: Manifest(stack, "report", body))


def test_patches_come_last_and_in_their_order() -> None:
    """After functions and metadata."""

    def make(stack: Any) -> None:
        made = Manifest(stack, "report", {**BODY, "spec": lambda: {"size": 1}})
        made.add_json_patch(
            cdk8s.JsonPatch.replace("/spec/size", 2), cdk8s.JsonPatch.add("/spec/more", True)
        )
        made.add_json_patch(cdk8s.JsonPatch.remove("/spec/more"))
        made.add_json_patch(cdk8s.JsonPatch.replace("/metadata/labels/a", "patched"))
        made.metadata.add_label("a", "added")

    made = found(composed(make), "Report")
    assert made["spec"] == {"size": 2}
    assert made["metadata"]["labels"]["a"] == "patched"


def test_metadata_added_later_wins_over_the_body() -> None:
    """Label by label."""

    def make(stack: Any) -> None:
        labels = {"a": "body", "b": "body"}
        metadata = {"name": "web", "labels": labels, "annotations": {"x": "body"}}
        made = Manifest(stack, "report", {**BODY, "metadata": metadata})
        made.metadata.add_label("a", "added")
        made.metadata.add_annotation("y", "added")
        made.metadata.add("generateName", "web-")

    metadata = found(composed(make), "Report")["metadata"]
    assert (metadata["labels"]["a"], metadata["labels"]["b"]) == ("added", "body")
    assert metadata["annotations"] == {"x": "body", "y": "added"}
    assert metadata["generateName"] == "web-"


def numbers() -> Iterator[int]:
    """
    Count.
    """
    yield from range(9)


def test_a_manifest_can_be_finished_again() -> None:
    """And is then what its functions say then."""
    counted = numbers()
    made: list[Manifest] = []
    spec = {"count": lambda: next(counted)}
    composed(lambda stack: made.append(Manifest(stack, "report", {**BODY, "spec": spec})))
    assert [made[0].to_json()["spec"]["count"] for _ in range(2)] == [1, 2]
