"""What the product's own gateway opens, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8sgen.changes.level import Level, Verdict
from k8sgen.changes.path import Path
from k8sgen.changes.states import Case
from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.public_routes import (
    Requirements,
    RoutesReader,
    requirements,
    told_apart,
)


def routes(case: Case) -> Iterator[Verdict]:
    """Compare the routes in a gateway's configuration file, request by request."""
    if case.pair.kind != "ConfigMap":
        return
    for (name, key), file in case.states.file_formats.items():
        if file.routes and name == case.pair.name:
            yield from _compared(case, key, file.routes)


def _compared(case: Case, key: str, read: RoutesReader) -> Iterator[Verdict]:
    path = ("data", key)
    states = [_text(body, key) for body in (case.pair.before, case.pair.after)]
    if states[0] == states[1]:
        return
    try:
        old, new = (told_apart(read(text)) if text else [] for text in states)
    except Exception as error:
        reason = f"its routes cannot be compared ({type(error).__name__}: {error}); read them"
        yield Verdict(Level.WIDENS_ACCESS, reason, path)
        return
    places = {(route.host, route.path): route for route in (*old, *new)}
    for place in places.values():
        before, after = requirements(old, place), requirements(new, place)
        yield from _verdicts(f"{place.host}{place.path}", before, after, path)


def _text(body: Body | None, key: str) -> str:
    return str(get(body, "data", key, default=""))


def _verdicts(
    where: str, before: Mapping[str, Requirements], after: Mapping[str, Requirements], path: Path
) -> Iterator[Verdict]:
    """Judge one place, the methods that fare alike together."""
    found: dict[tuple[Level, str], list[str]] = {}
    for method in dict.fromkeys([*sorted(after), *sorted(before)]):
        for level, what in _fate(before.get(method), after.get(method)):
            found.setdefault((level, what), []).append(method)
    for (level, what), methods in found.items():
        yield Verdict(level, f"{where} ({', '.join(methods)}) {what}", path)


def _fate(before: Requirements | None, after: Requirements | None) -> Iterator[tuple[Level, str]]:
    """Say what becomes of one kind of request."""
    if after is None:
        yield Level.MAY_INTERRUPT, "is no longer reachable from outside"
    elif before is None:
        who = f"with {_listed(after)}" if after else "by everybody"
        yield Level.WIDENS_ACCESS, f"is reachable from outside, {who}"
    else:
        if lost := before - after:
            rest = "" if after else ": everybody may"
            yield Level.WIDENS_ACCESS, f"no longer requires {_listed(lost)}{rest}"
        if gained := after - before:
            yield Level.MAY_INTERRUPT, f"now requires {_listed(gained)}"


def _listed(words: Requirements) -> str:
    return " and ".join(sorted(words))
