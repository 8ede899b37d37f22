"""Secrets in plain text, wherever a manifest may hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.checks.secrecy import assigned, held, is_named, suspicion
from k8sgen.kubernetes.manifest import (
    LAST_APPLIED,
    PROBES,
    Body,
    get,
    label,
    pod_template,
)
from k8sgen.kubernetes.manifests import PodTemplate

_HOOKS = ("postStart", "preStop")


@rule("plaintext-secret", fix="declare it with service.secret(…), and remove the value")
def plaintext_secrets(rendered: Rendered) -> Iterator[Issue]:
    """No variable, command, annotation or file contains a secret, and no Secret is rendered."""
    for body in rendered.of("Secret"):
        if body.get("data") or body.get("stringData"):
            yield Issue(body, f"{label(body)}: a Secret with its values is among the manifests")
    for pod in rendered.pods:
        for container in pod.every_container:
            yield from _container(pod, container)
    for body in rendered.manifests:
        yield from _of_manifest(body)


def _of_manifest(body: Body) -> Iterator[Issue]:
    for name, text in _notes(body):
        if what := held(name, text):
            yield Issue(body, f"{label(body)}: the annotation {name} holds {what}")
    if body["kind"] == "ConfigMap":
        for key, text in (body.get("data") or {}).items():
            for what in _in_file(key, str(text)):
                yield Issue(body, f"{label(body)}: {key} holds {what}")


def _container(pod: PodTemplate, container: Body) -> Iterator[Issue]:
    where = f"{label(pod.owner)}: container {container.get('name')}"
    for env in container.get("env") or []:
        value = env.get("value")
        if isinstance(value, str) and (what := held(env["name"], value)):
            yield Issue(pod.owner, f"{where}: the variable {env['name']} holds {what}")
    for name, text in _headers(container):
        if what := held(name, text):
            yield Issue(pod.owner, f"{where}: the header {name} of a probe holds {what}")
    for name, words in _commands(container):
        for what in _in_command(words):
            yield Issue(pod.owner, f"{where}: its {name} holds {what}")


def _notes(body: Body) -> Iterator[tuple[str, str]]:
    """Return the annotations of a manifest and of its pods, by the last part of their names."""
    for each in (body, pod_template(body)):
        for name, text in (get(each, "metadata", "annotations") or {}).items():
            if name != LAST_APPLIED:
                yield name.rpartition("/")[2], str(text)


def _headers(container: Body) -> Iterator[tuple[str, str]]:
    actions = [get(container, name) for name in PROBES]
    actions += [get(container, "lifecycle", name) for name in _HOOKS]
    for action in actions:
        for header in get(action, "httpGet", "httpHeaders") or []:
            yield str(header.get("name")), str(header.get("value"))


def _commands(container: Body) -> Iterator[tuple[str, list[str]]]:
    """Return the words of all that the container runs, by what runs it."""
    yield "command", _words(container.get("command"), container.get("args"))
    for name in PROBES:
        yield name, _words(get(container, name, "exec", "command"))
    for name in _HOOKS:
        yield name, _words(get(container, "lifecycle", name, "exec", "command"))


def _words(*parts: Sequence[object] | None) -> list[str]:
    return [str(word) for part in parts for word in part or ()]


def _in_command(words: Sequence[str]) -> Iterator[str]:
    """Return what kind of secret a word, or the one after its flag, contains."""
    for word, following in pairwise([*words, ""]):
        flag, assigned, value = word.lstrip("-").partition("=")
        if not assigned and word.startswith("-") and not following.startswith("-"):
            value = following
        what = "a secret by its name" if is_named(flag, value) else suspicion(word)
        if what:
            yield what


def _in_file(key: str, text: str) -> Iterator[str]:
    if is_named(key, text.strip()) and "\n" not in text.strip():
        yield "a secret by its name"
    what = suspicion(text)
    if what:
        yield what
    for name in dict.fromkeys(assigned(text)):
        yield f"a secret by its name, {name}"


RULES = (plaintext_secrets,)
