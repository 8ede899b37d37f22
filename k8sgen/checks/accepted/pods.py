"""What the API server refuses in pods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    expression,
    is_address,
    is_label,
    is_relative,
    needs,
    one_of,
    selector,
    word,
)
from k8sgen.kubernetes.manifest import PROBES, get

Part = Mapping[str, Any]
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_SOURCES = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_RESOURCE = re.compile(r"cpu|memory|ephemeral-storage|hugepages-.+|[a-z0-9.-]+\.[a-z0-9.-]+/.+")
_HEADER = re.compile(r"[-A-Za-z0-9]+")
_LARGEST = 2**31 - 1
_MUST, _MAY = (
    f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred")
)


def faults(spec: Part) -> Iterator[Fault]:
    """Return what is refused in a pod's *spec*."""
    yield from needs("containers")(spec)
    yield from between(spec, "activeDeadlineSeconds", 1, _LARGEST)
    for name in ("serviceAccountName", "priorityClassName", "nodeName"):
        if spec.get(name) and not SUBDOMAIN.fullmatch(str(spec[name])):
            yield Fault(name, f"{spec[name]!r} is not a name")
    for kind in ("initContainers", "containers"):
        yield from each(spec, kind, _container, partial(_in_pod, kind, spec))
    yield from each(spec, "volumes", _volume)
    yield from each(spec, "tolerations", _toleration)
    yield from each(spec, "topologySpreadConstraints", _spread)
    yield from each(spec, "hostAliases", _alias)
    yield from at(spec, "affinity", _affinity)
    yield from at(spec, "securityContext", _identity)
    yield from _names(spec)
    for key, value in (spec.get("nodeSelector") or {}).items():
        if not is_label(key, value):
            yield Fault("nodeSelector", f"{key}={value} is not a label")


def _names(spec: Part) -> Iterator[Fault]:
    """Judge how names are looked up."""
    servers = get(spec, "dnsConfig", "nameservers", default=[])
    if spec.get("dnsPolicy") == "None" and not servers:
        yield Fault("dnsConfig.nameservers", "the dnsPolicy None needs one")
    if len(servers) > 3:
        yield Fault("dnsConfig.nameservers", "there are at most three")
    for server in servers:
        if not is_address(server):
            yield Fault("dnsConfig.nameservers", f"{server!r} is not an IP address")


def _alias(alias: Part) -> Iterator[Fault]:
    if not is_address(alias.get("ip")):
        yield Fault("ip", f"{alias.get('ip')!r} is not an IP address")
    for host in alias.get("hostnames") or ():
        if not SUBDOMAIN.fullmatch(str(host)):
            yield Fault("hostnames", f"{host!r} is not a host name")


def _container(container: Part) -> Iterator[Fault]:
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
    yield from at(container, "securityContext", _identity, _privileges)


def _in_pod(kind: str, spec: Part, container: Part) -> Iterator[Fault]:
    """Judge what depends on where the container is."""
    if kind == "initContainers" and container.get("restartPolicy") != "Always":
        for name in (*PROBES, "lifecycle"):
            if container.get(name):
                yield Fault(name, "an init container that ends has none")
    if spec.get("hostNetwork"):
        for port in container.get("ports") or ():
            if port.get("hostPort", port.get("containerPort")) != port.get("containerPort"):
                yield Fault("ports", "on the host's network the hostPort is the containerPort")


def _probe(name: str, probe: Part) -> Iterator[Fault]:
    yield from one_of(*_HANDLERS, what="a handler")(probe)
    if name != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        yield Fault("successThreshold", f"it is 1 in a {name}")
    if name == "readinessProbe" and probe.get("terminationGracePeriodSeconds") is not None:
        yield Fault("terminationGracePeriodSeconds", "a readinessProbe ends nothing")
    yield from between(probe, "initialDelaySeconds", 0)
    yield from between(probe, "terminationGracePeriodSeconds", 1)


def _handler(action: Part) -> Iterator[Fault]:
    yield from at(action, "exec", needs("command"))
    yield from at(action, "httpGet", needs("port"), _request)
    for form in ("httpGet", "tcpSocket", "grpc"):
        port = get(action, form, "port")
        if isinstance(port, int) and not 1 <= port <= 65535:
            yield Fault(f"{form}.port", f"{port} is not a port")
        elif isinstance(port, str) and not PORT_NAME.fullmatch(port):
            yield Fault(f"{form}.port", f"{port!r} is not a port's name")


def _request(http: Part) -> Iterator[Fault]:
    if http.get("path") == "":
        yield Fault("path", "it is required")
    yield from word(http, "scheme", ("HTTP", "HTTPS"))
    for header in http.get("httpHeaders") or ():
        if not _HEADER.fullmatch(str(header.get("name", ""))):
            yield Fault("httpHeaders", f"{header.get('name')!r} is not a header's name")


def _variable(variable: Part) -> Iterator[Fault]:
    yield from needs("name")(variable)
    if variable.get("valueFrom") is not None and variable.get("value"):
        yield Fault("valueFrom", "there is a value already")
    yield from at(variable, "valueFrom", one_of(*_SOURCES, what="a source"))
    yield from at(variable, "valueFrom.configMapKeyRef", needs("name", "key"))
    yield from at(variable, "valueFrom.secretKeyRef", needs("name", "key"))
    yield from at(variable, "valueFrom.fieldRef", needs("fieldPath"))
    yield from at(variable, "valueFrom.resourceFieldRef", needs("resource"))


