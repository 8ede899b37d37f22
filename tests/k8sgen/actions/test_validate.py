"""The shipped environments, as the checks see them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest

from k8sgen.actions.validate import context_of, validate
from k8sgen.project.compose import Composition, compose
from k8sgen.project.project import Project


@pytest.mark.parametrize("name", ["local", "staging", "production"])
def test_shipped_environments_have_no_finding(
    name: str, project: Project, compositions: Mapping[str, Composition]
) -> None:
    """
    Neither error nor warning, and nothing is waived.
    """
    report = validate(compositions[name], project.root)
    assert [finding.message for finding in report.findings] == []
    assert [waived.reason for waived in report.waived] == []


def test_a_pull_secret_is_made_by_others(project: Project) -> None:
    """
    So nothing complains that the project does not declare it.
    """
    production = project.environments["production"]
    cluster = attrs.evolve(production.cluster, pull_secret="registry")
    private = attrs.evolve(production, cluster=cluster)
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
    used = sum(len(service.used) for service in services)
    own = [edge for edge in found if not (edge.client.namespace or edge.server.namespace)]
    assert len(own) == used
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
