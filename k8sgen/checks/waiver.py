"""Waiver: a rule that does not apply to some manifests, and why."""

from __future__ import annotations

import attrs

from k8sgen.errors import Location


def _said(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not value.strip():
        msg = f"{attribute.name}: a waiver needs a reason that a reviewer can judge"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class Waiver:
    """
    One rule that does not apply to some manifests of one service.

    Args:
        rule: Its id, as in docs/rules.md.
        reason: Why; the report shows it.
        kind: Only manifests of this kind.
        name: Only manifests of this name.
        service: Whose manifests.
        location: The line that asks for it.
    """

    rule: str
    reason: str = attrs.field(validator=_said)
    kind: str | None = None
    name: str | None = None
    service: str
    location: Location | None = None
