"""The wheel: what it ships, and a foreign project that is checked and synthesized with it alone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from k8sgen.tools.programs import DISTRIBUTION, install
from tests.projects import edited, shop, write_project

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """
    Run a program on a foreign project, without what this process knows of Python.
    """
    environment = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The folder with the wheel and the source distribution, built from the working tree.
    """
    folder = tmp_path_factory.mktemp("packages")
    built = run(sys.executable, "-m", "hatchling", "build", "--directory", folder, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def python(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The Python of an environment that holds the wheel; its dependencies are those of this one.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    (wheel,) = packages.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    done = run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    (place,) = folder.glob("lib/python*/site-packages")
    # What a .pth names is searched last, and its own .pth files, such as ours here, are not read.
    (place / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return python


def test_the_package_has_the_name_that_the_hints_install() -> None:
    """It is written in the library and in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert {install(extra) for extra in project["optional-dependencies"]} >= {
        "pip install 'k8sgen-kustomize[schemas]'",
        "pip install 'k8sgen-kustomize[sops]'",
    }


def test_the_license_and_the_mark_of_types_are_shipped(packages: Path) -> None:
    """In the wheel and in the source distribution."""
    (wheel,) = packages.glob("*.whl")
    (source,) = packages.glob("*.tar.gz")
    text = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
        assert archive.read(name) == text
        assert "k8sgen/py.typed" in archive.namelist()
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "k8sgen/py.typed"} <= names


def test_a_foreign_project_is_synthesized_by_the_installed_command(
    python: Path, tmp_path: Path
) -> None:
    """From another folder than ours."""
    project = write_project(tmp_path)
    imported = run(python, "-c", "import k8sgen; print(k8sgen.__file__)", cwd=project)
    assert Path(imported.stdout.strip()).is_relative_to(python.parents[1])
    done = run(python.with_name("k8sgen"), "synth", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_foreign_project_is_type_checked_against_the_wheel(python: Path, tmp_path: Path) -> None:
    """A strict mypy is content with what a product team writes."""
    checked = mypy(python, shop(tmp_path / "shop"))
    assert checked.startswith("Success"), checked


MISSPELLED = (
    ("endpoint(HTTP)", "endpoint(prot=HTTP)", 'Unexpected keyword argument "prot"'),
    ("            ports=[HTTP]", "            prots=[HTTP]", 'keyword argument "prots"'),
    ("Pod(container)", "Pod(container, usr=1)", 'Unexpected keyword argument "usr"'),
    ("given=[cache]", 'given=["cache"]', "List item 0 has incompatible type"),
)


@pytest.mark.slow
def test_what_is_misspelled_is_found_by_its_types(python: Path, tmp_path: Path) -> None:
    """Before anything runs, and nothing else is found."""
    files = {
        f"services/web{number}.py": edited("services/web.py", old, new)["services/web.py"]
        for number, (old, new, _) in enumerate(MISSPELLED)
    }
    found = mypy(python, write_project(tmp_path, files)).splitlines()[:-1]
    assert {line.partition(":")[0] for line in found} == files.keys()
    for number, (_, _, problem) in enumerate(MISSPELLED):
        assert any(problem in line for line in found if f"web{number}.py" in line), problem


def mypy(python: Path, project: Path) -> str:
    """
    Return what a strict mypy says of a project that uses the wheel.
    """
    strict = ("-m", "mypy", "--strict", "--python-executable", python)
    return run(sys.executable, *strict, "services", "environments", cwd=project).stdout
