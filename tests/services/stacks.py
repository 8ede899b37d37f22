"""Small stacks for the tests of services: wired by the test, composed whole, looked up by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs

import k8sgen
from k8sgen import Environment, Service, Stack
from k8sgen.kubernetes.manifest import Body
from k8sgen.project.compose import compose

Kind = TypeVar("Kind", bound=Service)


@attrs.frozen
class Composed:
    """What a stack came out as."""

    stack: Stack
    manifests: dict[tuple[str, str], Body]

    def __getitem__(self, identity: tuple[str, str]) -> Body:
        return self.manifests[identity]

    def files(self, name: str) -> dict[str, str]:
        """Return the texts of the ConfigMap *name*."""
        found: dict[str, str] = self["ConfigMap", name]["data"]
        return found

    def pod(self, name: str) -> Body:
        """Return the pod's spec of the Deployment or StatefulSet *name*."""
        kind = "StatefulSet" if ("StatefulSet", name) in self.manifests else "Deployment"
        found: Body = self[kind, name]["spec"]["template"]["spec"]
        return found

    def container(self, name: str) -> Body:
        """Return the main container of the Deployment or StatefulSet *name*."""
        found: Body = self.pod(name)["containers"][0]
        return found

    def callers(self, name: str) -> set[tuple[str, int]]:
        """Return the services and ports that the NetworkPolicy *name* lets in."""
        rules = self["NetworkPolicy", name]["spec"]["ingress"]
        return {
            (source["podSelector"]["matchLabels"]["app.kubernetes.io/name"], port["port"])
            for rule in rules
            for source in rule["from"]
            for port in rule["ports"]
            if "namespaceSelector" not in source
        }

    def service(self, kind: type[Kind]) -> Kind:
        """Return the service of the class *kind*."""
        return next(found for found in self.stack.services if isinstance(found, kind))


BASE = Environment()


def composed(wire: Callable[[Stack], Any], environment: Environment = BASE) -> Composed:
    """Compose a stack in which *wire* makes the services."""

    class Wired(k8sgen.Stack):
        part_of = "example"

        def __init__(self, scope: Any, environment: Environment) -> None:
            super().__init__(scope, environment)
            wire(self)

    found = compose(Wired, environment, Path(__file__).parents[2])
    bodies = {(r.body["kind"], r.body["metadata"]["name"]): r.body for r in found.resources}
    return Composed(found.stack, bodies)
