"""A project on disk becomes its stack and its environments."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from k8sgen.errors import Location, UsageError
from k8sgen.project import project
from k8sgen.project.files import names
from tests.projects import edited, own_imports, write_project


def test_environments_are_the_files_of_their_folder(tmp_path: Path) -> None:
    """In alphabetical order, underscores as dashes; what starts with one is none."""
    write_project(tmp_path, {"environments/eu_west.py": "", "environments/_common.py": ""})
    assert names(tmp_path) == ["eu-west", "production", "staging"]


def test_only_the_environments_that_were_asked_for_are_loaded(tmp_path: Path) -> None:
    """A fault in another one is not in the way."""
    write_project(tmp_path, {"environments/staging.py": "syntax error\n"})
    with own_imports():
        found = project.load(tmp_path, ["production"])
        assert list(found.environments) == ["production"]
        assert not found.is_whole
        assert "environments.staging" not in sys.modules


def test_the_defaults_are_the_base(tmp_path: Path) -> None:
    """An environment says only what differs."""
    with own_imports():
        found = project.load(write_project(tmp_path))
        assert found.is_whole
        assert found.base.is_base
        assert found.base == type(found.environments["production"])()


def test_overrides_lie_over_the_value(tmp_path: Path) -> None:
    """And their lines are known."""
    write_project(tmp_path, {"environments/staging.yaml": "web:\n  replicas: 7\n"})
    with own_imports():
        found = project.load(tmp_path)
        web = getattr(found.environments["staging"], "web")  # noqa: B009  (of the project's class)
        assert web.replicas == 7
        place = Location(Path("environments/staging.yaml"), 2)
        assert found.overridden == {"production": {}, "staging": {"web.replicas": place}}


def test_an_environment_may_have_a_dash_in_its_name(tmp_path: Path) -> None:
    """Its file and its value have an underscore there."""
    text = edited("environments/staging.py", 'staging = Environment(name="staging"',
                  'eu_west = Environment(name="eu-west"')  # fmt: skip
    write_project(tmp_path, {"environments/eu_west.py": text["environments/staging.py"]})
    with own_imports():
        assert project.load(tmp_path, ["eu-west"]).environments["eu-west"].name == "eu-west"


def test_one_process_can_load_two_projects(tmp_path: Path) -> None:
    """Each gets its own `services` and `environments`."""
    first = write_project(tmp_path / "first")
    second = write_project(tmp_path / "second", edited("services/stack.py", '"example"', '"other"'))
    with own_imports():
        parts = [project.load(root).stack.part_of for root in (first, second, first)]
    assert parts == ["example", "other", "example"]


def test_an_environment_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Before anything is imported."""
    write_project(tmp_path, {"services/stack.py": "syntax error\n"})
    with pytest.raises(UsageError, match="there is no environment 'stagign'"):
        project.load(tmp_path, ["stagign"])
