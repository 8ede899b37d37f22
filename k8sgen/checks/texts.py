"""The texts that configure pods: variables, commands, configuration files, secrets' templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from k8sgen.checks.rendered import Rendered
from k8sgen.kubernetes.manifest import Body
from k8sgen.kubernetes.manifests import PodTemplate
from k8sgen.kubernetes.uses import uses

_PLACE = re.compile(r"\{[^{}]*\}")


@attrs.frozen
class Told:
    """
    One text that configures a pod.

    Args:
        manifest: The one that contains it; `None` is a secret's contract.
        where: In it.
    """

    manifest: Body | None
    where: str
    text: str


def told(rendered: Rendered, pod: PodTemplate) -> Iterator[Told]:
    """Return each text that configures *pod*."""
    for container in pod.every_container:
        yield from _container(pod.owner, container)
    yield from _files(rendered, pod)
    for use in uses(pod.spec, "Secret"):
        for key, template in (rendered.context.secrets.get(use.name) or {}).items():
            if use.key in (None, key):
                yield Told(None, f"Secret/{use.name}: {key}", _PLACE.sub("secret", template))


def _container(owner: Body, container: Body) -> Iterator[Told]:
    where = f"container {container.get('name')}"
    for env in container.get("env") or []:
        if isinstance(env.get("value"), str):
            yield Told(owner, f"{where}: {env.get('name')}", env["value"])
    for word in [*(container.get("command") or []), *(container.get("args") or [])]:
        yield Told(owner, f"{where}: its command", str(word))


def _files(rendered: Rendered, pod: PodTemplate) -> Iterator[Told]:
    """Return the texts of ConfigMaps, each once however often the pod uses it."""
    seen: set[tuple[str, str]] = set()
    for use in uses(pod.spec, "ConfigMap"):
        body = rendered.find("ConfigMap", use.name, pod.owner)
        for key, text in ((body or {}).get("data") or {}).items():
            if body and use.key in (None, key) and (use.name, key) not in seen:
                seen.add((use.name, key))
                yield Told(body, key, str(text))
