"""Outside: what services use that does not run in the cluster."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Literal

import attrs

from k8sgen.kubernetes.edges import Block, Party
from k8sgen.settings.port import port_number
from k8sgen.settings.value import Value, dns_label, each, host_name

# Source: IANA's special-purpose address registries. Link-local and unique local addresses are those
# of the metadata of cloud machines; RFC 6598's are those of many clusters' nodes and pods.
PUBLIC = (
    Block(
        "0.0.0.0/0",
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
        ),
    ),
    Block("::/0", ("::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10")),
)
"""Every address but private, link-local and metadata ones."""


PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


def cidr(_: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """Check that *value* is a block of IP addresses, written by its first address."""
    if not isinstance(value, str):
        return
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        problem = f"{value!r} is not a CIDR block ({error}); write for instance 10.20.0.0/16"
    else:
        if value == str(network):
            return
        problem = f"{value!r} is not a CIDR block; write {network}"
    msg = f"{attribute.name}: {problem}"
    raise ValueError(msg)


@attrs.frozen
class Outside(Value):
    """
    What services use that does not run in the cluster; it is given to them as an endpoint is.

    A network policy knows no host names. Without *cidrs*, the clients may reach every public
    address at *ports*, and no private, link-local or metadata address: a host whose addresses are
    private needs its *cidrs*.

    Args:
        name: In pictures and messages.
        hosts: The host names.
        cidrs: The blocks of its addresses, IPv4 or IPv6.
        ports: At least one.
    """

    name: str = attrs.field(validator=dns_label)
    hosts: Sequence[str] = attrs.field(default=(), validator=each(host_name), kw_only=True)
    cidrs: Sequence[str] = attrs.field(default=(), validator=each(cidr), kw_only=True)
    ports: Sequence[int] = attrs.field(validator=each(port_number, least=1), kw_only=True)
    protocol: Literal["TCP", "UDP"] = attrs.field(default="TCP", kw_only=True)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not (self.hosts or self.cidrs):
            msg = f"{self.name!r} has neither hosts nor cidrs; name one of them"
            raise ValueError(msg)

    @property
    def party(self) -> Party:
        """Its side of an edge."""
        return Party(
            name=self.name,
            blocks=tuple(map(Block, self.cidrs)) or PUBLIC,
            addresses=tuple(self.hosts or self.cidrs),
        )
