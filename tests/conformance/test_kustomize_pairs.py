"""Random pairs of sets of manifests: the overlay builds what is wanted, says the real kustomize."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conformance.batches import Failure, judge, minimal
from tests.conformance.manifests import Pair, pairs
from tests.tools import tool

BATCH = 100
"""Pairs to one run of kustomize, whose time grows faster than its input."""


def test_few_overlays_build_what_is_wanted() -> None:
    """
    Each overlay of 50 random pairs builds, in process and in kustomize, what is wanted.
    """
    assert_all_build(50)


@pytest.mark.slow
def test_many_overlays_build_what_is_wanted() -> None:
    """
    So does that of each of 2,000 pairs, or of as many as `K8SGEN_PAIRS` says.
    """
    assert_all_build(int(os.environ.get("K8SGEN_PAIRS", "2000")))


def assert_all_build(count: int) -> None:
    """
    Judge *count* pairs; show the first that fails, as small as it still fails.
    """
    kubectl = tool("kubectl")
    number = int(os.environ.get("K8SGEN_SEED", "0"))
    failures = judged(count, number, kubectl)
    if failures:
        smallest = minimal(failures[0].pair, lambda pair: bool(judge([pair], kubectl)))
        shown = next(iter(judge([smallest], kubectl)), failures[0])
        pytest.fail(f"{len(failures)} of {count} pairs (K8SGEN_SEED={number}), the first:\n{shown}")


def judged(count: int, number: int, kubectl: str) -> list[Failure]:
    """
    Draw *count* pairs from the seed *number* and judge them in batches, two at a time.
    """
    batch: list[Pair] = []
    running: list[Future[list[Failure]]] = []
    failures: list[Failure] = []

    def finish(most: int) -> None:
        while len(running) > most:
            failures.extend(running.pop(0).result())

    with ThreadPoolExecutor(2) as pool:

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(pairs())
        def draw(pair: Pair) -> None:
            batch.append(pair)
            if len(batch) == BATCH:
                running.append(pool.submit(judge, _taken(batch), kubectl))
                finish(3)

        draw()
        if batch:
            running.append(pool.submit(judge, _taken(batch), kubectl))
        finish(0)
    return failures


def _taken(batch: list[Pair]) -> Sequence[Pair]:
    taken = list(batch)
    batch.clear()
    return taken
