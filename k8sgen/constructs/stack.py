"""Stack: the chart in which a project wires its services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import cdk8s
import constructs

from k8sgen.checks.waiver import Waiver
from k8sgen.constructs.edges import Edges
from k8sgen.constructs.platform import PLATFORM, Platform
from k8sgen.constructs.service import Service
from k8sgen.constructs.signature import InitSignature
from k8sgen.errors import callers
from k8sgen.kubernetes.edges import Edge, Party
from k8sgen.settings.environment import Environment
from k8sgen.settings.outside import Outside

STACK_ID = "stack"


class Stack(cdk8s.Chart):
    """
    All services of one environment; a project's own class makes them in `__init__`.

    Its id is the same in every environment, so that construct paths, and all that other constructs
    derive from them, are too. Except in the base, it includes the platform.

    Args:
        scope: The `cdk8s.App`.
        environment: The value that it is made from.
    """

    part_of: ClassVar[str]
    """The name of the product, a label of every manifest."""

    __signature__ = InitSignature()

    def __init__(self, scope: constructs.Construct, environment: Environment) -> None:
        super().__init__(scope, STACK_ID, disable_resource_name_hashes=True)
        self.trace = callers()
        self.environment = environment
        self.services: list[Service] = []
        self.outsides: dict[str, Outside] = {}
        self._edges: Edges | None = None
        self.waivers: list[Waiver] = []
        self.secret_revisions: Mapping[str, Mapping[str, str]] = {}
        if not environment.is_base:
            Platform(self, environment)

    def waive(
        self, rule: str, *, reason: str, kind: str | None = None, name: str | None = None
    ) -> None:
        """
        Let `validate` waive one rule for the platform's manifests; see `Service.waive`.
        """
        place = next(iter(callers()), None)
        waiver = Waiver(
            rule=rule, reason=reason, kind=kind, name=name, service=PLATFORM, location=place
        )
        self.waivers.append(waiver)

    def edges(self, *, client: Party | None = None, server: Party | None = None) -> Sequence[Edge]:
        """
        Return who talks to whom; only the edges of one *client* or *server* where one is given.

        It is read at synth; from then on no service may use anything new.
        """
        if self._edges is None:
            self._edges = Edges.of(self)
        if client:
            return self._edges.by_client.get(client, ())
        return self._edges.by_server.get(server, ()) if server else self._edges.all

    def add_outside(self, outside: Outside) -> None:
        """
        Know what a service uses outside the cluster, by a name that nothing else has.

        Raises:
            ValueError: A service, or something else outside, has that name.
        """
        known = self.outsides.setdefault(outside.name, outside)
        if known.party != outside.party or any(s.name == outside.name for s in self.services):
            msg = f"Outside({outside.name!r}): something else has this name; give it another one"
            raise ValueError(msg)

    def refuse_late(self, news: str) -> None:
        """
        Refuse a change of the edges after they were read.

        Raises:
            ValueError: They were.
        """
        if self._edges is not None:
            msg = f"{news}, but the stack is being synthesized; declare it while it is built"
            raise ValueError(msg)

    @property
    def namespace_name(self) -> str | None:
        """The Kubernetes namespace of all that has none of its own; the base has none."""
        environment = self.environment
        return None if environment.is_base else environment.namespace or environment.name

    @property
    def priority_class(self) -> str | None:
        """The PriorityClass of every pod."""
        priority = self.environment.priority
        return priority.name if priority else None

    def common_labels(self) -> dict[str, str]:
        """Return the labels that every manifest gets."""
        name = self.environment.name
        return {
            "app.kubernetes.io/part-of": self.part_of,
            "app.kubernetes.io/managed-by": "k8sgen",
            **({} if self.environment.is_base else {"app.kubernetes.io/instance": name}),
        }
