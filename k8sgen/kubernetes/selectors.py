"""Label selectors, as the API server reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """
    Return whether a LabelSelector finds *labels*; an empty one finds all, `None` finds nothing.

    Source:
        apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector
    """
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_holds(each, labels) for each in selector.get("matchExpressions") or [])


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    values = expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False


def is_wider(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether every object that *other* finds is found by *one*, as far as keys tell."""
    given = list(_expressions(other))
    return all(any(_implies(each, wanted) for each in given) for wanted in _expressions(one))


Expression = tuple[str, str, frozenset[str]]
"""Key, operator and values; `In` stands for a matching label too."""


def _expressions(selector: Mapping[str, Any]) -> Iterator[Expression]:
    for key, value in (selector.get("matchLabels") or {}).items():
        yield key, "In", frozenset([value])
    for each in selector.get("matchExpressions") or ():
        yield each["key"], each["operator"], frozenset(each.get("values") or ())


def _implies(given: Expression, wanted: Expression) -> bool:
    """Return whether labels that meet *given* meet *wanted*."""
    (key, have, values), (name, want, others) = given, wanted
    if key != name:
        return False
    match want:
        case "In":
            return have == "In" and values <= others
        case "Exists":
            return have in ("In", "Exists")
        case "NotIn":
            in_others = have == "In" and not values & others
            return in_others or have == "DoesNotExist" or (have == "NotIn" and others <= values)
    return have == want
