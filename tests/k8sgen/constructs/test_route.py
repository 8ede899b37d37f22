"""Route: what of a service is reached from outside."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen import Route, Stack
from tests.stacks import HTTP, Settings, Web, composed


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"host": "A.example"}, "host: 'A.example' is not a host name"),
        ({"path": "api"}, "path: 'api' is not a plain path"),
        ({"access": "secret"}, "access: 'secret' is not 'public' or 'token'"),
    ],
)
def test_a_route_is_checked_where_it_is_written(options: dict[str, Any], problem: str) -> None:
    """Its host, its path, who may use it."""

    def make(stack: Stack) -> None:
        endpoint = Web(stack, Settings()).endpoint(HTTP)
        Route(**{"id": "x", "endpoint": endpoint, "host": "a.example", **options})

    with pytest.raises(Exception, match=problem):
        composed(make)
