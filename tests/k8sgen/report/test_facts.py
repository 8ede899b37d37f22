"""The facts that are read from the compositions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from k8sgen.checks.waiver import Waiver
from k8sgen.project.compose import Composition
from k8sgen.project.contract import needs
from k8sgen.project.project import Project
from k8sgen.report import Facts, collect


@pytest.fixture(scope="module")
def facts(project: Project, compositions: Mapping[str, Composition]) -> Facts:
    """
    The facts of the shop.
    """
    return collect(project, compositions)


def test_every_environment_and_service_is_there(
    facts: Facts, project: Project, compositions: Mapping[str, Composition]
) -> None:
    """In the order of the environments and of the stack."""
    assert [place.name for place in facts.places] == list(project.environments)
    names = [service.name for service in compositions["base"].stack.services]
    assert list(facts.services[: len(names)]) == names
    assert facts.services[len(names) :] == ("api-server", "mail")


def test_a_service_is_shown_as_its_manifests_have_it(
    facts: Facts, compositions: Mapping[str, Composition]
) -> None:
    """Image, storage and hosts are those of the rendered production environment."""
    (place,) = (place for place in facts.places if place.name == "production")
    bodies = compositions["production"].groups()
    for service, running in place.running.items():
        images = [
            container["image"]
            for body in bodies[service]
            if body["kind"] in ("Deployment", "StatefulSet")
            for container in body["spec"]["template"]["spec"]["containers"]
        ]
        assert images[0] == running.image
    assert place.running["queue"].storage == ("1Gi",)
    assert place.running["storefront"].pods == ("3-9", "storefront-worker 1-20")
    assert place.running["storefront"].urls == ("https://shop.example.com",)


def test_every_key_of_the_contract_has_a_state(
    facts: Facts, compositions: Mapping[str, Composition]
) -> None:
    """None is left out, and none is overdue, since the page has no clock."""
    for place in facts.places:
        secrets = needs(compositions[place.name]).secrets.values()
        wanted = {key.name for needed in secrets for key in needed.keys.values()}
        shown = [status for running in place.running.values() for status in running.secrets]
        assert {f"{status.secret}/{status.key}" for status in shown} == wanted
        assert "overdue" not in {status.state for status in shown}


def test_a_sound_environment_has_no_findings_and_keeps_its_quota(facts: Facts) -> None:
    """Nothing is over a hundred percent."""
    for place in facts.places:
        assert place.report.findings == ()
        assert place.quota
        assert max(use.percent for use in place.quota) <= 100


def test_findings_need_no_schemas(
    project: Project,
    compositions: Mapping[str, Composition],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The page is the same on a machine without the schemas that `validate` needs."""
    known = collect(project, compositions)
    monkeypatch.setenv("K8SGEN_SCHEMAS", str(tmp_path))
    monkeypatch.setattr("k8sgen.checks.schemas.kubernetes.validator", _unavailable)
    assert collect(project, compositions).places == known.places


def _unavailable(*_: object) -> None:
    pytest.fail("the page looked for schemas")


def test_a_waiver_of_a_schema_rule_is_not_called_idle(
    project: Project, compositions: Mapping[str, Composition], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `validate` runs that rule, and can say whether the waiver is needed."""
    waiver = Waiver(rule="schema", reason="a field of a fork", service="catalog")
    service = compositions["staging"].stack.services[0]
    monkeypatch.setattr(service, "waivers", [waiver])
    staging = attrs.evolve(project, environments={"staging": project.environments["staging"]})
    (place,) = collect(staging, compositions).places
    assert place.report.findings == ()
