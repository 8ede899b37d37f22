"""What the API server refuses in Kubernetes Services, Ingresses and network policies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from k8sgen.checks.accepted.fault import (
    LABEL,
    PORT_NAME,
    SUBDOMAIN,
    Fault,
    at,
    between,
    each,
    is_address,
    named,
    needs,
    network_of,
    one_of,
    selector,
)
from k8sgen.kubernetes.manifest import Body, get

_OUTSIDE = ("NodePort", "LoadBalancer")
_BAD_PATH = re.compile(r"//|/\.\.?(/|$)|%2[fF]")
_WILD = re.compile(rf"\*\.{SUBDOMAIN.pattern}")


def _service(body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    kind, ports = spec.get("type") or "ClusterIP", spec.get("ports") or []
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        yield Fault("spec.ports", "it needs one")
    if len(ports) > 1 and not all(port.get("name") for port in ports):
        yield Fault("spec.ports", "of several ports each needs a name")
    yield from each(body, "spec.ports", needs("port"), _port)
    if kind not in _OUTSIDE:
        yield from _inside(spec)
    yield from _addresses(spec, kind)
    for key, value in (spec.get("selector") or {}).items():
        if not isinstance(value, str):
            yield Fault("spec.selector", f"{key}={value!r} is not a label")


def _inside(spec: Any) -> Iterator[Fault]:
    """Judge what only Kubernetes Services that are open to the outside may have."""
    for index, port in enumerate(spec.get("ports") or []):
        if port.get("nodePort"):
            yield Fault(f"spec.ports[{index}].nodePort", "the type has no ports of nodes")
    if spec.get("externalTrafficPolicy") and not spec.get("externalIPs"):
        yield Fault("spec.externalTrafficPolicy", "the type is not open to the outside")
    if spec.get("loadBalancerSourceRanges") or spec.get("loadBalancerClass"):
        yield Fault("spec.type", "only a LoadBalancer has source ranges and a class")


def _addresses(spec: Any, kind: str) -> Iterator[Fault]:
    address = spec.get("clusterIP")
    if address == "None" and kind in _OUTSIDE:
        yield Fault("spec.clusterIP", f"a {kind} has one")
    if kind == "ExternalName":
        if not SUBDOMAIN.fullmatch(str(spec.get("externalName", "")).rstrip(".")):
            yield Fault("spec.externalName", f"{spec.get('externalName')!r} is not a host name")
    else:
        yield from _own_addresses(address, spec.get("clusterIPs") or [])
    for text in spec.get("externalIPs") or ():
        if not is_address(text):
            yield Fault("spec.externalIPs", f"{text!r} is not an IP address")
    for text in spec.get("loadBalancerSourceRanges") or ():
        if network_of(str(text).strip()) is None:
            yield Fault("spec.loadBalancerSourceRanges", f"{text!r} is not a block of addresses")
    if spec.get("sessionAffinityConfig") and spec.get("sessionAffinity") != "ClientIP":
        yield Fault("spec.sessionAffinityConfig", "it needs the sessionAffinity ClientIP")


def _own_addresses(first: Any, every: Sequence[Any]) -> Iterator[Fault]:
    if every and first != every[0]:
        yield Fault("spec.clusterIPs", "the clusterIP is the first of them")
    if "None" in every and len(every) > 1:
        yield Fault("spec.clusterIPs", "None is alone")
    for text in dict.fromkeys((first, *every)):
        if text not in (None, "", "None") and not is_address(text):
            yield Fault("spec.clusterIP", f"{text!r} is not an IP address")


def _port(port: Any) -> Iterator[Fault]:
    yield from named(port, "name", LABEL)
    if isinstance(port.get("targetPort"), str):
        yield from named(port, "targetPort", PORT_NAME)


def _ingress(body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        yield Fault("spec", "it needs rules or a defaultBackend")
    if spec.get("ingressClassName") == "":
        yield Fault("spec.ingressClassName", "it is empty")
    yield from named(spec, "ingressClassName", SUBDOMAIN)
    yield from at(body, "spec.defaultBackend", _backend)
    yield from each(body, "spec.rules", _rule)
    yield from each(body, "spec.tls", _tls)


def _tls(tls: Any) -> Iterator[Fault]:
    yield from named(tls, "secretName", SUBDOMAIN)
    for host in tls.get("hosts") or ():
        if not _is_host(host):
            yield Fault("hosts", f"{host!r} is not a host name")


def _rule(rule: Any) -> Iterator[Fault]:
    if rule.get("host"):
        yield from (fault.under("host") for fault in _host(rule["host"]))
    yield from at(rule, "http", needs("paths"), lambda http: each(http, "paths", _path))


def _host(host: object) -> Iterator[Fault]:
    if is_address(host):
        yield Fault("", f"{host!r} is an IP address")
    elif not _is_host(host):
        yield Fault("", f"{host!r} is not a host name")


def _is_host(host: object) -> bool:
    return bool(SUBDOMAIN.fullmatch(str(host)) or _WILD.fullmatch(str(host)))


def _path(path: Any) -> Iterator[Fault]:
    text = str(path.get("path", ""))
    if path.get("pathType") in ("Exact", "Prefix"):
        if not text.startswith("/"):
            yield Fault("path", f"{text!r} does not begin with /")
        elif _BAD_PATH.search(text):
            yield Fault("path", f"{text!r} is not a clean path")
    yield from at(path, "backend", _backend)


def _backend(backend: Any) -> Iterator[Fault]:
    yield from one_of("service", "resource", what="the backend")(backend)
    yield from at(backend, "service", needs("name"), _backend_service)


def _backend_service(service: Any) -> Iterator[Fault]:
    yield from named(service, "name", LABEL)
    yield from one_of("name", "number", what="the port")(service.get("port"))
    yield from named(service, "port.name", PORT_NAME)
    yield from between(service, "port.number", 1, 65535)


def _policy(body: Body) -> Iterator[Fault]:
    yield from at(body, "spec.podSelector", selector)
    yield from each(body, "spec.ingress", partial(_policy_rule, "from"))
    yield from each(body, "spec.egress", partial(_policy_rule, "to"))
    types = get(body, "spec", "policyTypes", default=[])
    if len(types) > 2:
        yield Fault("spec.policyTypes", "they are Ingress, Egress, or both")


def _policy_rule(side: str, rule: Any) -> Iterator[Fault]:
    yield from each(rule, side, _peer)
    yield from each(rule, "ports", _policy_port)


def _peer(peer: Any) -> Iterator[Fault]:
    others = [name for name in ("podSelector", "namespaceSelector") if peer.get(name) is not None]
    block = peer.get("ipBlock")
    if not others and block is None:
        yield Fault("", "it names no peer")
    if others and block is not None:
        yield Fault("ipBlock", f"there is a {others[0]} already")
    for name in others:
        yield from at(peer, name, selector)
    yield from at(peer, "ipBlock", _block)


def _block(block: Any) -> Iterator[Fault]:
    whole = network_of(block.get("cidr"))
    if whole is None:
        yield Fault("cidr", f"{block.get('cidr')!r} is not a block of addresses")
    for text in block.get("except") or ():
        part = network_of(text)
        if part is None:
            yield Fault("except", f"{text!r} is not a block of addresses")
        elif whole and not _is_part(part, whole):
            yield Fault("except", f"{text} is not a part of {block['cidr']}")


def _is_part(part: Any, whole: Any) -> bool:
    return bool(part.version == whole.version and part != whole and part.subnet_of(whole))


def _policy_port(port: Any) -> Iterator[Fault]:
    number, last = port.get("port"), port.get("endPort")
    if isinstance(number, str) and not PORT_NAME.fullmatch(number):
        yield Fault("port", f"{number!r} is not a port's name")
    if last is not None and not isinstance(number, int):
        yield Fault("endPort", "it needs a port that is a number")
    elif isinstance(last, int) and isinstance(number, int) and not number <= last <= 65535:
        yield Fault("endPort", f"{last} is less than {number}, or no port")


KINDS = {"Service": _service, "Ingress": _ingress, "NetworkPolicy": _policy}
