"""Schemas of Kubernetes, of custom resources, and those that a cluster is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, Rule
from k8sgen.checks.rules.schemas import (
    api_deprecated,
    api_removed,
    schema,
    schema_missing,
    schema_next,
)
from k8sgen.checks.schemas import custom, kubernetes
from k8sgen.checks.schemas.definition import schemas_of, strict
from k8sgen.checks.schemas.deprecated import DEPRECATIONS
from k8sgen.checks.schemas.pull import definitions, write
from k8sgen.checks.schemas.validator import Validator
from k8sgen.errors import K8sgenError, ProjectError, UsageError
from tests.k8sgen.checks.sound import Body, context, sound
from tests.kubectl import FakeKubectl, fake_kubectl

TEXT: Body = {"type": "string"}
SPEC: Body = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
        "port": {"x-kubernetes-int-or-string": True},
        "note": {**TEXT, "nullable": True},
        "colour": {**TEXT, "enum": ["red"], "nullable": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "items": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}},
        "pod": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "properties": {"spec": {"type": "object", "properties": {"node": TEXT}}},
        },
    },
    "anyOf": [{"properties": {"size": {"maximum": 9}}}, {"required": ["note"]}],
}
VERSION: Body = {
    "name": "v1",
    "served": True,
    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC}}},
}
DEFINITION: Body = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            VERSION,
            {**VERSION, "name": "v1beta1", "deprecated": True, "deprecationWarning": "use v1"},
            {**VERSION, "name": "v1alpha1", "served": False},
        ],
    },
}


def widget(version: str = "v1", **spec: Any) -> Body:
    """
    Return a Widget.
    """
    metadata = {"name": "w", "namespace": "shop"}
    api_version = f"example.com/{version}"
    return {"apiVersion": api_version, "kind": "Widget", "metadata": metadata, "spec": spec}


def issues(rule: Rule, body: Body, **facts: Any) -> list[Issue]:
    """
    Return what *rule* says of one manifest.
    """
    return list(rule.check(Rendered([body], context=context(**facts))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    A folder with the definition, as `kubectl get crd -o yaml` prints it.
    """
    listed = {"apiVersion": "v1", "kind": "List", "items": [DEFINITION]}
    (tmp_path / "crds.yaml").write_text(yaml.safe_dump(listed), "utf-8")
    (tmp_path / "other.yaml").write_text("a: 1\n", "utf-8")
    return tmp_path


GOOD: tuple[Body, ...] = (
    {"size": 2},
    {"size": 2, "port": 80, "note": None, "colour": None},
    {"size": 2, "port": "http", "labels": {"any": "thing"}, "free": {"any": {"thing": 1}}},
    {"size": 2, "pod": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}},
    {"size": 99, "note": "large"},
)
BAD: tuple[Body, ...] = (
    {},
    {"size": "two"},
    {"size": 1},
    {"size": 2, "sise": 3},
    {"size": 2, "colour": "blue"},
    {"size": 2, "labels": {"any": 1}},
    {"size": 2, "items": [{"name": "a", "nome": "b"}]},
    {"size": 2, "pod": {"spec": {"noode": "x"}}},
    {"size": 99},
)


@pytest.mark.parametrize("spec", GOOD)
def test_a_custom_resource_that_fits_passes(spec: Body, folder: Path) -> None:
    """
    Nullable, int-or-string, preserved and embedded fields are what the API server makes of them.
    """
    assert issues(schema, widget(**spec), schema_folders=(folder,)) == []


@pytest.mark.parametrize("spec", BAD)
def test_a_custom_resource_that_does_not_fit_is_found(spec: Body, folder: Path) -> None:
    """
    Unknown fields too, at every depth, which JSON Schema alone would let pass.
    """
    assert issues(schema, widget(**spec), schema_folders=(folder,))


def test_an_unknown_field_is_named_with_what_it_may_have_meant(folder: Path) -> None:
    """
    In custom resources and in Kubernetes' own.
    """
    (found,) = issues(schema, widget(size=2, prot=1), schema_folders=(folder,))
    assert "spec: unknown field 'prot'" in found.message
    assert "'port'" in found.hint
    body = sound()["web"]
    body["spec"]["template"]["spec"]["containers"][0]["imagePulPolicy"] = "Always"
    (found,) = issues(schema, body)
    assert "spec.template.spec.containers[0]: unknown field 'imagePulPolicy'" in found.message
    assert "'imagePullPolicy'" in found.hint


def test_metadata_of_a_custom_resource_is_checked(folder: Path) -> None:
    """
    It is the same for every kind, and no definition repeats it.
    """
    body = widget(size=2)
    body["metadata"]["lables"] = {}
    (found,) = issues(schema, body, schema_folders=(folder,))
    assert "unknown field 'lables'" in found.message


