"""Single faults injected into the rendered production environment, and what `validate` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from k8sgen.actions.validate import context_of
from k8sgen.checks.context import Context
from k8sgen.checks.run import check
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project
from tests.conformance.mutate import Addition, Body, Mutation, Removal
from tests.conformance.mutations import MISSED_AT, MUTATIONS

Fault = Mutation | Removal | Addition


@pytest.fixture(scope="module")
def production(
    project: Project, compositions: Mapping[str, Composition]
) -> tuple[list[Body], Context]:
    """
    The manifests of production, and the facts about them.
    """
    composition = compositions["production"]
    bodies = [resource.body for resource in composition.resources]
    return bodies, context_of(composition, project.root)


def _tried(bodies: list[Body]) -> Iterator[tuple[Fault, str, list[Body]]]:
    for mutation in MUTATIONS:
        for where, changed in mutation.faults(bodies):
            yield mutation, where, changed


def _outcome(production: tuple[list[Body], Context]) -> dict[str, list[str]]:
    bodies, context = production
    found: list[str] = []
    missed: list[str] = []
    allowed: list[str] = []
    for mutation, where, changed in _tried(bodies):
        name = f"{mutation.name}: {where}"
        if check(changed, context).findings:
            found.append(name)
        elif mutation.missed or any(name.startswith(place) for place in MISSED_AT):
            allowed.append(name)
        else:
            missed.append(name)
    return {"found": found, "missed": missed, "allowed": allowed}


def test_production_as_it_is_has_no_finding(production: tuple[list[Body], Context]) -> None:
    """
    What the faults are injected into is sound.
    """
    bodies, context = production
    assert check(bodies, context).findings == ()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_every_mutation_finds_a_place(
    mutation: Fault, production: tuple[list[Body], Context]
) -> None:
    """
    No row of the table is about something that production does not have.
    """
    assert next(mutation.faults(production[0]), None) is not None


@pytest.mark.slow
def test_single_faults_are_found(production: tuple[list[Body], Context]) -> None:
    """
    At every place in production, 95 % of them are; the others are named, with the reason.
    """
    outcome = _outcome(production)
    every = sum(map(len, outcome.values()))
    share = len(outcome["found"]) / every
    assert every >= 100
    assert outcome["missed"] == []
    assert share >= 0.95, f"{share:.1%} of {every}"
