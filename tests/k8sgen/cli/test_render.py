"""`render`: the flat manifests of one environment."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from tests.projects import run


def test_json_and_yaml_say_the_same(synthesized: Path) -> None:
    """`-o json` gives a List of the same manifests."""
    listed = json.loads(run(synthesized, "render", "staging", "-o", "json").out)
    streamed = list(yaml.safe_load_all(run(synthesized, "render", "staging").out))
    assert (listed["apiVersion"], listed["kind"]) == ("v1", "List")
    assert listed["items"] == streamed


def test_a_service_and_a_kind_choose_among_them(synthesized: Path) -> None:
    """Kinds are matched whatever their case, as kubectl does."""
    ran = run(synthesized, "render", "staging", "--service", "web", "--kind", "deployment")
    (only,) = yaml.safe_load_all(ran.out)
    assert (only["kind"], only["metadata"]["name"]) == ("Deployment", "web")


def test_names_are_found_in_any_case(synthesized: Path) -> None:
    """A service and a kind, however they are written, give their manifests and never nothing."""
    exact = run(synthesized, "render", "staging", "--service", "web", "--kind", "Deployment")
    loose = run(synthesized, "render", "staging", "--service", "Web", "--kind", "deployment")
    assert exact.out
    assert loose.out == exact.out


def test_it_writes_nothing(synthesized: Path, tmp_path: Path) -> None:
    """Only standard output."""
    before = sorted(synthesized.rglob("*"))
    assert run(synthesized, "render", "production").status == 0
    assert sorted(synthesized.rglob("*")) == before
