"""Changes as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from k8sgen.changes.compare import Change, Changes
from k8sgen.changes.fields import Field
from k8sgen.changes.path import show
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.kustomize.build.merge import MISSING

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_WIDTH = 108
_MOST_LINES = 40


def text(every: Sequence[Changes]) -> str:
    """Write the changes of one or several environments."""
    return "\n".join("\n".join(_environment(changes)) for changes in every)


def summary(changes: Changes) -> str:
    """Count the changed resources by consequence, in a line."""
    if not changes.count:
        return "no difference"
    counts = sorted(changes.counts().items(), reverse=True)
    parts = ", ".join(f"{level} {n}" for level, n in counts)
    return f"{_plural(len(changes.resources), 'resource')} ({parts})" if parts else "only labels"


def _environment(changes: Changes) -> Iterator[str]:
    yield f"{changes.name}: {summary(changes)}"
    for field, count in changes.everywhere:
        yield ""
        yield f"in {count} resources alike"
        yield from (f"  {line}" for line in field_lines(field))
    for service, found in changes.services().items():
        yield ""
        yield service
        for change in found:
            yield from (f"  {line}".rstrip() for line in _resource(change))


def _resource(change: Change) -> Iterator[str]:
    yield f"{SIGNS[change.word]} {change.pair.title}"
    for verdicts, own in change.by_verdict():
        for verdict in verdicts:
            yield f"    {verdict.level}: {verdict.reason}"
        if change.verdicts and not verdicts:
            yield "    none"
        for field in own:
            yield from (f"      {line}" for line in field_lines(field))


def field_lines(field: Field) -> Iterator[str]:
    """Write one field: on a line where it fits, else the old and the new value below it."""
    name = show(field.path) + (f" ({field.note})" if field.note else "")
    if field.lines:
        yield name
        yield from (f"  {line}" for line in field.lines)
        return
    old, new = _value(field.before), _value(field.after)
    if len(old) == len(new) == 1 and len(line := f"{name}: {old[0]} → {new[0]}") <= _WIDTH:
        yield line
    elif field.before is MISSING or field.after is MISSING:
        sign, lines = ("+", new) if field.before is MISSING else ("-", old)
        if len(lines) == 1:
            yield f"{sign} {name}: {lines[0]}"
        else:
            yield f"{sign} {name}:"
            yield from (f"{sign}   {line}" for line in lines)
    else:
        yield name
        yield from (f"  - {line}" for line in old)
        yield from (f"  + {line}" for line in new)


def _value(value: Any) -> list[str]:
    """Write a value as YAML shows it; a missing one is empty."""
    if value is MISSING:
        return []
    if isinstance(value, dict | list) and value:
        lines = to_yaml({"_": value}).splitlines()[1:]
        lines = [line.removeprefix("  ") if isinstance(value, dict) else line for line in lines]
    elif isinstance(value, str) and "\n" in value:
        lines = value.splitlines()
    else:
        lines = [json.dumps(value, ensure_ascii=False)]
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"… {more} more lines"] if more > 1 else lines


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
