"""Value: an attrs class that checks itself when it is made, and the checks of single fields."""

from __future__ import annotations

import re
from typing import Any

import attrs

from k8sgen.kubernetes.quantity import parse_quantity
from k8sgen.settings.typed import check_fields

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HOST = re.compile(rf"({_LABEL.pattern}\.)*(?![0-9]+$){_LABEL.pattern}")  # no IP address
# Source: apimachinery pkg/util/validation/validation.go IsValidPortName.
_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")


def _matches(pattern: re.Pattern[str], what: str) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
        if isinstance(value, str) and not pattern.fullmatch(value):
            msg = f"{attribute.name}: {value!r} is not {what}"
            raise ValueError(msg)

    return check


def quantity(_: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    """Check that *value* is a Kubernetes quantity greater than zero."""
    if not isinstance(value, str):
        return
    try:
        amount = parse_quantity(value)
    except ValueError as error:
        msg = f"{attribute.name}: {error}"
        raise ValueError(msg) from None
    if amount <= 0:
        msg = f"{attribute.name}: {value!r} must be more than zero"
        raise ValueError(msg)


def is_host_name(text: str) -> bool:
    """Return whether *text* is a DNS host name in lower case."""
    return len(text) <= 253 and _HOST.fullmatch(text) is not None  # RFC 1123


def is_dns_label(text: str) -> bool:
    """Return whether *text* is a DNS label in lower case."""
    return _LABEL.fullmatch(text) is not None


def host_name(_: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """Check that *value* is a DNS host name in lower case."""
    if isinstance(value, str) and not is_host_name(value):
        msg = f"{attribute.name}: {value!r} is not a host name; write for instance api.example.com"
        raise ValueError(msg)


def at_least(least: int) -> Any:
    """Make a check that a number is *least* or more."""

    def check(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
        if isinstance(value, int) and value < least:
            msg = f"{attribute.name}: {value} is too small; the least is {least}"
            raise ValueError(msg)

    return check


def at_most(most: int) -> Any:
    """Make a check that a number is *most* or less."""

    def check(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
        if isinstance(value, int) and value > most:
            msg = f"{attribute.name}: {value} is too large; the most is {most}"
            raise ValueError(msg)

    return check


def each(check: Any, *, least: int = 0) -> Any:
    """Make a check that a list has *least* items or more, of which each passes *check*."""

    def check_items(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, list | tuple):
            return
        if len(value) < least:
            msg = f"{attribute.name}: it is empty; the least is {least}"
            raise ValueError(msg)
        for item in value:
            check(instance, attribute, item)

    return check_items


word = _matches(re.compile(r"\S(.*\S)?"), "a name")
port_name = _matches(_PORT_NAME, "a port name (lower-case letters, digits and -, at most 15)")
dns_label = _matches(_LABEL, "a DNS label (lower-case letters, digits and -, at most 63)")


class Value:
    """
    What an attrs class extends so that its fields are of their annotated types.

    The checks above leave a value of another type to it.
    """

    __slots__ = ()
    checks_itself = True  # so that whatever holds it need not

    def __attrs_post_init__(self) -> None:
        check_fields(self)
