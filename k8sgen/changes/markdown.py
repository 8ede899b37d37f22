"""Changes as a comment on a pull request, short enough for GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from k8sgen.changes.compare import Change, Changes
from k8sgen.changes.level import Level
from k8sgen.changes.terminal import SIGNS, field_lines, summary

LIMIT = 65_536
"""The most characters of a GitHub comment; bytes are counted, which are never fewer."""
MARK = "<!-- k8sgen diff -->"
"""The line by which a workflow finds its earlier comment, to replace it."""

_ICONS = {
    Level.LOSES_DATA: "🛑",
    Level.WIDENS_ACCESS: "🔓",
    Level.NEEDS_RECREATION: "🧱",
    Level.MAY_INTERRUPT: "⚠️",
    Level.ROLLS_PODS: "🔄",
    Level.NONE: "·",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
_MOST_WARNINGS = 20


def markdown(every: Sequence[Changes], *, limit: int = LIMIT) -> str:
    """
    Write a summary table, what asks for attention, and folded details.

    Args:
        limit: In bytes; what does not fit is left out, details first, with a note.
    """
    head = "\n".join([MARK, *_table(every), *_warnings(every)]) + "\n"
    for most_lines in (400, 40, 10, 0):
        details = "\n".join(_details(every, most_lines))
        found = f"{head}\n{details}" if details else head
        if len(found.encode()) <= limit:
            return found
    note = "\nThe details do not fit into a comment; see them with `k8sgen diff`.\n"
    room = limit - len(note.encode())
    return head.encode()[:room].decode(errors="ignore") + note


def _table(every: Sequence[Changes]) -> Iterator[str]:
    levels = sorted(Level, reverse=True)
    yield "### What this changes in the clusters"
    yield ""
    yield "| environment | " + " | ".join(f"{_ICONS[level]} {level}" for level in levels) + " |"
    yield "|---|" + "--:|" * len(levels)
    for changes in every:
        counts = changes.counts()
        cells = (str(counts[level] or "") for level in levels)
        yield f"| {_escape(changes.name)} | " + " | ".join(cells) + " |"
    yield ""


def _warnings(every: Sequence[Changes]) -> Iterator[str]:
    """Return what a reviewer must not miss, each once, with its environments."""
    found: dict[tuple[Level, str], list[str]] = {}
    for changes in every:
        for change in changes.resources:
            for verdict in change.verdicts:
                if verdict.level >= Level.NEEDS_RECREATION:
                    text = f"{change.pair.title}: {verdict.reason}"
                    names = found.setdefault((verdict.level, text), [])
                    names += [] if changes.name in names else [changes.name]
    worst = sorted(found.items(), key=lambda each: -each[0][0])
    for (level, text), names in worst[:_MOST_WARNINGS]:
        yield f"- {_ICONS[level]} **{level}** — {_escape(text)} ({_escape(', '.join(names))})"
    if len(worst) > _MOST_WARNINGS:
        yield f"- … and {len(worst) - _MOST_WARNINGS} more below"


def _details(every: Sequence[Changes], most_lines: int) -> Iterator[str]:
    """Fold the changes of each environment; those that change alike are folded together."""
    alike: dict[str, list[Changes]] = {}
    for changes in every:
        if changes.count:
            alike.setdefault("\n".join(_body(changes, most_lines)), []).append(changes)
    for body, same in alike.items():
        names = _escape(", ".join(changes.name for changes in same))
        yield f"<details><summary><b>{names}</b>: {_escape(summary(same[0]))}</summary>"
        yield ""
        yield body
        yield "</details>"
        yield ""


def _body(changes: Changes, most_lines: int) -> Iterator[str]:
    for field, count in changes.everywhere:
        yield f"In {count} resources alike:"
        yield from _fenced(list(field_lines(field)), most_lines)
    for service, found in changes.services().items():
        yield f"#### {_escape(service)}"
        yield ""
        for change in found:
            yield from _resource(change, most_lines)


def _resource(change: Change, most_lines: int) -> Iterator[str]:
    yield f"**{SIGNS[change.word]} {_escape(change.pair.title)}** {change.word}"
    yield ""
    for verdict in change.verdicts:
        yield f"- {_ICONS[verdict.level]} {verdict.level}: {_escape(verdict.reason)}"
    lines = [line for field in change.fields for line in field_lines(field)]
    yield from _fenced(lines, most_lines)
    yield ""


def _fenced(lines: Sequence[str], most: int) -> Iterator[str]:
    """Put lines into a block that colours what starts with + or -."""
    if not lines:
        return
    left = len(lines) - most
    shown = lines if left <= 1 else [*lines[:most], f"… {left} more lines: k8sgen diff"]
    longest = max((len(run) for line in shown for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield ""
    yield f"{fence}diff"
    for line in shown:
        marked = line.lstrip() if line.lstrip().startswith(("+", "-", "@@")) else line
        yield marked
    yield fence


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
