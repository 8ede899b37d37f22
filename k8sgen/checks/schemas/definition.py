"""CustomResourceDefinitions as strict JSON Schemas: a field that would be pruned is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_TREES = ("properties", "patternProperties")
_EMBEDDED = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
_DROPPED = ("nullable", "example", "externalDocs", "default")


def schemas_of(definition: Mapping[str, Any]) -> dict[tuple[str, str], Schema]:
    """
    Return the strict schema of each version that *definition* serves, by API version and kind.

    Source:
        apiextensions-apiserver pkg/apiserver/schema (pruning, embedded resources, int-or-string)
    """
    spec = definition["spec"]
    group, kind = spec["group"], spec["names"]["kind"]
    return {
        (f"{group}/{version['name']}", kind): _root(group, kind, version)
        for version in spec.get("versions", [])
        if version.get("served", True)
    }


def _root(group: str, kind: str, version: Mapping[str, Any]) -> Schema:
    schema = strict((version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
    api_version = f"{group}/{version['name']}"
    properties = schema.setdefault("properties", {})
    properties["apiVersion"] = {"const": api_version}
    properties["kind"] = {"const": kind}
    properties["metadata"] = {"type": "object"}
    schema["title"] = f"{kind} {api_version}"
    if version.get("deprecated"):
        default = f"{api_version} {kind} is deprecated"
        schema["x-k8sgen-deprecated"] = version.get("deprecationWarning") or default
    return schema


def strict(schema: Mapping[str, Any]) -> Schema:
    """Return *schema* as draft 7, closed to unknown fields wherever the API server prunes them."""
    found = {key: _inner(key, value) for key, value in schema.items() if key not in _DROPPED}
    for bound, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(bound), bool) and found.pop(bound):
            found[bound] = found.pop(limit)
    if schema.get("x-kubernetes-int-or-string"):
        found["type"] = ["integer", "string"]
    if schema.get("x-kubernetes-embedded-resource"):
        found["properties"] = {**_EMBEDDED, **found.get("properties", {})}
    if _prunes(schema):
        found["additionalProperties"] = False
    if schema.get("nullable") and "type" in found:
        types = found["type"] if isinstance(found["type"], list) else [found["type"]]
        found["type"] = [*types, "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _prunes(schema: Mapping[str, Any]) -> bool:
    return (
        "properties" in schema
        and "additionalProperties" not in schema
        and not schema.get("x-kubernetes-preserve-unknown-fields")
    )


def _inner(key: str, value: Any) -> Any:
    if key in _TREES:
        return {name: strict(inner) for name, inner in value.items()}
    if key in ("items", "additionalProperties") and isinstance(value, Mapping):
        return strict(value)
    return value
