"""The rules about configuration files, and the variables that say the same."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, nearest, rule
from k8sgen.errors import ProjectError
from k8sgen.kubernetes.config_file import ConfigUse
from k8sgen.kubernetes.manifest import Body, label
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.uses import uses
from k8sgen.kubernetes.yaml import from_yaml

_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": from_yaml,
    "yml": from_yaml,
}
_TEMPLATE = re.compile(r"\{\{|\$\{|<%")
_PORT = re.compile(r"(?:([A-Z0-9_]+)_)?PORT")


def _texts(rendered: Rendered) -> Iterator[tuple[Body, str, str]]:
    """Return each file or variable of a ConfigMap, with its key."""
    for body in rendered.of("ConfigMap"):
        for key, text in (body.get("data") or {}).items():
            yield body, key, str(text)


@rule("config-syntax", fix="correct the file where the message says")
def syntax(rendered: Rendered) -> Iterator[Issue]:
    """Every configuration file of YAML, JSON or TOML can be read, if it is no template."""
    for body, key, text in _texts(rendered):
        parse = _PARSERS.get(key.rpartition(".")[2].lower()) if "." in key else None
        try:
            if parse:
                parse(text)
        except (ValueError, ProjectError) as error:
            if not _TEMPLATE.search(text):
                yield Issue(body, f"{label(body)}: {key}: {str(error).splitlines()[0]}")


@rule("config-file", fix="let the file and the pod that reads it agree")
def files(rendered: Rendered) -> Iterator[Issue]:
    """Every program can work with its configuration file, as the service that has it judges."""
    for body, key, text in _texts(rendered):
        file = rendered.context.file_formats.get((body["metadata"]["name"], key))
        if file and file.check:
            try:
                problems = list(file.check(_use(rendered, body, text)))
            except yaml.YAMLError:
                continue  # the rule `config-syntax` says so
            for problem in problems:
                yield Issue(body, f"{label(body)}: {key}: {problem}")


def _use(rendered: Rendered, body: Body, text: str) -> ConfigUse:
    name = str(body["metadata"]["name"])
    return ConfigUse(
        text=text,
        files=body["data"],
        name=name,
        pods=[p for p in rendered.pods if any(u.name == name for u in uses(p.spec, "ConfigMap"))],
        manifests=rendered,
    )


@rule("port-variable", fix="let the variable and the container's port agree")
def port_variables(rendered: Rendered) -> Iterator[Issue]:
    """Every `PORT`, and each `<NAME>_PORT` of a port's name, is a port that its container has."""
    for pod in rendered.pods:
        for container in pod.every_container:
            ports = {p.get("name"): p.get("containerPort") for p in container.get("ports") or ()}
            for body, name, text in _variables(rendered, pod, container) if ports else ():
                match = _PORT.fullmatch(name)
                word = match and (match[1] or "").lower().replace("_", "-")
                if match is None or not text.isdecimal() or (word and word not in ports):
                    continue
                known = [ports[word]] if word else list(ports.values())
                if int(text) not in known:
                    where = f"{label(body)}: container {container.get('name')}: {name}"
                    hint = nearest(text, map(str, known))
                    yield Issue(body, f"{where} is {text}, no port of it", hint)


def _variables(
    rendered: Rendered, pod: PodTemplate, container: Body
) -> Iterator[tuple[Body, str, str]]:
    """Return each variable with a text that is known, and the manifest that has it."""
    for source in container.get("envFrom") or ():
        name = (source.get("configMapRef") or {}).get("name")
        body = rendered.find("ConfigMap", name, pod.owner)
        for key, text in ((body or {}).get("data") or {}).items():
            yield body or {}, f"{source.get('prefix', '')}{key}", str(text)
    for variable in container.get("env") or ():
        if isinstance(variable.get("value"), str):
            yield pod.owner, str(variable.get("name")), variable["value"]


RULES = (syntax, files, port_variables)