def test_a_custom_resource_without_a_schema_is_unchecked_not_passed(folder: Path) -> None:
    """
    A version that is not served has none either.
    """
    for body, folders in ((widget(), ()), (widget("v1alpha1"), (folder,))):
        (found,) = issues(schema_missing, body, schema_folders=folders)
        assert "unchecked" in found.message
        assert issues(schema, body, schema_folders=folders) == []
    assert issues(schema_missing, widget(), schema_folders=(folder,)) == []


def test_a_deprecated_custom_version_says_what_its_definition_says(folder: Path) -> None:
    """
    The author of the definition knows what to use instead.
    """
    (found,) = issues(api_deprecated, widget("v1beta1", size=2), schema_folders=(folder,))
    assert "use v1" in found.message


def test_a_broken_schema_file_is_named(tmp_path: Path) -> None:
    """
    The user's file, and no traceback.
    """
    file = tmp_path / "example.com" / "widget_v1.json"
    file.parent.mkdir()
    file.write_text("{", "utf-8")
    with pytest.raises(ProjectError, match=r"widget_v1\.json"):
        issues(schema, widget(), schema_folders=(tmp_path,))
    with pytest.raises(UsageError, match="not a JSON Schema"):
        Validator({"type": "nothing"})


def test_strictness_stops_at_conditions() -> None:
    """
    What stands in anyOf constrains values; it does not list all fields.
    """
    found = strict(SPEC)
    assert found["additionalProperties"] is False
    assert found["anyOf"] == SPEC["anyOf"]


@pytest.mark.parametrize("version", kubernetes.versions())
def test_what_the_table_calls_served_or_removed_is_so_in_the_schemas(version: str) -> None:
    """
    Our table of deprecated APIs agrees with the schemas of every version that there are.
    """
    minor = int(version.split(".")[1])
    for (api_version, kind), end in DEPRECATIONS.items():
        served = kubernetes.validator(version, api_version, kind) is not None
        ended = end.removed is not None and end.removed <= minor
        assert not (served and ended), (api_version, kind)
        assert served or ended or minor < (end.since or 0), (api_version, kind)


def test_a_removed_api_is_an_error_and_its_last_version_a_warning() -> None:
    """
    Each with what to write instead.
    """
    body: Body = {
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3",
        "kind": "FlowSchema",
        "metadata": {"name": "f"},
    }
    (found,) = issues(api_removed, body, kubernetes_version="1.32")
    assert "removed in Kubernetes 1.32" in found.message
    assert found.hint == "use flowcontrol.apiserver.k8s.io/v1"
    assert issues(api_removed, body, kubernetes_version="1.31") == []
    assert issues(api_deprecated, body, kubernetes_version="1.31")
    (found,) = issues(schema_next, body, kubernetes_version="1.31")
    assert "1.32 no longer serves" in found.message
    assert issues(schema_next, body, kubernetes_version="1.30") == []


def test_versions_are_known_or_refused() -> None:
    """
    A patch version and a leading v are as good; an unknown version names the known ones.
    """
    assert kubernetes.known("v1.36.2") == "1.36"
    with pytest.raises(UsageError, match=r"1\.36"):
        kubernetes.known("1.99")
    assert kubernetes.following(kubernetes.versions()[-1]) is None


ANSWER = 'if [ -f "$0.json" ]; then cat "$0.json"; else echo "no cluster" >&2; exit 1; fi'


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    """
    A kubectl that prints a file, for want of a cluster.
    """
    return fake_kubectl(tmp_path / "bin", monkeypatch, ANSWER)


def test_pulled_definitions_become_schemas_that_validate_finds(
    kubectl: FakeKubectl, tmp_path: Path
) -> None:
    """
    The files lie as the folders of `[tool.k8sgen] schemas` want them; a second pull writes none.
    """
    kubectl.path.with_suffix(".json").write_text(json.dumps({"items": [DEFINITION]}), "utf-8")
    found = {key: each for d in definitions("prod") for key, each in schemas_of(d).items()}
    assert kubectl.asked == ["--context prod get customresourcedefinitions --output=json"]
    out = tmp_path / "schemas"
    files = ["example.com/widget_v1.json", "example.com/widget_v1beta1.json"]
    assert files == [path.as_posix() for path in write(out, found)]
    assert write(out, found) == []
    assert custom.validator((out,), "example.com/v1", "Widget")
    assert issues(schema, widget(size=2, sise=3), schema_folders=(out,))


def test_an_unreachable_cluster_is_said_in_a_line(kubectl: FakeKubectl) -> None:
    """
    With kubectl's own words.
    """
    with pytest.raises(K8sgenError, match="no cluster"):
        definitions("prod")


def test_something_else_than_definitions_is_refused(kubectl: FakeKubectl) -> None:
    """
    Such as the page of a proxy.
    """
    kubectl.path.with_suffix(".json").write_text("<html>", "utf-8")
    with pytest.raises(K8sgenError, match="did not print a list"):
        definitions("prod")