def _variables(source: Part) -> Iterator[Fault]:
    yield from one_of("configMapRef", "secretRef", what="a source")(source)
    for name in ("configMapRef", "secretRef"):
        yield from at(source, name, needs("name"))


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


def _volume(volume: Part) -> Iterator[Fault]:
    if not LABEL.fullmatch(str(volume.get("name", ""))):
        yield Fault("name", f"{volume.get('name')!r} is not a name")
    sources = [name for name, value in volume.items() if name != "name" and value is not None]
    if len(sources) > 1:
        yield Fault(sources[1], f"the volume is a {sources[0]} already")
    if ".." in str(get(volume, "hostPath", "path", default="")).split("/"):
        yield Fault("hostPath.path", "it has ..")
    yield from at(volume, "persistentVolumeClaim", needs("claimName"))
    yield from at(volume, "secret", needs("secretName"), _files)
    yield from at(volume, "configMap", needs("name"), _files)
    yield from at(volume, "projected", _projected)


def _projected(projected: Part) -> Iterator[Fault]:
    yield from between(projected, "defaultMode", 0, 0o777)
    yield from each(
        projected,
        "sources",
        lambda source: at(source, "configMap", needs("name"), _files),
        lambda source: at(source, "secret", needs("name"), _files),
        lambda source: at(source, "serviceAccountToken", needs("path")),
    )


def _files(source: Part) -> Iterator[Fault]:
    yield from between(source, "defaultMode", 0, 0o777)
    yield from each(source, "items", needs("key", "path"), _file)


def _file(item: Part) -> Iterator[Fault]:
    yield from between(item, "mode", 0, 0o777)
    if item.get("path") and not is_relative(item["path"]):
        yield Fault("path", f"{item['path']!r} leaves the volume")


def _toleration(toleration: Part) -> Iterator[Fault]:
    operator = toleration.get("operator", "Equal")
    yield from word(toleration, "operator", ("Exists", "Equal"))
    yield from word(toleration, "effect", ("", "NoSchedule", "PreferNoSchedule", "NoExecute"))
    if operator == "Exists" and toleration.get("value"):
        yield Fault("value", "Exists takes none")
    if not toleration.get("key") and operator != "Exists":
        yield Fault("operator", "without a key it is Exists")
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        yield Fault("effect", "tolerationSeconds needs NoExecute")


def _spread(spread: Part) -> Iterator[Fault]:
    yield from needs("topologyKey", "whenUnsatisfiable", "maxSkew")(spread)
    yield from between(spread, "maxSkew", 1)
    yield from between(spread, "minDomains", 1)
    yield from at(spread, "labelSelector", selector)
    if spread.get("minDomains") and spread.get("whenUnsatisfiable") != "DoNotSchedule":
        yield Fault("minDomains", "it needs DoNotSchedule")
    for key in spread.get("matchLabelKeys") or ():
        if key in get(spread, "labelSelector", "matchLabels", default={}):
            yield Fault("matchLabelKeys", f"{key} is in the labelSelector already")


def _affinity(affinity: Part) -> Iterator[Fault]:
    for name in ("podAffinity", "podAntiAffinity"):
        yield from at(affinity, name, _between_pods)
    yield from at(affinity, "nodeAffinity", _to_nodes)


def _to_nodes(affinity: Part) -> Iterator[Fault]:
    yield from at(
        affinity,
        _MUST,
        needs("nodeSelectorTerms"),
        lambda must: each(must, "nodeSelectorTerms", _node_term),
    )
    yield from each(affinity, _MAY, _weight, lambda may: at(may, "preference", _node_term))


def _node_term(term: Part) -> Iterator[Fault]:
    for field in ("matchExpressions", "matchFields"):
        yield from each(term, field, partial(expression, operators=("Gt", "Lt")))


def _between_pods(affinity: Part) -> Iterator[Fault]:
    yield from each(affinity, _MUST, _pod_term)
    yield from each(affinity, _MAY, _weight, lambda may: at(may, "podAffinityTerm", _pod_term))


def _weight(term: Part) -> Iterator[Fault]:
    yield from needs("weight")(term)
    yield from between(term, "weight", 1, 100)


def _pod_term(term: Part) -> Iterator[Fault]:
    yield from needs("topologyKey")(term)
    yield from at(term, "labelSelector", selector)
    yield from at(term, "namespaceSelector", selector)


def _identity(context: Part) -> Iterator[Fault]:
    for name in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from between(context, name, 0, _LARGEST)
    yield from at(context, "seccompProfile", _profile)


def _profile(profile: Part) -> Iterator[Fault]:
    yield from needs("type")(profile)
    yield from word(profile, "type", ("Localhost", "RuntimeDefault", "Unconfined"))
    if (profile.get("type") == "Localhost") != bool(profile.get("localhostProfile")):
        yield Fault("localhostProfile", "Localhost, and it alone, needs one")


def _privileges(context: Part) -> Iterator[Fault]:
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            yield Fault("privileged", "allowPrivilegeEscalation is false")
        if "CAP_SYS_ADMIN" in get(context, "capabilities", "add", default=[]):
            yield Fault("capabilities.add", "CAP_SYS_ADMIN needs allowPrivilegeEscalation")
