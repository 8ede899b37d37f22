"""Random single changes to manifests, for a judge that is asked whether it takes them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from k8sgen.kubernetes.manifest import label
from tests.k8sgen.places import places

Body = dict[str, Any]

_TEXTS = ("", "Bad_Name", "a b", "x" * 64, "-a", "a.b", "0", "10%", "200%", "-1", "http", "/a/../b",
          "example.com", "10.0.0.1", "10.0.0.0/8", "1Gi", "1e3", "None")  # fmt: skip
_NUMBERS = (0, 1, -1, 2, 101, 3601, 70000, 2**31, 2**40)


def random_changes(bodies: Sequence[Body], count: int, seed: int) -> Iterator[tuple[str, Body]]:
    """
    Return *count* of *bodies*, each with one change in what it is about.

    A value goes, is emptied or doubled, becomes another of its type, or what such a field is
    elsewhere in *bodies*.

    Returns:
        What was changed, in words, and the changed manifest.
    """
    random = Random(seed)  # noqa: S311
    pool = _pool(bodies)
    for _ in range(count):
        body = copy.deepcopy(random.choice(bodies))
        holder, key = random.choice(list(_changeable(body)))
        before = copy.deepcopy(holder[key])
        after = _change(random, holder, key, pool)
        yield f"{label(body)}: {key}: {before!r} -> {after!r}", body


def _changeable(body: Body) -> Iterator[tuple[Any, Any]]:
    """Return the places of *body* that an API server judges by the kind of the manifest."""
    for key, item in body.items():
        if key not in ("apiVersion", "kind", "metadata"):
            yield body, key
            yield from places(item) if isinstance(item, dict | list) else ()
    for key in ("labels", "annotations"):
        yield from places(body["metadata"].get(key) or {})


def _pool(bodies: Sequence[Body]) -> dict[str, list[Any]]:
    """Return the values of each field, by its name."""
    pool: dict[str, list[Any]] = {}
    for body in bodies:
        for holder, key in places(body):
            if isinstance(key, str):
                pool.setdefault(key, []).append(holder[key])
    return pool


def _change(random: Random, holder: Any, key: Any, pool: dict[str, list[Any]]) -> Any:
    """Change the value at *key* in place, and return what it is now."""
    old = holder[key]
    way = random.choice(("gone", "other", "other", "other", "elsewhere", "twice"))
    if way == "gone":
        del holder[key]
        return "gone"
    if way == "elsewhere" and isinstance(key, str):
        holder[key] = copy.deepcopy(random.choice(pool.get(key, [old])))
    elif way == "twice" and isinstance(holder, list):
        holder.append(copy.deepcopy(old))
        return "twice"
    else:
        holder[key] = _other(random, old)
    return holder[key]


def _other(random: Random, old: Any) -> Any:
    """Return another value of the type of *old*."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return random.choice((*_NUMBERS, old + 1, old - 1))
    if isinstance(old, str):
        return random.choice((*_TEXTS, old.upper(), f"{old}.", f" {old}", old[:-1]))
    return type(old)()
