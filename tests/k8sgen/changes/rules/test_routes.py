"""What a gateway of the product opens, against a simulation of every request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.changes.compare import compare
from k8sgen.changes.level import Level, Verdict
from k8sgen.kubernetes.config_file import FileFormat
from k8sgen.kubernetes.public_routes import PublicRoute

HOSTS, PATHS, METHODS = ("a", "b"), ("/", "/api", "/api/v1", "/apis"), ("GET", "POST")
Routes = list[dict[str, Any]]


def _read(text: str) -> list[PublicRoute]:
    return [PublicRoute(**each) for each in json.loads(text)]


def _verdicts(before: Routes | str, after: Routes | str) -> list[Verdict]:
    old, new = (
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "gateway"},
            "data": {"routes.json": each if isinstance(each, str) else json.dumps(each)},
        }
        for each in (before, after)
    )
    file = FileFormat(routes=_read)
    files = {("gateway", "routes.json"): file, ("other", "routes.json"): file}
    found = compare("test", [old], {"gateway": [new]}, file_formats=files)
    return [v for change in found.resources for v in change.verdicts if "pod" not in v.reason]


def _route(path: str = "/api", methods: Sequence[str] = ("GET",), **options: Any) -> dict[str, Any]:
    return {"host": "a", "path": path, "methods": list(methods), **options}


@pytest.mark.parametrize(
    ("before", "after", "level", "reason"),
    [
        (
            [_route(requires=["token"])],
            [_route()],
            Level.WIDENS_ACCESS,
            "a/api (GET) no longer requires token: everybody may",
        ),
        (
            [_route(requires=["token", "scope read"])],
            [_route(requires=["token"])],
            Level.WIDENS_ACCESS,
            "a/api (GET) no longer requires scope read",
        ),
        (
            [_route(requires=["token"])],
            [_route(methods=["GET", "PUT"], requires=["token"])],
            Level.WIDENS_ACCESS,
            "a/api (PUT) is reachable from outside, with token",
        ),
        (
            [_route(requires=["token"])],
            [_route(requires=["token"]), _route("/api/health")],
            Level.WIDENS_ACCESS,
            "a/api/health (GET) no longer requires token: everybody may",
        ),
        (
            [_route(), _route("/api/keys", requires=["token"])],
            [_route()],
            Level.WIDENS_ACCESS,
            "a/api/keys (GET) no longer requires token: everybody may",
        ),
        (
            [_route()],
            [_route("/")],
            Level.WIDENS_ACCESS,
            "a/ (GET) is reachable from outside, by everybody",
        ),
        ([_route()], [], Level.MAY_INTERRUPT, "a/api (GET) is no longer reachable from outside"),
        (
            [_route()],
            [_route(requires=["token"])],
            Level.MAY_INTERRUPT,
            "a/api (GET) now requires token",
        ),
    ],
)
def test_routes_are_compared_as_routes(
    before: Routes, after: Routes, level: Level, reason: str
) -> None:
    """
    What they require, which methods they take, which path they have.
    """
    assert (level, reason) in [(found.level, found.reason) for found in _verdicts(before, after)]


def test_a_route_below_another_that_asks_for_no_less_widens_nothing() -> None:
    """
    Its requests went to the outer one before; and another form of the file is no change.
    """
    outer = _route(requires=["token"])
    inner = _route("/api/v1", requires=["token", "scope read"])
    assert Level.WIDENS_ACCESS not in [v.level for v in _verdicts([outer], [outer, inner])]
    assert not _verdicts([outer, inner], json.dumps([inner, outer], indent=2))


def test_a_file_that_cannot_be_read_widens_access_until_somebody_looks() -> None:
    """
    What it opened before is not known.
    """
    (found,) = _verdicts("not JSON", [_route()])
    assert found.level == Level.WIDENS_ACCESS
    assert "its routes cannot be compared (JSONDecodeError" in found.reason


def test_two_routes_for_the_same_requests_widen_access_until_somebody_looks() -> None:
    """
    Which of them answers is not known; by other methods they are no twins.
    """
    shut = _route(requires=["token"])
    (found,) = _verdicts([shut], [shut, _route("/api/", ["POST", "GET"])])
    assert found.level == Level.WIDENS_ACCESS
    assert "two routes are for GET a/api" in found.reason
    assert not _verdicts([shut, _route(methods=["POST"])], [_route(methods=["POST"]), shut])


_ROUTES = st.lists(
    st.builds(
        lambda host, path, methods, requires: {
            "host": host,
            "path": path,
            "methods": sorted(methods),
            "requires": sorted(requires),
        },
        st.sampled_from(HOSTS),
        st.sampled_from(PATHS),
        st.sets(st.sampled_from(METHODS), min_size=1),
        st.sets(st.sampled_from(["token", "scope read"])),
    ),
    unique_by=lambda route: (route["host"], route["path"]),
    max_size=4,
)


def _allowed(routes: Routes, host: str, path: str, method: str, has: set[str]) -> bool:
    """Ask each route as a gateway does: the one with the longest path decides."""
    fitting = [
        route
        for route in routes
        if route["host"] == host
        and _segments(path)[: len(_segments(route["path"]))] == _segments(route["path"])
    ]
    if not fitting:
        return False
    last = max(fitting, key=lambda route: len(route["path"].rstrip("/")))
    return method in last["methods"] and has >= set(last["requires"])


def _segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


@given(before=_ROUTES, after=_ROUTES)
def test_whatever_gets_in_newly_widens_access_and_nothing_else_does(
    before: Routes, after: Routes
) -> None:
    """
    Over all hosts, paths, methods, and what a request may have.
    """
    requests = [
        (host, path, method, has)
        for host in HOSTS
        for path in (*PATHS, "/other", "/api/v1/deep")
        for method in METHODS
        for has in (set[str](), {"token"}, {"scope read"}, {"token", "scope read"})
    ]
    newly = any(_allowed(after, *r) and not _allowed(before, *r) for r in requests)
    lost = any(_allowed(before, *r) and not _allowed(after, *r) for r in requests)
    levels = {found.level for found in _verdicts(before, after)}
    assert (Level.WIDENS_ACCESS in levels, Level.MAY_INTERRUPT in levels) == (newly, lost)
