"""Manifest: one Kubernetes resource, written as its own dict, as a cdk8s construct."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cdk8s
import constructs

from k8sgen.constructs.signature import InitSignature
from k8sgen.errors import callers
from k8sgen.kubernetes.manifest import Body


class Manifest(cdk8s.ApiObject):
    """
    One resource whose *body* is written as in the Kubernetes reference, in camelCase.

    A value in it that is a function is called at synth, so that it can depend on
    what the rest of the stack has declared by then (as `cdk8s.Lazy` does); a `None` leaves its key
    out. What `metadata.add_label` and its like add is added on top.

    Args:
        scope: The service, or any construct in it.
        id: Unique in *scope*.
        body: With `apiVersion`, `kind` and `metadata.name`.

    Raises:
        ValueError: One of these is missing in *body*.
    """

    __signature__ = InitSignature()

    def __init__(self, scope: constructs.Construct, id: str, body: Mapping[str, Any]) -> None:  # noqa: A002
        self.trace = callers()
        self._body = body
        self._patches: list[cdk8s.JsonPatch] = []
        super().__init__(
            scope,
            id,
            api_version=_string_at(body, "apiVersion"),
            kind=_string_at(body, "kind"),
            metadata=cdk8s.ApiObjectMetadata(name=_string_at(body, "metadata", "name")),
        )

    def add_json_patch(self, *ops: cdk8s.JsonPatch) -> None:
        """Change the finished body by JSON 6902 operations."""
        self._patches.extend(ops)

    def to_json(self) -> Body:
        """Return the finished body."""
        body: Body = resolve(self._body)
        body["metadata"] = _with_added(body["metadata"], super().to_json()["metadata"])
        if self._patches:
            body = cdk8s.JsonPatch.apply(body, *self._patches)
        return body


def resolve(value: Any, *path: str) -> Any:
    """
    Call the functions in *value*, drop what is `None`, and copy the rest.

    Args:
        path: Where *value* is, for messages.

    Raises:
        ValueError: Something in it cannot be in a manifest.
    """
    if callable(value):
        value = value()
    if isinstance(value, Mapping):
        items = ((_key(key, path), item) for key, item in value.items())
        found = {key: resolve(item, *path, key) for key, item in items}
        return {key: item for key, item in found.items() if item is not None}
    if isinstance(value, list | tuple):
        return [resolve(item, *path, str(index)) for index, item in enumerate(value)]
    if type(value) in (str, int, bool, type(None)) or _is_finite(value):
        return value
    kind = type(value).__name__
    msg = f"{_dotted(path)}: {value!r} ({kind}) cannot be in a manifest"
    raise ValueError(msg)


def _is_finite(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _key(key: Any, path: tuple[str, ...]) -> str:
    if type(key) is not str:
        msg = f"{_dotted(path)}: the key {key!r} is not a string"
        raise ValueError(msg)
    return key


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path) or "the body"


def _string_at(body: Mapping[str, Any], *path: str) -> str:
    value: Any = body
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, str) or not value:
        msg = f"the body has no {_dotted(path)}"
        raise ValueError(msg)
    return value


def _with_added(metadata: Body, added: Body) -> Body:
    maps: Body = {
        key: {**metadata.get(key, {}), **added[key]}
        for key in ("labels", "annotations")
        if key in added
    }
    return {**metadata, **added, **maps}
