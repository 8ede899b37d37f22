"""The section of the settings in which the environments differ."""

from __future__ import annotations

from itertools import groupby

from k8sgen.report.facts import Facts
from k8sgen.report.html import Markup, breakable, tag
from k8sgen.report.settings import SettingDifference


def contrast(facts: Facts) -> Markup:
    """List the differing settings by service, the defaults first."""
    names = ["default", *(place.name for place in facts.places)]
    groups = groupby(facts.differences, key=lambda difference: difference.group)
    table = tag(
        "table",
        tag("caption", "In bold: what is not the default."),
        tag("thead", tag("tr", *(tag("th", n, scope="col") for n in ["Setting", *names]))),
        *(_group(group, list(found), names) for group, found in groups),
        class_="stack contrast",
    )
    return tag("div", table, class_="scroll")


def _group(group: str, found: list[SettingDifference], names: list[str]) -> Markup:
    head = tag("th", group, scope="rowgroup", colspan=str(len(names) + 1))
    rows = (_row(difference, names) for difference in found)
    return tag("tbody", tag("tr", head, class_="group"), *rows)


def _row(difference: SettingDifference, names: list[str]) -> Markup:
    values = (difference.default, *difference.values)
    cells = (
        _cell(name, value, own=value != difference.default)
        for name, value in zip(names, values, strict=True)
    )
    setting = breakable(difference.setting or difference.group, ".")
    return tag("tr", tag("th", tag("code", setting), scope="row"), *cells)


def _cell(name: str, value: str, *, own: bool) -> Markup:
    shown = breakable(value, ".,") if value else tag("span", "left out", class_="soft")
    return tag("td", tag("b", shown) if own and value else shown, data_column=name)
