"""The rules that say what a change does; each reads two states of one resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from k8sgen.changes.level import Verdict
from k8sgen.changes.rules import (
    access,
    config,
    fixed,
    lifecycle,
    limits,
    rollout,
    routes,
    storage,
    traffic,
    wire,
)
from k8sgen.changes.states import Case

Rule = Callable[[Case], Iterator[Verdict]]

RULES: Sequence[Rule] = (
    lifecycle.comes_and_goes,
    fixed.fixed_fields,
    rollout.pods,
    rollout.replicas,
    rollout.bounds,
    limits.budget,
    limits.quota,
    storage.claims,
    storage.mounted,
    config.files,
    wire.kubernetes_service,
    wire.ingress,
    routes.routes,
    access.powers,
    access.roles,
    traffic.policies,
)


def judge(case: Case) -> tuple[Verdict, ...]:
    """Return what one change does, the worst first."""
    found = [verdict for rule in RULES for verdict in rule(case)]
    return tuple(sorted(dict.fromkeys(found), key=lambda verdict: -verdict.level))
