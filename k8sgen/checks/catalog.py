"""All rules, in the order in which they are documented."""

from __future__ import annotations

from collections.abc import Mapping

from k8sgen.checks.rule import Rule
from k8sgen.checks.rules import (
    access,
    availability,
    capacity,
    config_files,
    declared,
    network,
    plaintext,
    pod_security,
    pods,
    reachability,
    running,
    schemas,
    targets,
    values,
)
from k8sgen.checks.rules import addresses as urls

GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "Schemas": (*schemas.RULES, *values.RULES),
    "References": (*pods.RULES, *config_files.RULES, *network.RULES, *targets.RULES, *urls.RULES),
    "Reachability": (*reachability.RULES, *declared.RULES),
    "Policy": (
        *pod_security.RULES,
        *running.RULES,
        *availability.RULES,
        *access.RULES,
        *capacity.RULES,
        *plaintext.RULES,
    ),
}

RULES: tuple[Rule, ...] = tuple(rule for group in GROUPS.values() for rule in group)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}
