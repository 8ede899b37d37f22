"""Port: what a container listens on."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from k8sgen.settings.value import Value, port_name


def port_number(_: object, attribute: attrs.Attribute[Any], value: int) -> None:
    """Check that *value* is a port."""
    if isinstance(value, int) and not 1 <= value <= 65535:
        msg = f"{attribute.name}: {value} is not between 1 and 65535"
        raise ValueError(msg)


@attrs.frozen
class Port(Value):
    """
    A port that a container listens on.

    Args:
        name: At most 15 characters; Kubernetes Services and probes use it.
        number: 1 to 65535.
    """

    name: str = attrs.field(validator=port_name)
    number: int = attrs.field(validator=port_number)
    protocol: Literal["TCP", "UDP"] = "TCP"
