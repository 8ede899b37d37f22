"""What is known of a configuration file: what its program needs, and its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import attrs

from k8sgen.kubernetes.demand import number
from k8sgen.kubernetes.manifest import Body, get
from k8sgen.kubernetes.manifests import Manifests, PodTemplate
from k8sgen.kubernetes.public_paths import WAYS_IN, public_paths
from k8sgen.kubernetes.public_routes import RoutesReader
from k8sgen.kubernetes.uses import source_of


@attrs.frozen(kw_only=True, slots=False)
class ConfigUse:
    """
    A configuration file with those who read it, as its check is given them.

    Args:
        files: All that are in the same ConfigMap.
        name: Of the ConfigMap.
        pods: Those that read it.
        manifests: All of the environment.
    """

    text: str
    files: Mapping[str, str]
    name: str
    pods: Sequence[PodTemplate]
    manifests: Manifests

    @cached_property
    def containers(self) -> list[Body]:
        """The containers that have it."""
        return [c for pod in self.pods for c in pod.every_container if self._has(pod, c)]

    def _has(self, pod: PodTemplate, container: Body) -> bool:
        sources = {v.get("name"): source_of(v, "ConfigMap") for v in pod.volumes}
        found = [sources.get(m.get("name")) for m in container.get("volumeMounts") or ()]
        names = [each[0] for each in found if each]
        names += [get(each, "configMapRef", "name") for each in container.get("envFrom") or ()]
        return self.name in names

    @property
    def ports(self) -> set[int]:
        """The numbers of the ports that these containers declare."""
        return {port["containerPort"] for c in self.containers for port in c.get("ports") or ()}

    @property
    def memory(self) -> Decimal | None:
        """The least memory limit of these containers, in bytes; `None` where one has none."""
        limits = [get(c, "resources", "limits", "memory") for c in self.containers]
        return min(map(number, limits)) if limits and None not in limits else None

    @property
    def hosts(self) -> set[str]:
        """The hosts that something of the environment opens to the outside."""
        ways = self.manifests.of(*WAYS_IN)
        return {path.host for body in ways for path in public_paths(body)}


FileCheck = Callable[[ConfigUse], Iterable[str]]
"""Returns what a program cannot work with in its file, one sentence each."""


@attrs.frozen(kw_only=True)
class FileFormat:
    """
    What is known of the format of a configuration file.

    Args:
        check: What the program cannot work with, such as a port that its container does not have.
        routes: Where the file opens parts of the product to the outside: how they are read back
            from its text, so that `diff` compares them as routes.
    """

    check: FileCheck | None = None
    routes: RoutesReader | None = None


FileFormats = Mapping[tuple[str, str], FileFormat]
"""The name of a ConfigMap and a key of it, to what is known of that file."""
