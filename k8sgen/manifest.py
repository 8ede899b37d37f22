"""Manifest: one Kubernetes resource, written as its own dict, as a cdk8s construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cdk8s
import constructs

from k8sgen.source import callers

Body = dict[str, Any]


class Manifest(cdk8s.ApiObject):
    """
    One resource whose *body* stands as in the Kubernetes reference, camelCase and all.

    A value in it that is a function is called when the stack is synthesized, so that it can tell
    what the rest of the stack has asked for by then (as `cdk8s.Lazy` does); a `None` leaves its key
    out.

    Args:
        scope: The service, or any construct in it.
        id: Unique in *scope*.
        body: With `apiVersion`, `kind` and `metadata.name`.
    """

    def __init__(self, scope: constructs.Construct, id: str, body: Mapping[str, Any]) -> None:  # noqa: A002
        self.trace = callers()
        self._body = body
        self._patches: list[cdk8s.JsonPatch] = []
        super().__init__(
            scope,
            id,
            api_version=body["apiVersion"],
            kind=body["kind"],
            metadata=cdk8s.ApiObjectMetadata(name=body["metadata"]["name"]),
        )

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Change the body once more by JSON 6902 operations, after all else."""
        self._patches.extend(ops)

    def to_json(self) -> Body:
        """Give the finished body."""
        body: Body = resolve(self._body)
        if self._patches:
            body = cdk8s.JsonPatch.apply(body, *self._patches)
        return body


def resolve(value: Any) -> Any:
    """
    Call the functions in *value*, drop what is `None`, and copy the rest.
    """
    if callable(value):
        value = value()
    if isinstance(value, Mapping):
        items = ((key, resolve(item)) for key, item in value.items())
        return {str(key): item for key, item in items if item is not None}
    if isinstance(value, list | tuple):
        return [resolve(item) for item in value]
    return value
