"""Route: a part of a service that may be reached from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import attrs

from k8sgen.constructs.endpoint import Endpoint
from k8sgen.settings.value import Value, host_name

_PATH = re.compile(r"/|(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")


def is_path(text: str) -> bool:
    """Return whether *text* is a path of plain segments: `/`, `/api/v1`."""
    return _PATH.fullmatch(text) is not None


@attrs.frozen(kw_only=True)
class Route(Value):
    """
    A part of a service that may be reached from outside.

    Args:
        endpoint: Who answers.
        host: The public host name.
        path: The prefix, in whole segments, of the paths that belong to it: `/`, `/api/v1`.
        methods: The HTTP methods that it accepts.
        access: `token` requires a valid access token, `public` nothing.
        scopes: Those that the token must have.
    """

    id: str
    endpoint: Endpoint
    host: str = attrs.field(validator=host_name)
    path: str = attrs.field(default="/")
    methods: Sequence[str] = ("GET", "POST", "PUT", "PATCH", "DELETE")
    access: Literal["public", "token"] = "token"
    scopes: Sequence[str] = ()

    @path.validator
    def _is_clean(self, _: attrs.Attribute[str], value: str) -> None:
        if isinstance(value, str) and not is_path(value):
            msg = f"path: {value!r} is not a plain path; write for instance / or /api/v1"
            raise ValueError(msg)
