"""What the page shows, read from the compositions and the committed files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from k8sgen.actions.validate import context_of
from k8sgen.checks.catalog import BY_ID, RULES
from k8sgen.checks.finding import Report
from k8sgen.checks.rules import schemas
from k8sgen.checks.run import check
from k8sgen.project.compose import Composition
from k8sgen.project.contract import needs
from k8sgen.project.project import Project
from k8sgen.report.quota import QuotaUse, quota_use
from k8sgen.report.settings import SettingDifference, differences
from k8sgen.secrets.contract.status import Status, status
from k8sgen.secrets.files.store import Store
from k8sgen.settings.resources import Resources
from k8sgen.topology import Node, Topology, topology

_RULES = tuple(rule for rule in RULES if rule not in schemas.RULES)
"""The rules that need nothing but the project, so that every machine finds the same."""

_NEVER_DUE = datetime.min.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Running:
    """
    One service in one environment.

    Args:
        pods: How many run, as in "3" or "3-12", of each workload.
        storage: A volume each, as in "100Gi ssd".
        urls: Where it is reached from outside.
        secrets: The keys that it needs, in the order of their declaration.
    """

    image: str
    pods: tuple[str, ...]
    resources: Resources
    storage: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    secrets: tuple[Status, ...] = ()


@attrs.frozen(kw_only=True)
class EnvironmentFacts:
    """
    One environment.

    Args:
        running: By service, in the stack's order.
        resources: How many manifests it has.
    """

    name: str
    namespace: str
    kubernetes_version: str
    topology: Topology
    running: Mapping[str, Running]
    quota: tuple[QuotaUse, ...]
    resources: int
    report: Report


@attrs.frozen(kw_only=True)
class Facts:
    """
    All that the page shows.

    Args:
        services: Those of all environments, in the order of the base's stack, then what they use
            outside the cluster.
    """

    product: str
    services: tuple[str, ...]
    places: tuple[EnvironmentFacts, ...]
    differences: tuple[SettingDifference, ...]


def collect(project: Project, compositions: Mapping[str, Composition]) -> Facts:
    """
    Collect the facts of *project*.

    Args:
        compositions: Those of the base and of every environment, by name.
    """
    places = [_place(compositions[name], project) for name in project.environments]
    base = [service.name for service in compositions[project.base.name].stack.services]
    names = [node.name for place in places for node in place.topology.nodes]
    outside = [node.name for place in places for node in place.topology.outside]
    return Facts(
        product=project.stack.part_of,
        services=tuple(dict.fromkeys([*(n for n in base if n in names), *names, *outside])),
        places=tuple(places),
        differences=differences(project.base, list(project.environments.values())),
    )


def _place(composition: Composition, project: Project) -> EnvironmentFacts:
    environment = composition.environment
    bodies = composition.bodies()
    drawn = topology(composition)
    return EnvironmentFacts(
        name=environment.name,
        namespace=composition.stack.namespace_name or "",
        kubernetes_version=environment.cluster.kubernetes_version,
        topology=drawn,
        running=dict(_running(composition, drawn, _statuses(composition, project))),
        quota=tuple(quota_use(bodies)),
        resources=len(bodies),
        report=_report(composition, project),
    )


def _report(composition: Composition, project: Project) -> Report:
    context = context_of(composition, project.root)
    waivers = [w for w in context.waivers if w.rule not in BY_ID or BY_ID[w.rule] in _RULES]
    bodies = composition.bodies()
    return check(bodies, attrs.evolve(context, waivers=waivers), _RULES)


def _statuses(composition: Composition, project: Project) -> list[Status]:
    """Return the state of each key, but not whether a new value is due: the page has no clock."""
    store = Store(project.root, composition.environment.name)
    return status(needs(composition), store, _NEVER_DUE)


def _running(
    composition: Composition, drawn: Topology, statuses: Sequence[Status]
) -> Iterator[tuple[str, Running]]:
    groups = composition.groups()
    nodes = {node.name: node for node in drawn.nodes}
    for service in composition.stack.services:
        urls = (
            url for entry in drawn.entries if entry.service == service.name for url in entry.urls
        )
        yield (
            service.name,
            Running(
                image=str(service.settings.image),
                pods=tuple(_pods(nodes[service.name])),
                resources=service.settings.resources,
                storage=tuple(_volumes(groups.get(service.name, ()))),
                urls=tuple(dict.fromkeys(urls)),
                secrets=tuple(each for each in statuses if each.secret == service.name),
            ),
        )


def _pods(node: Node) -> Iterator[str]:
    for each in node.running:
        if each.pods:
            yield each.pods if each.name == node.name else f"{each.name} {each.pods}"


def _volumes(bodies: Sequence[dict[str, Any]]) -> Iterator[str]:
    claims = [body for body in bodies if body["kind"] == "PersistentVolumeClaim"]
    for body in bodies:
        if body["kind"] == "StatefulSet":
            claims += body["spec"].get("volumeClaimTemplates") or []
    for claim in claims:
        spec = claim["spec"]
        size = spec["resources"]["requests"]["storage"]
        yield f"{size} {spec.get('storageClassName') or ''}".rstrip()
