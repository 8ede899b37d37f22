"""Service: the construct of one service, with what every service has by default."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import constructs

from k8sgen.checks.waiver import Waiver
from k8sgen.constructs.config_map import ConfigFile, ConfigMap, FileContent
from k8sgen.constructs.container import Container, EnvValue
from k8sgen.constructs.edges import Connected
from k8sgen.constructs.endpoint import Endpoint
from k8sgen.constructs.kubernetes_service import KubernetesService
from k8sgen.constructs.manifest import Manifest
from k8sgen.constructs.network_policy import NetworkPolicy
from k8sgen.constructs.probe import Probes
from k8sgen.constructs.signature import InitSignature
from k8sgen.constructs.volume import Mount, Volume
from k8sgen.errors import ProjectError, callers
from k8sgen.kubernetes.edges import Party
from k8sgen.kubernetes.manifest import COMPONENT_LABEL, NAME_LABEL
from k8sgen.secrets.contract.keys import LiveUpdate, Recipe, SecretKey
from k8sgen.settings.image import Image
from k8sgen.settings.outside import Outside
from k8sgen.settings.port import Port
from k8sgen.settings.resources import Resources
from k8sgen.settings.service import ServiceSettings
from k8sgen.settings.typed import misfit
from k8sgen.settings.value import is_dns_label

if TYPE_CHECKING:
    from k8sgen.constructs.stack import Stack
    from k8sgen.constructs.workload import Workload

SERVER = "server"
"""The component of the pods of the workload that has its service's own name."""


