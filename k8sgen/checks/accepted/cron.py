"""
The schedules of CronJobs.

Source:
    github.com/robfig/cron/v3 parser.go ParseStandard; kubernetes pkg/apis/batch/validation
    validateScheduleFormat
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS: Sequence[tuple[str, int, int, Mapping[str, int]]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = re.compile(r"@every ([0-9.]+(ns|us|µs|ms|s|m|h))+")


def problem(schedule: str) -> str:
    """Return what is wrong with *schedule*; empty where it is right."""
    if "TZ=" in schedule:
        return "the time zone is the field timeZone"
    if schedule.startswith("@"):
        known = schedule in _WORDS or _EVERY.fullmatch(schedule)
        return "" if known else f"there is no {schedule!r}"
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        return f"{schedule!r} has {len(parts)} fields, and cron has five"
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        for entry in part.split(","):
            if not _is_range(entry, low, high, words):
                return f"{entry!r} is not a {name}"
    return ""


def _is_range(entry: str, low: int, high: int, words: Mapping[str, int]) -> bool:
    span, slash, step = entry.partition("/")
    if slash and (not step.isdecimal() or int(step) == 0):
        return False
    if span in ("*", "?"):
        return True
    first, dash, last = (text.lower() for text in span.partition("-"))
    ends = [_number(first, words), _number(last, words) if dash else _number(first, words)]
    start, end = ends
    return start is not None and end is not None and low <= start <= end <= high


def _number(text: str, words: Mapping[str, int]) -> int | None:
    return words.get(text, int(text) if text.isdecimal() else None)
