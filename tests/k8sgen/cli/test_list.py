"""`list`: what there is."""

from __future__ import annotations

import json
from pathlib import Path

from tests.projects import edited, run, write_project


def test_every_service_of_every_environment_is_a_row(synthesized: Path) -> None:
    """With its replicas and its image."""
    assert json.loads(run(synthesized, "list", "--json").out) == [
        {"environment": e, "service": s, "replicas": r, "image": i}
        for e, s, r, i in [
            ("production", "cache", "1", "redis:8.0"),
            ("production", "web", "3", "ghcr.io/example/web:1.0.0"),
            ("staging", "cache", "1", "redis:8.0"),
            ("staging", "web", "2", "ghcr.io/example/web:1.0.0"),
        ]
    ]


def test_people_get_a_table(synthesized: Path) -> None:
    """In columns, without colour off a terminal."""
    head, first, *_ = run(synthesized, "list").out.splitlines()
    assert head.split() == ["environment", "service", "replicas", "image"]
    assert first.index("cache") == head.index("service")


def test_a_service_left_out_is_no_row(root: Path) -> None:
    """`None` leaves a service out."""
    write_project(root, edited("environments/staging.py", "WebSettings(replicas=2)", "None"))
    rows = json.loads(run(root, "list", "--json").out)
    assert ("staging", "web") not in {(row["environment"], row["service"]) for row in rows}


def test_an_autoscaled_service_shows_its_bounds(root: Path) -> None:
    """`2-5` instead of the replicas that the autoscaler moves."""
    overrides = "web: {replicas: {min_replicas: 2, max_replicas: 5}}\n"
    write_project(root, {"environments/staging.yaml": overrides})
    rows = json.loads(run(root, "list", "--json").out)
    assert [r["replicas"] for r in rows if r["environment"] == "staging"] == ["1", "2-5"]
