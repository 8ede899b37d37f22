"""
The files that Ory's programs read, against their published schemas.

`$K8SGEN_SCHEMAS/ory` holds the schemas: of Hydra's and of Oathkeeper's configuration, from the
repositories ory/hydra (spec/config.json) and ory/oathkeeper (spec/config.schema.json), and one of
access rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from k8sgen.project.compose import Composition
from k8sgen.project.files import names
from tests.conftest import ROOT
from tests.tools import shared

ENVIRONMENTS = ("base", *names(ROOT))
SCHEMAS = {
    ("hydra", "hydra.yaml"): "hydra.config.schema.json",
    ("oathkeeper", "oathkeeper.yaml"): "oathkeeper.config.schema.json",
    ("oathkeeper", "rules.yaml"): "oathkeeper.access-rules.schema.json",
}

FORMATS = jsonschema.FormatChecker()


def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or (bool(urlsplit(text).scheme) and _is_uri_reference(text))


def _is_uri_reference(text: object) -> bool:
    return not isinstance(text, str) or (bool(text) and not {*text} & {*" <>{}"})


FORMATS.checks("uri", raises=ValueError)(_is_uri)
FORMATS.checks("uri-reference", raises=ValueError)(_is_uri_reference)


def validator(file: tuple[str, str]) -> Any:
    """Return the validator of a file, with formats checked."""
    schema = json.loads((shared("K8SGEN_SCHEMAS") / "ory" / SCHEMAS[file]).read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=FORMATS)


def content(composition: Composition, file: tuple[str, str]) -> Any:
    """Return what a file of a ConfigMap says."""
    name, key = file
    (found,) = (
        resource.body["data"][key]
        for resource in composition.resources
        if resource.body["kind"] == "ConfigMap" and resource.body["metadata"]["name"] == name
    )
    return yaml.safe_load(found)  # YAML 1.1, as Oathkeeper's own reader


@pytest.mark.parametrize("file", SCHEMAS, ids="/".join)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_files_fit_the_schemas(
    environment: str, file: tuple[str, str], compositions: Mapping[str, Composition]
) -> None:
    """
    In every environment, each file is what its program accepts.
    """
    errors = validator(file).iter_errors(content(compositions[environment], file))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize(
    ("file", "path", "value"),
    [
        (("hydra", "hydra.yaml"), ("urls", "self", "issuer"), "no url"),
        (("hydra", "hydra.yaml"), ("ttl", "access_token"), "an hour"),
        (("hydra", "hydra.yaml"), ("strategies", "scope"), "hierarchic"),
        (("oathkeeper", "oathkeeper.yaml"), ("serve", "proxy", "port"), "4455"),
        (("oathkeeper", "oathkeeper.yaml"), ("mutators", "jwt"), {"enabled": True}),
        (("oathkeeper", "rules.yaml"), (0, "mutators"), []),
    ],
)
def test_the_schemas_refuse_what_is_wrong(
    file: tuple[str, str],
    path: tuple[str | int, ...],
    value: object,
    compositions: Mapping[str, Composition],
) -> None:
    """
    The check has teeth: one wrong value in a good file is found.
    """
    found = content(compositions["production"], file)
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator(file).is_valid(found)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_rules_use_only_handlers_that_are_enabled(
    environment: str, compositions: Mapping[str, Composition]
) -> None:
    """
    Oathkeeper refuses a rule whose handler its configuration does not enable.
    """
    composition = compositions[environment]
    config = content(composition, ("oathkeeper", "oathkeeper.yaml"))
    for rule in content(composition, ("oathkeeper", "rules.yaml")):
        used = {
            "authenticators": rule["authenticators"],
            "authorizers": [rule["authorizer"]],
            "mutators": rule["mutators"],
        }
        for kind, handlers in used.items():
            assert all(config[kind][each["handler"]]["enabled"] for each in handlers), rule["id"]
