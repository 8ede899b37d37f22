"""Fault: one field that the API server would refuse, and the words that several kinds share."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import get

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
)
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
PERCENT = re.compile(r"[0-9]+%")
KEY = re.compile(r"(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}")
PATH_SEGMENT = re.compile(r"(?!\.\.?$)[^/%]+")

LARGEST, LARGE = 2**31 - 1, 2**63 - 1
"""What most numbers of the API are kept in, and what some numbers of seconds are."""


@attrs.frozen
class Fault:
    """
    What is wrong.

    Args:
        path: The field, as in `spec.ports[0].name`.
    """

    path: str
    problem: str

    def under(self, path: str) -> Fault:
        """Return it as a part of something larger."""
        return Fault(f"{path}.{self.path}".rstrip("."), self.problem)


Part = Mapping[str, Any]
Check = Callable[[Any], Iterator[Fault]]


def each(value: Any, name: str, *checks: Check) -> Iterator[Fault]:
    """Return what the *checks* find in the items of the list *name*, which may be dotted."""
    for index, item in enumerate(field(value, name) or ()):
        for check in checks:
            yield from (fault.under(f"{name}[{index}]") for fault in check(item))


def field(value: Any, name: str) -> Any:
    """Return the field *name*, which may be dotted; `None` where it is not set."""
    return get(value, *name.split("."))


def at(value: Any, name: str, *checks: Check) -> Iterator[Fault]:
    """Return what the *checks* find in the field *name*, where it is set."""
    found = field(value, name)
    if found is not None:
        for check in checks:
            yield from (fault.under(name) for fault in check(found))


def needs(*names: str) -> Check:
    """Make a check that each of the fields is there, and not empty."""

    def check(value: Any) -> Iterator[Fault]:
        for name in names:
            if field(value, name) in (None, "", [], {}):
                yield Fault(name, "it is required")

    return check


def one_of(*names: str, what: str) -> Check:
    """Make a check that exactly one of the fields is set; an empty text and 0 are not."""

    def check(value: Any) -> Iterator[Fault]:
        found = [name for name in names if field(value, name) not in (None, "", 0)]
        if not found:
            yield Fault("", f"it needs {what}: one of {', '.join(names)}")
        elif len(found) > 1:
            yield Fault(found[1], f"{found[0]} is {what} already")

    return check


def between(value: Any, name: str, low: int, high: int = LARGEST) -> Iterator[Fault]:
    """A number, where there is one, is in its range."""
    number = field(value, name)
    if not isinstance(number, int) or isinstance(number, bool):
        return
    if not low <= number <= high:
        yield Fault(name, f"{number} is not {low} to {high}")


def share(value: Any, name: str) -> Iterator[Fault]:
    """A number of pods, where there is one, is 0 or more, or a percentage up to 100."""
    amount = field(value, name)
    yield from between(value, name, 0)
    if isinstance(amount, str) and not PERCENT.fullmatch(amount):
        yield Fault(name, f"{amount!r} is neither a number nor a percentage")
    elif isinstance(amount, str) and int(amount[:-1]) > 100 and not name.endswith("maxSurge"):
        yield Fault(name, f"{amount!r} is more than all")


def word(value: Any, name: str, allowed: Sequence[str]) -> Iterator[Fault]:
    """A word, where there is one, is among those that are allowed; some are allowed to be empty."""
    found = field(value, name)
    if found is not None and found not in allowed:
        yield Fault(name, f"{found!r} is not one of {', '.join(filter(None, allowed))}")


def named(value: Any, name: str, pattern: re.Pattern[str]) -> Iterator[Fault]:
    """A name, where there is one, has the form of *pattern*."""
    found = field(value, name)
    if found not in (None, "") and not pattern.fullmatch(str(found)):
        yield Fault(name, f"{found!r} is not a name")


def unique(value: Any, name: str, *keys: str) -> Iterator[Fault]:
    """No two items of the list *name* have the same *keys*."""
    seen = set()
    for index, item in enumerate(field(value, name) or ()):
        key = tuple(str(field(item, each)) for each in keys)
        if key in seen:
            yield Fault(f"{name}[{index}]", f"there is one with {' and '.join(keys)} alike already")
        seen.add(key)


def selector(value: Any) -> Iterator[Fault]:
    """Every expression of a label selector has the values that its operator needs."""
    yield from each(value, "matchExpressions", expression)


def is_key(key: str) -> bool:
    """Return whether the key of a label or an annotation is accepted."""
    return LABEL_KEY.fullmatch(key) is not None


def is_label(key: str, value: object) -> bool:
    """Return whether a label's key and value are accepted."""
    return is_key(key) and bool(LABEL_VALUE.fullmatch(str(value)))


def expression(requirement: Any, operators: Sequence[str] = ()) -> Iterator[Fault]:
    """
    One expression of a selector.

    Args:
        operators: Those besides the ones of labels, which compare with a number.
    """
    operator, values = requirement.get("operator"), requirement.get("values") or []
    yield from needs("key")(requirement)
    yield from word(requirement, "operator", ("In", "NotIn", "Exists", "DoesNotExist", *operators))
    if operator in ("In", "NotIn") and not values:
        yield Fault("values", f"{operator} needs some")
    elif operator in ("Exists", "DoesNotExist") and values:
        yield Fault("values", f"{operator} takes none")
    elif operator in operators and (len(values) != 1 or not str(values[0]).isdecimal()):
        yield Fault("values", f"{operator} needs one number")


def is_address(text: object) -> bool:
    """Return whether *text* is an IP address."""
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def network_of(text: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the block that *text* names; `None` where it is none."""
    try:
        return ipaddress.ip_network(str(text), strict=False) if "/" in str(text) else None
    except ValueError:
        return None


def is_relative(text: object) -> bool:
    """Return whether *text* is a path that stays in its folder."""
    return bool(text) and not str(text).startswith("/") and ".." not in str(text).split("/")
