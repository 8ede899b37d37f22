"""What disruption budgets and quotas let happen."""

from __future__ import annotations

from typing import Any

import pytest

from k8sgen.changes.level import Level
from tests.k8sgen.changes.cases import BODIES, SELECTOR, change
from tests.k8sgen.changes.judging import added, changed, verdicts

WEB = BODIES["Deployment"]
BUDGET = BODIES["PodDisruptionBudget"]
QUOTA = BODIES["ResourceQuota"]


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ({"minAvailable": 1}, {"minAvailable": 0}, Level.MAY_INTERRUPT),
        ({"minAvailable": "50%"}, {"minAvailable": "0%"}, Level.MAY_INTERRUPT),
        ({"maxUnavailable": 1}, {"maxUnavailable": "100%"}, Level.MAY_INTERRUPT),
        ({"maxUnavailable": 1}, {"maxUnavailable": 0}, Level.MAY_INTERRUPT),
        ({"minAvailable": 1}, {"minAvailable": 3}, Level.MAY_INTERRUPT),
        ({"minAvailable": 1}, {"minAvailable": 2}, None),
        ({"minAvailable": 0}, {"minAvailable": 1}, None),
    ],
)
def test_a_budget_that_protects_nothing_or_everything_may_interrupt(
    before: dict[str, Any], after: dict[str, Any], level: Level | None
) -> None:
    """
    Of three pods one must stay at a drain, and one must be free to go.
    """
    old, new = (change(BUDGET, "spec", {**s, "selector": SELECTOR}) for s in (before, after))
    found = [level for _, level, _ in verdicts([old, WEB], [new, WEB])]
    assert max(found, default=None) == level


def test_a_quota_below_what_the_pods_ask_for_may_interrupt() -> None:
    """
    Three pods, and one that a rollout adds: four are enough, three are not, on any line of it.
    """
    assert not changed("ResourceQuota", "spec.hard.pods", "5", WEB)
    assert "pods is 3" in changed("ResourceQuota", "spec.hard.pods", "3", WEB)[Level.MAY_INTERRUPT]
    hard = {"pods": "4", "requests.memory": "3Gi"}
    found = changed("ResourceQuota", "spec.hard", hard, WEB)
    assert "requests.memory is 3Gi, less than the 4096Mi" in found[Level.MAY_INTERRUPT]
    assert not added(change(QUOTA, "spec.hard.pods", "4"), WEB)
    assert Level.MAY_INTERRUPT in added(change(QUOTA, "spec.hard.pods", "3"), WEB)
