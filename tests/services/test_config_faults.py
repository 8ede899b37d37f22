"""What the programs could not work with in their files is found, and its place is named."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from k8sgen.actions.validate import context_of
from k8sgen.checks.catalog import RULES
from k8sgen.checks.run import check
from k8sgen.project.compose import Composition
from tests.conftest import ROOT

FAULTS = (
    ("redis/redis.conf", "maxmemory 409mb", "maxmemory 3gb", "not less than"),
    ("redis/redis.conf", "maxmemory 409mb", "maxmemory lots", "not an amount"),
    ("redis/redis.conf", "allkeys-lru", "allkeys-lfru", "is not one of"),
    ("redis/redis.conf", "everysec", "every-second", "is not one of"),
    ("redis/redis.conf", "dir /data", "dir /data\nport 6380", "6380 is no port"),
    ("postgres/postgresql.conf", "shared_buffers = '", "shared_buffers = '9", "not less than"),
    ("postgres/postgresql.conf", "shared_buffers = '", "shared_buffers = 'x", "not an amount"),
    ("postgres/postgresql.conf", "huge_pages = off", "huge_pages off on", "is not a parameter"),
    ("postgres/postgresql.conf", "\ntimezone = 'UTC'", "\nport = 5433", "5433 is no port"),
    ("postgres/postgresql.conf", "max_connections = ", "max_connections = x", "not a number"),
    ("postgres/pg_hba.conf", "scram-sha-256", "trust", "without a password"),
    ("postgres/pg_hba.conf", "scram-sha-256", "scram", "names no method"),
    ("postgres/pg_hba.conf", "local  ", "locale ", "is not one of"),
    ("hydra/hydra.yaml", "port: 4444", "port: 4443", "4443 is no port"),
    ("hydra/hydra.yaml", "port: 4445", "port: 4446", "4446 is no port"),
    ("hydra/hydra.yaml", "issuer: https://id.", "issuer: https://ids.", "opens the host"),
    ("hydra/hydra.yaml", "serve:", "serve: [", "not valid YAML"),
    ("hydra/hydra.yaml", "serve:", "server:", "not judged by config-file"),
    ("oathkeeper/oathkeeper.yaml", "port: 4455", "port: 4454", "4454 is no port"),
    ("oathkeeper/oathkeeper.yaml", "port: 9000", "port: 9001", "9001 is no port"),
    ("oathkeeper/rules.yaml", "handler: allow", "handler: deny", "is not enabled"),
    ("oathkeeper/rules.yaml", "handler: noop", "handler: anonymous", "is not enabled"),
    ("oathkeeper/rules.yaml", "https://api.", "https://apis.", "opens the host"),
    ("oathkeeper/rules.yaml", "<(/", "<((/", "is not a regular expression"),
    ("oathkeeper/rules.yaml", "id: auth-handler", "id: backend-api", "two rules of this id"),
    ("backend/PORT", "8000", "8001", "PORT is 8001"),
    ("backend/METRICS_PORT", "9090", "9091", "METRICS_PORT is 9091"),
    ("auth-handler/PORT", "3000", "300", "PORT is 300"),
    ("template-system/PORT", "8080", "8081", "PORT is 8081"),
)


def _found(composition: Composition, bodies: list[dict[str, Any]]) -> list[str]:
    rules = [rule for rule in RULES if rule.id.startswith(("config-", "port-variable"))]
    report = check(bodies, context_of(composition, ROOT), rules)
    return [f.message for f in report.findings if f.rule != "waiver"]


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS)
def test_a_fault_in_a_file_is_found(
    file: str, old: str, new: str, said: str, compositions: Mapping[str, Composition]
) -> None:
    """
    One change of production's text, and nothing else is said.
    """
    composition = compositions["production"]
    bodies = copy.deepcopy(composition.bodies())
    name, key = file.split("/")
    (data,) = (
        body["data"]
        for body in bodies
        if (body["kind"], body["metadata"]["name"]) == ("ConfigMap", name)
    )
    assert old in data[key]
    assert _found(composition, bodies) == []
    data[key] = data[key].replace(old, new, 1)
    found = _found(composition, bodies)
    assert found
    assert all(said in message for message in found)
