"""The schemas of custom resources, from folders of JSON Schemas and CustomResourceDefinitions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from k8sgen.checks.schemas.definition import Schema, schemas_of
from k8sgen.checks.schemas.validator import Validator
from k8sgen.errors import ProjectError
from k8sgen.kubernetes.yaml import from_yaml


@cache
def validator(folders: tuple[Path, ...], api_version: str, kind: str) -> Validator | None:
    """
    Return the validator of one custom kind; `None` where no folder has a schema of it.

    Args:
        folders: The first that has it wins. Each holds `<group>/<kind>_<version>.json` at any
            depth, or YAML files of CustomResourceDefinitions as kubectl prints them.
    """
    schema = _find(folders, api_version, kind)
    return Validator(schema) if schema is not None else None


def deprecation(folders: tuple[Path, ...], api_version: str, kind: str) -> str | None:
    """Return the deprecation warning in the definition of one custom kind."""
    schema = _find(folders, api_version, kind)
    return None if schema is None else schema.get("x-k8sgen-deprecated")


@cache
def _find(folders: tuple[Path, ...], api_version: str, kind: str) -> Schema | None:
    group, _, version = api_version.rpartition("/")
    for folder in folders:
        file = _files(folder).get((group, f"{kind.lower()}_{version}.json"))
        found = _read_json(file) if file else _definitions(folder).get((api_version, kind))
        if found is not None:
            return found
    return None


@cache
def _files(folder: Path) -> Mapping[tuple[str, str], Path]:
    return {(file.parent.name, file.name): file for file in sorted(folder.rglob("*_v*.json"))}


def _read_json(file: Path) -> Schema:
    try:
        found: Schema = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot be read as a JSON Schema: {error}"
        raise ProjectError(msg, location=file, hint="correct it, or pull it again") from None
    return found


@cache
def _definitions(folder: Path) -> Mapping[tuple[str, str], Schema]:
    found: dict[tuple[str, str], Schema] = {}
    for file in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        text = file.read_text("utf-8")
        if "CustomResourceDefinition" in text:
            for definition in _items(from_yaml(text, source=file)):
                found |= schemas_of(definition)
    return found


def _items(documents: list[Any]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        if document.get("kind") == "List":
            yield from _items(document.get("items") or [])
        elif document.get("kind") == "CustomResourceDefinition":
            yield document
