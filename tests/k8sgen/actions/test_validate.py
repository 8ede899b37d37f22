"""Environments as the checks see them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from k8sgen.actions.validate import context_of, validate
from k8sgen.project.compose import Composition, compose
from k8sgen.project.project import Project


def test_a_sound_environment_has_no_finding(
    project: Project, compositions: Mapping[str, Composition]
) -> None:
    """
    Neither error nor warning, and nothing is waived.
    """
    report = validate(compositions["staging"], project.root)
    assert [finding.message for finding in report.findings] == []
    assert [waived.reason for waived in report.waived] == []


def test_a_pull_secret_is_made_by_others(project: Project) -> None:
    """
    So nothing complains that the project does not declare it.
    """
    staging = project.environments["staging"]
    cluster = attrs.evolve(staging.cluster, pull_secret="registry")
    private = attrs.evolve(staging, cluster=cluster)
    report = validate(compose(project.stack, private, project.root), project.root)
    assert [finding.message for finding in report.findings] == []


def test_edges_are_those_of_the_stack(
    project: Project, compositions: Mapping[str, Composition]
) -> None:
    """
    Every endpoint that a service is given, what is exposed and scraped, and DNS for all.
    """
    composition = compositions["production"]
    found = context_of(composition, project.root).edges or ()
    services = composition.stack.services
    sides = [side for service in services for side in (service, *service.workloads)]
    used = [edge for edge in found if edge.reason == "used"]
    assert len(used) == sum(len(side.used) for side in sides)
    dns = composition.environment.cluster.dns.party("dns")
    lookups = [edge for edge in found if edge.server == dns]
    assert {(e.port, e.protocol) for e in lookups} == {(53, "UDP"), (53, "TCP")}
    assert len(lookups) == 2 * len(services)


def test_every_manifest_has_an_origin(
    project: Project, compositions: Mapping[str, Composition]
) -> None:
    """
    With a line of the user's, below `services/`.
    """
    composition = compositions["production"]
    origins = context_of(composition, project.root).origins
    assert len(origins) == len(composition.resources)
    assert all(o.location and o.location.file.parts[0] == "services" for o in origins.values())
