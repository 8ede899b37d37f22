"""Stacks of a few services, composed in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import constructs

from k8sgen import (
    Container,
    Deployment,
    Environment,
    Image,
    Pod,
    Port,
    Probes,
    Service,
    ServiceSettings,
    Stack,
)
from k8sgen.project.compose import Composition, compose

ROOT = Path(__file__).parents[1]
SOMEWHERE = Environment(name="somewhere")
BASE = Environment()
HTTP = Port("http", 8000)


@attrs.frozen(kw_only=True)
class Settings(ServiceSettings):
    """What the services of these tests are told."""

    image: Image = Image("ghcr.io/example/web", "1.0.0")


class Web(Service):
    """A service with nothing in it yet."""

    def main(self, **options: Any) -> Container:
        """Make its main container."""
        probes = Probes.http("/healthz", "/readyz")
        return self.container(**{"ports": [HTTP], "probes": probes, **options})

    def deployment(
        self, *, user: int = 65532, name: str | None = None, **options: Any
    ) -> Deployment:
        """Make a Deployment, the main one unless it has a *name* of its own."""
        return Deployment(self, Pod(self.main(**options), user=user), name=name)


def composed(make: Callable[[Stack], object], environment: Environment = SOMEWHERE) -> Composition:
    """
    Compose a stack in which *make* puts the services.
    """

    class Made(Stack):
        part_of = "example"

        def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
            super().__init__(scope, environment)
            make(self)

    return compose(Made, environment, ROOT)


def found(composition: Composition, kind: str, name: str | None = None) -> Any:
    """
    Find the one manifest of *kind*, and of *name* where that is told.
    """
    (body,) = [
        resource.body
        for resource in composition.resources
        if resource.body["kind"] == kind and name in (None, resource.body["metadata"]["name"])
    ]
    return body
