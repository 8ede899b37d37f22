"""Validator: a JSON Schema that says in one line what does not fit, and what would."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from k8sgen.errors import UsageError
from k8sgen.tools.programs import install


@attrs.frozen
class SchemaError:
    """One place of a manifest that does not fit its schema."""

    where: str
    message: str
    hint: str = ""


class Validator:
    """
    One compiled JSON Schema (draft 7).

    Raises:
        UsageError: The package jsonschema-rs is missing, or *schema* is not a JSON Schema.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        try:
            import jsonschema_rs  # noqa: PLC0415  (only who validates needs it)
        except ImportError:
            msg = "the package jsonschema-rs is missing"
            raise UsageError(msg, hint=f"get it with: {install('schemas')}") from None
        self._schema = schema
        try:
            self._compiled = jsonschema_rs.Draft7Validator(
                dict(schema), validate_formats=True, ignore_unknown_formats=True
            )
        except (ValueError, jsonschema_rs.ValidationError) as error:
            msg = f"{schema.get('title', 'a schema')} is not a JSON Schema: {error}"
            raise UsageError(msg.splitlines()[0], hint="correct the schema") from None

    def errors(self, value: Any) -> Iterator[SchemaError]:
        """Return what of *value* does not fit."""
        for error in self._compiled.iter_errors(value):
            where = _where(error.instance_path)
            unknown = re.findall(r"'([^']+)'", error.message) if _is_unknown(error) else []
            if unknown:
                fields = self._fields(error.schema_path)
                for name in unknown:
                    near = difflib.get_close_matches(name, fields, 1, 0.7)
                    hint = f"did you mean {near[0]!r}?" if near else "remove the field"
                    yield SchemaError(where, f"unknown field {name!r}", hint)
            else:
                yield SchemaError(where, error.message.splitlines()[0][:300])

    def _fields(self, path: list[str | int]) -> list[str]:
        """Return the fields that the object schema around *path* knows."""
        found: Any = self._schema
        for step in path[:-1]:
            found = found[step]
        return list(found.get("properties", ()))


def _is_unknown(error: Any) -> bool:
    return bool(error.schema_path) and error.schema_path[-1] == "additionalProperties"


def _where(path: list[str | int]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the manifest"
