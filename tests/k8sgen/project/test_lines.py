"""Where a project's files set a setting: in the environment, or as a default."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8sgen.errors import Location
from k8sgen.project.lines import default_at, line_of, set_at
from k8sgen.project.project import load
from tests.projects import write_project

PRODUCTION = """\
from k8sgen import Compute, Image, Resources
from services.cache import CacheSettings
from services.stack import Environment
from services.web import WebSettings

SMALL = Resources(
    requests=Compute(cpu="10m", memory="32Mi"),
    limits=Compute(cpu="1", memory="256Mi"),
)
HOST = "example.com"

production = Environment(
    name="production",
    domain=HOST,
    cache=CacheSettings(image=Image("redis", "8.1")),
    web=WebSettings(resources=SMALL),
)
"""
HERE = "environments/production.py"


@pytest.mark.parametrize(
    ("setting", "place", "default"),
    [
        ("web.resources.limits.memory", f"{HERE}:8", "k8sgen/settings/resources.py"),
        ("web.resources.requests.cpu", f"{HERE}:7", "k8sgen/settings/resources.py"),
        ("domain", f"{HERE}:14", "services/stack.py:12"),
        ("cache.image.tag", f"{HERE}:15", "services/cache.py:11"),
        ("web.image.tag", "services/web.py:10", "services/web.py:10"),
        ("web.log_level", "services/web.py:11", "services/web.py:11"),
    ],
)
def test_a_setting_is_found_through_names_arguments_and_defaults(
    tmp_path: Path, setting: str, place: str, default: str
) -> None:
    """
    A group that has a name is followed into it; a value that has one stays where it is used.
    """
    project = load(write_project(tmp_path, {HERE: PRODUCTION}))
    assert str(set_at(project, "production", setting)) == place
    assert str(default_at(project, setting)).startswith(default)


def test_what_to_change_is_a_line_of_the_environment(tmp_path: Path) -> None:
    """
    The override, or else the innermost group that the environment sets.
    """
    files = {HERE: PRODUCTION, "environments/production.yaml": "web:\n  log_level: debug\n"}
    project = load(write_project(tmp_path, files))
    assert line_of(project, "production", "web.log_level") == Location(
        Path("environments/production.yaml"), 2
    )
    assert line_of(project, "production", "web.image.tag") == Location(Path(HERE), 16)
    assert line_of(project, "production", "cluster.context") == Location(Path(HERE), 12)
