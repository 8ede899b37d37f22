"""Single faults injected into the rendered production environment, and what `validate` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from k8sgen.actions.validate import context_of
from k8sgen.checks.context import Context
from k8sgen.checks.run import check
from k8sgen.project.compose import Composition
from k8sgen.project.project import Project
from tests.conformance.mutate import Addition, Body, Mutation, Removal
from tests.conformance.mutations import MISSED_AT, MUTATIONS

Fault = Mutation | Removal | Addition
A_FEW = 1


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


def _tried(bodies: list[Body], most: int) -> Iterator[tuple[Fault, str, list[Body]]]:
    for mutation in MUTATIONS:
        faults = list(mutation.faults(bodies))
        step = max(1, len(faults) // most)
        for where, changed in faults[::step][:most]:
            yield mutation, where, changed


def _outcome(production: tuple[list[Body], Context], most: int) -> dict[str, Any]:
    bodies, context = production
    found, missed, allowed = [], [], []
    for mutation, where, changed in _tried(bodies, most):
        name = f"{mutation.name}: {where}"
        if check(changed, context).findings:
            found.append(name)
        elif mutation.missed or any(name.startswith(place) for place in MISSED_AT):
            allowed.append(name)
        else:
            missed.append(name)
    return {"found": found, "missed": missed, "allowed": allowed}


def _judge(outcome: Mapping[str, Sequence[str]]) -> None:
    every = [name for names in outcome.values() for name in names]
    share = len(outcome["found"]) / len(every)
    assert list(outcome["missed"]) == []
    assert share >= 0.95, f"{share:.1%} of {len(every)}"


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


def test_single_faults_are_found(production: tuple[list[Body], Context]) -> None:
    """
    Of at least 100 single faults 95 % are found; the others are named, with the reason.
    """
    outcome = _outcome(production, A_FEW)
    assert sum(map(len, outcome.values())) >= 100
    _judge(outcome)


@pytest.mark.slow
def test_every_single_fault_is_found(production: tuple[list[Body], Context]) -> None:
    """
    The same for every place in production that a row of the table finds.
    """
    _judge(_outcome(production, most=10_000))
