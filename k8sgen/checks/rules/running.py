"""The rules about how containers run: resources, probes, images, and how they stop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.demand import number
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?"
)
"""
Source:
    github.com/distribution/reference regexp.go
"""
_DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")


def _where(pod: PodTemplate, container: Body) -> str:
    return f"{label(pod.owner)}: container {container.get('name')}"


@rule("resources", fix="give the container Resources(requests=…, limits=…)")
def resources(rendered: Rendered) -> Iterator[Issue]:
    """Every container requests and limits CPU and memory, and requests no more than its limit."""
    for pod in rendered.pods:
        for container in pod.every_container:
            found = container.get("resources") or {}
            for unit in ("cpu", "memory"):
                amounts = []
                for bound in ("requests", "limits"):
                    amount = get(found, bound, unit)
                    if amount is None:
                        message = f"{_where(pod, container)}: no {bound[:-1]} of {unit}"
                        yield Issue(pod.owner, message)
                    else:
                        amounts.append(number(amount))
                if len(amounts) == 2 and amounts[0] > amounts[1]:
                    yield Issue(
                        pod.owner, f"{_where(pod, container)}: requests more {unit} than its limit"
                    )


@rule("probes", fix="give the container Probes(…)")
def probes(rendered: Rendered) -> Iterator[Issue]:
    """Every container that serves has a liveness and a readiness probe."""
    for pod in rendered.pods:
        if pod.serves:
            for container in pod.containers:
                for probe in ("livenessProbe", "readinessProbe"):
                    if not container.get(probe):
                        yield Issue(pod.owner, f"{_where(pod, container)}: no {probe}")


@rule("image", fix="use a tag that never moves, or a digest")
def images(rendered: Rendered) -> Iterator[Issue]:
    """Every image is one, has a tag other than `latest`, and a digest where that is required."""
    for pod in rendered.pods:
        for container in pod.every_container:
            image = str(container.get("image", ""))
            if image.strip() and not _REFERENCE.fullmatch(image):
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} names no image")
                continue
            tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
            if _DIGEST.fullmatch(image):
                continue
            if tag in ("", "latest"):
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} has no fixed tag")
            elif "@" in image:
                yield Issue(
                    pod.owner, f"{_where(pod, container)}: {image!r} has an incomplete digest"
                )
            elif rendered.context.requires_digests:
                hint = "pin it by digest in the environment's YAML file"
                yield Issue(pod.owner, f"{_where(pod, container)}: {image!r} has no digest", hint)


@rule("graceful-stop", fix="give the pod more grace than its containers need to drain")
def graceful_stops(rendered: Rendered) -> Iterator[Issue]:
    """Every pod has more time to stop than its containers' preStop hooks sleep."""
    for pod in rendered.pods:
        grace = pod.spec.get("terminationGracePeriodSeconds", 30)
        for container in pod.containers:
            sleep = get(container, "lifecycle", "preStop", "sleep", "seconds") or 0
            if sleep >= grace:
                message = f"{_where(pod, container)}: sleeps {sleep} s of {grace} s grace"
                yield Issue(pod.owner, f"{message}, and is killed then")


RULES = (resources, probes, images, graceful_stops)