class Service(Connected, constructs.Construct):
    """
    One service of the product, with a ServiceAccount and a NetworkPolicy of its own.

    Pods get no token of it by default; the policy is derived from the stack's edges.

    Args:
        scope: The stack.
        settings: The environment's settings; the defaults of their class are the base.
        given: What it opens connections to, as by `uses`.
        name: In Kubernetes; by default the class name in kebab-case. Two instances of one class
            need two names.
    """

    __signature__ = InitSignature()

    def __init__(
        self,
        scope: Stack,
        settings: ServiceSettings,
        *,
        given: Sequence[Endpoint | Outside] = (),
        name: str | None = None,
    ) -> None:
        self.name = name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(self).__name__).lower()
        if settings is None:
            msg = f"{type(self).__name__} is made, but the environment leaves it out"
            hint = f"put it under `if environment.{self.name.replace('-', '_')}:`"
            raise self._misplaced(msg, hint)
        if problem := misfit(given, Sequence[Endpoint | Outside]):
            hint = (
                "if its service is left out here, leave this one out too"
                if None in tuple(given)
                else ""
            )
            place = next(iter(callers()), None)
            raise ProjectError(f"given: {problem}", hint=hint, location=place)
        if not is_dns_label(self.name):
            msg = f"name: {self.name!r} is not a DNS label; write for instance web-2"
            raise ValueError(msg)
        if self.name in scope.outsides or any(s.name == self.name for s in scope.services):
            what = "an Outside" if self.name in scope.outsides else "a service"
            msg = f"the stack has {what} {self.name} already"
            raise self._misplaced(msg, "give one a name of its own: super().__init__(…, name=…)")
        constructs.Construct.__init__(self, scope, self.name)
        Connected.__init__(self, scope, Party(name=self.name, labels=self.labels()))
        self.trace = callers()
        self.settings = settings
        self.workloads: list[Workload] = []
        self.exposed: list[Endpoint] = []
        self.certificates: set[str] = set()
        self.solver: NetworkPolicy | None = None
        self.secrets: dict[str, SecretKey] = {}
        self.waivers: list[Waiver] = []
        self.config_maps: list[ConfigMap] = []
        self._kubernetes_services: dict[str, KubernetesService] = {}
        scope.services.append(self)
        Manifest(self, "service-account", self._account())
        NetworkPolicy(self, self.name, self.party)
        self.uses(*given)

    def id_of(self, kind: str, name: str) -> str:
        """Return a construct id: the kind, and the name where it is not the service's own."""
        return kind if name == self.name else f"{kind}-{name}"

    def component(self, name: str) -> str:
        """Return the component of the pods of the workload *name*: `server`, or its name."""
        return SERVER if name == self.name else name

    def selector(self, component: str = SERVER) -> dict[str, str]:
        """Return the labels that select the pods of one component."""
        return {NAME_LABEL: self.name, COMPONENT_LABEL: component}

    def labels(self, component: str | None = None) -> dict[str, str]:
        """Return the labels of a manifest; the stack adds its own to all."""
        return self.selector(component) if component else {NAME_LABEL: self.name}

    def container(
        self,
        *,
        name: str | None = None,
        image: Image | None = None,
        resources: Resources | None = None,
        command: Sequence[str] | None = None,
        args: Sequence[str] | None = None,
        ports: Sequence[Port] = (),
        env: Mapping[str, EnvValue] | None = None,
        env_from: Sequence[ConfigMap] = (),
        mounts: Mapping[str, Volume | Mount] | None = None,
        probes: Probes | None = None,
        drain: int | None = None,
    ) -> Container:
        """
        Make a container, by default with the service's name, image and resources.

        Args:
            Those of `Container`.
        """
        return Container(
            name=name or self.name,
            image=image or self.settings.image,
            resources=resources or self.settings.resources,
            command=command,
            args=args,
            ports=ports,
            env={} if env is None else env,
            env_from=env_from,
            mounts=mounts or {},
            probes=probes,
            drain=drain,
        )

    def endpoint(
        self,
        port: Port,
        *,
        name: str | None = None,
        service_port: int | None = None,
        headless: bool = False,
    ) -> Endpoint:
        """
        Make *port* of the main pods reachable for other services.

        Args:
            port: One that a container of the main workload has.
            name: Of the Kubernetes Service; the service's own name by default.
            service_port: Of the Kubernetes Service; the same number by default.
            headless: Without an address of its own: the name resolves to the pods.

        Raises:
            ValueError: The Kubernetes Service has something else already.
        """
        found = self.kubernetes_service(name or self.name, SERVER, headless=headless)
        return found.endpoint(self, port, service_port)

    def kubernetes_service(
        self, name: str, component: str, *, headless: bool = False
    ) -> KubernetesService:
        """
        Return the Kubernetes Service *name*, made if it does not exist yet.

        Raises:
            ValueError: It leads to the pods of another component.
        """
        found = self._kubernetes_services.get(name)
        if found is None:
            found = KubernetesService(self, name=name, component=component, headless=headless)
            self._kubernetes_services[name] = found
        if found.component != component:
            msg = f"the Kubernetes Service {name} leads to other pods already: {found.component}"
            raise ValueError(msg)
        return found

    def scrape_annotations(self, component: str) -> dict[str, str]:
        """
        Return the annotations by which scrapers find the pods of *component*.

        Raises:
            ValueError: They would have to name two ports.
        """
        sides = [w for w in self.workloads if w.component == component]
        every = [self, *sides] if component == SERVER else sides
        found = {port: path for side in every for port, path in side.metrics.items()}
        if len(found) > 1:
            numbers = " and ".join(str(port.number) for port in found)
            msg = f"scrapers find one port of a pod, and {numbers} of {self.name} are scraped"
            raise ValueError(msg)
        for port, path in found.items():
            return {
                "prometheus.io/scrape": "true",
                "prometheus.io/port": str(port.number),
                "prometheus.io/path": path,
            }
        return {}

    def config(
        self, files: Mapping[str, FileContent | ConfigFile], *, name: str | None = None
    ) -> ConfigMap:
        """Put *files* (name to content, or a function that returns it) into a ConfigMap."""
        made = ConfigMap(self, files, name=name or self.name)
        self.config_maps.append(made)
        return made

    def secret(
        self,
        key: str,
        recipe: Recipe,
        *,
        rotate_days: int | None = None,
        live_update: LiveUpdate | None = None,
    ) -> SecretKey:
        """
        Declare one key of the service's Secret; its value is generated later, by `k8sgen secrets`.

        Args:
            rotate_days: After how many days a new value is due; `None` is never.
            live_update: How the running server that checks the value learns a new one; the server
                is a workload of this service.

        Raises:
            ValueError: The key is declared already, in another way.
        """
        found = SecretKey(
            secret=self.name,
            key=key,
            recipe=recipe,
            rotate_days=rotate_days,
            live_update=live_update,
            location=next(iter(callers()), None),
        )
        if self.secrets.setdefault(key, found) != found:
            msg = f"the key {key!r} of the Secret {self.name} is declared twice, differently"
            raise ValueError(msg)
        return found

    def misplaced_live_updates(self) -> Iterator[ProjectError]:
        """Return what is wrong with the live updates, once all workloads are made."""
        own = [workload.reference for workload in self.workloads]
        for key in self.secrets.values():
            if key.live_update and key.live_update.workload not in own:
                what = key.live_update.workload
                msg = (
                    f"the live update of {key.name} is for {what}, which {self.name} does not have"
                )
                hint = f"it has: {', '.join(own) or 'no workload'}"
                yield ProjectError(msg, hint=hint, location=key.location)

    def waive(
        self, rule: str, *, reason: str, kind: str | None = None, name: str | None = None
    ) -> None:
        """
        Let `validate` waive one rule for the service's manifests, or for some of them.

        Args:
            rule: Its id, as in docs/rules.md.
            reason: Why; the report shows it.
            kind: Only manifests of this kind.
            name: Only manifests of this name.
        """
        place = next(iter(callers()), None)
        waiver = Waiver(
            rule=rule, reason=reason, kind=kind, name=name, service=self.name, location=place
        )
        self.waivers.append(waiver)

    def _misplaced(self, problem: str, hint: str) -> ProjectError:
        """Return an error placed where the stack makes the service."""
        modules = (sys.modules.get(cls.__module__) for cls in type(self).__mro__)
        own = {getattr(module, "__file__", None) for module in modules}
        trace = callers()
        outside = (place for place in trace if str(place.file) not in own)
        return ProjectError(problem, hint=hint, location=next(outside, next(iter(trace), None)))

    def _account(self) -> dict[str, Any]:
        pull = self.stack.environment.cluster.pull_secret
        return {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": self.name, "labels": self.labels()},
            "automountServiceAccountToken": False,
            "imagePullSecrets": [{"name": pull}] if pull else None,
        }

    @staticmethod
    def of(construct: constructs.IConstruct) -> Service:
        """Find the service that contains *construct*."""
        found = construct
        while not isinstance(found, Service):
            found = cast(constructs.IConstruct, found.node.scope)
        return found
