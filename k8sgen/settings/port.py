"""Port: what a container listens on."""

from __future__ import annotations

from typing import Literal

import attrs

from k8sgen.settings.value import Value, port_name


@attrs.frozen
class Port(Value):
    """
    A port that a container listens on.

    Args:
        name: At most 15 characters; Kubernetes Services and probes use it.
        number: 1 to 65535.
    """

    name: str = attrs.field(validator=port_name)
    number: int = attrs.field()
    protocol: Literal["TCP", "UDP"] = "TCP"

    @number.validator
    def _in_range(self, _: attrs.Attribute[int], value: int) -> None:
        if isinstance(value, int) and not 1 <= value <= 65535:
            msg = f"port {value} is not between 1 and 65535"
            raise ValueError(msg)
