"""What the API server refuses in containers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from k8sgen.checks.accepted.fault import (
    KEY,
    LARGE,
    PORT_NAME,
    SUBDOMAIN,
    Fault,
    Part,
    at,
    between,
    each,
    field,
    is_relative,
    named,
    needs,
    one_of,
    word,
)
from k8sgen.kubernetes.manifest import PROBES, get

_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_RESOURCE = re.compile(r"cpu|memory|ephemeral-storage|hugepages-.+|[a-z0-9.-]+\.[a-z0-9.-]+/.+")
_GRACE = "terminationGracePeriodSeconds"
_HEADER = re.compile(r"[-A-Za-z0-9]+")
_AMOUNT = re.compile(r"(requests|limits)\.(cpu|memory|ephemeral-storage|hugepages-.+)")


def container(container: Part) -> Iterator[Fault]:
    """Judge a container, wherever it is."""
    yield from needs("name", "image")(container)
    image = str(container.get("image", ""))
    if image != image.strip():
        yield Fault("image", "it has spaces around it")
    for name in PROBES:
        yield from at(container, name, partial(_probe, name), _handler)
    hooks = one_of("exec", "httpGet", "tcpSocket", "sleep", what="a handler")
    for name in ("lifecycle.postStart", "lifecycle.preStop"):
        yield from at(container, name, hooks, _handler)
    yield from each(container, "env", _variable)
    yield from each(container, "envFrom", _variables)
    yield from each(container, "volumeMounts", _mount)
    yield from at(container, "resources", _resources)
    yield from at(container, "securityContext", identity, _privileges)


def in_pod(kind: str, spec: Part, container: Part) -> Iterator[Fault]:
    """Judge what depends on where the container is."""
    if kind == "initContainers" and container.get("restartPolicy") != "Always":
        for name in (*PROBES, "lifecycle"):
            if container.get(name):
                yield Fault(name, "an init container that ends has none")
    grace = 30 if spec.get(_GRACE) is None else spec[_GRACE]
    if (field(container, "lifecycle.preStop.sleep.seconds") or 0) > grace >= 0:
        yield Fault("lifecycle.preStop.sleep", f"{_GRACE} is {grace}")
    if spec.get("hostNetwork"):
        for port in container.get("ports") or ():
            if port.get("hostPort", port.get("containerPort")) != port.get("containerPort"):
                yield Fault("ports", "on the host's network the hostPort is the containerPort")


def _probe(name: str, probe: Part) -> Iterator[Fault]:
    yield from one_of(*_HANDLERS, what="a handler")(probe)
    if name != "readinessProbe" and (probe.get("successThreshold") or 1) != 1:
        yield Fault("successThreshold", f"it is 1 in a {name}")
    if name == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
        yield Fault("terminationGracePeriodSeconds", "a readinessProbe ends nothing")
    yield from between(probe, "terminationGracePeriodSeconds", 1, LARGE)


def _handler(action: Part) -> Iterator[Fault]:
    yield from at(action, "exec", needs("command"))
    yield from at(action, "httpGet", needs("port"), _request)
    yield from at(action, "tcpSocket", needs("port"))
    yield from between(action, "sleep.seconds", 0, LARGE)
    for name in ("httpGet.port", "tcpSocket.port", "grpc.port"):
        if isinstance(field(action, name), str):
            yield from named(action, name, PORT_NAME)


def _request(http: Part) -> Iterator[Fault]:
    yield from word(http, "scheme", ("", "HTTP", "HTTPS"))
    for header in http.get("httpHeaders") or ():
        if not _HEADER.fullmatch(str(header.get("name", ""))):
            yield Fault("httpHeaders", f"{header.get('name')!r} is not a header's name")


def _variable(variable: Part) -> Iterator[Fault]:
    if variable.get("valueFrom") is not None and variable.get("value"):
        yield Fault("valueFrom", "there is a value already")
    yield from at(variable, "valueFrom", one_of(*_SOURCES, what="a source"))
    for name in ("valueFrom.configMapKeyRef", "valueFrom.secretKeyRef"):
        yield from at(variable, name, needs("name", "key"), _entry)
    yield from at(variable, "valueFrom.fieldRef", needs("fieldPath"))
    yield from at(variable, "valueFrom.resourceFieldRef", needs("resource"), _amount)


def _entry(source: Part) -> Iterator[Fault]:
    """Judge the name and the key of a ConfigMap or Secret."""
    yield from named(source, "name", SUBDOMAIN)
    yield from named(source, "key", KEY)


def _amount(source: Part) -> Iterator[Fault]:
    if source.get("resource") and not _AMOUNT.fullmatch(str(source["resource"])):
        yield Fault("resource", f"there is no {source['resource']!r}")


def _variables(source: Part) -> Iterator[Fault]:
    yield from one_of("configMapRef", "secretRef", what="a source")(source)
    for name in ("configMapRef", "secretRef"):
        yield from at(source, name, needs("name"), partial(named, name="name", pattern=SUBDOMAIN))


def _mount(mount: Part) -> Iterator[Fault]:
    yield from needs("name", "mountPath")(mount)
    for name in ("subPath", "subPathExpr"):
        if mount.get(name) and not is_relative(mount[name]):
            yield Fault(name, f"{mount[name]!r} leaves the volume")
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield Fault("subPathExpr", "there is a subPath already")


def _resources(resources: Part) -> Iterator[Fault]:
    for bound in ("requests", "limits"):
        for name in resources.get(bound) or {}:
            if not _RESOURCE.fullmatch(str(name)):
                yield Fault(f"{bound}.{name}", "there is no such resource")


def identity(context: Part) -> Iterator[Fault]:
    """Judge what the security context of a pod or a container says of both."""
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from between(context, name, 0)
    yield from at(context, "seccompProfile", _profile)


def _profile(profile: Part) -> Iterator[Fault]:
    yield from needs("type")(profile)
    yield from word(profile, "type", ("Localhost", "RuntimeDefault", "Unconfined"))
    if (profile.get("type") == "Localhost") != (profile.get("localhostProfile") is not None):
        yield Fault("localhostProfile", "Localhost, and it alone, needs one")


def _privileges(context: Part) -> Iterator[Fault]:
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            yield Fault("privileged", "allowPrivilegeEscalation is false")
        if "CAP_SYS_ADMIN" in get(context, "capabilities", "add", default=[]):
            yield Fault("capabilities.add", "CAP_SYS_ADMIN needs allowPrivilegeEscalation")
