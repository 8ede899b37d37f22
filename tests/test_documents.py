"""The documents are true: what they tell a reader to type works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from k8sgen.cli import COMMANDS, main
from k8sgen.project.project import load
from tests.projects import own_imports
from tests.test_snapshots import WRITE

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
)
PRODUCT_TESTS = ("tests/services", "tests/environments", "tests/test_snapshots.py")
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def commands(document: str) -> list[list[str]]:
    """Return the arguments of each `python -m k8sgen` line in the document's `sh` blocks."""
    blocks = _BLOCK.findall((ROOT / document).read_text("utf-8"))
    lines = [line for block in blocks for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines if "&&" not in line]
    return [w[3:] for w in words if w[1:3] == ["-m", "k8sgen"] and w[0].endswith("python")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """
    A copy of the project, committed, that commands may write to.
    """
    place = tmp_path / "project"
    for folder in ("services", "environments", "dist"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", place)
    git = ["git", "-C", str(place), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        subprocess.run([*git, *arguments], check=True)
    return place


@pytest.mark.parametrize(
    "document",
    [d if d == "README.md" else pytest.param(d, marks=pytest.mark.slow) for d in DOCUMENTS],
)
def test_the_commands_of_a_document_work_in_its_order(
    document: str, copy: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command line of k8sgen in the document ends well, one after the other."""
    monkeypatch.chdir(copy)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(copy.parent / "config"))
    for arguments in commands(document):
        assert main(arguments) == 0, (arguments, capfd.readouterr().err)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_links_of_a_document_lead_somewhere(document: str) -> None:
    """Every relative link names a file or folder of the repository."""
    text = (ROOT / document).read_text("utf-8")
    broken = [
        link for link in _LINK.findall(text) if not (ROOT / document).parent.joinpath(link).exists()
    ]
    assert not broken


def test_the_readme_begins_with_the_two_commands() -> None:
    """The first two `sh` blocks are one line each: set up and synth, set up and test."""
    first, second = _BLOCK.findall((ROOT / "README.md").read_text("utf-8"))[:2]
    assert first.startswith("python3 -m venv")
    assert first.endswith("-m k8sgen synth production\n")
    assert second.startswith("python3 -m venv")
    assert second.endswith("-m pytest\n")


def test_the_example_of_an_override_has_its_effect(
    copy: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five pods run, and no autoscaler moves them."""
    text, _ = _YAML.findall((ROOT / "README.md").read_text("utf-8"))
    (copy / "environments/production.yaml").write_text(text)
    monkeypatch.chdir(copy)
    assert main(["render", "production", "--service", "backend"]) == 0
    made = {
        (b["kind"], b["metadata"]["name"]): b for b in yaml.safe_load_all(capfd.readouterr().out)
    }
    deployment = made["Deployment", "backend"]["spec"]
    assert deployment["replicas"] == 5
    image = deployment["template"]["spec"]["containers"][0]["image"]
    assert image == "ghcr.io/example/backend:1.4.2"
    assert ("HorizontalPodAutoscaler", "backend") not in made


def test_the_example_of_a_cluster_is_one(copy: Path) -> None:
    """It names the context of the environment that it is for."""
    _, text = _YAML.findall((ROOT / "README.md").read_text("utf-8"))
    (copy / "environments/local.yaml").write_text(text)
    with own_imports():
        assert load(copy).environments["local"].cluster.context == "k3d-local"


def add_mailer(copy: Path) -> None:
    """Paste the README's service, with its field and its call, into a copy of the project."""
    if (copy / "services/mailer.py").exists():
        pytest.skip("the product has a mailer; the example is tested where it has none")
    service, field, call = _PYTHON.findall((ROOT / "README.md").read_text("utf-8"))
    (copy / "services/mailer.py").write_text(service)
    stack = copy / "services/stack.py"
    text = stack.read_text("utf-8")
    last = "    oathkeeper: OathkeeperSettings | None = OathkeeperSettings()\n"
    text = text.replace(last, last + textwrap.indent(field, " " * 4))
    imports = "from services.mailer import Mailer, MailerSettings\n"
    text = text.replace("from services.oathkeeper", imports + "from services.oathkeeper")
    stack.write_text(text + textwrap.indent(call, " " * 8))


def pytest_in(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a copy of the project."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_new_service_lacks_its_snapshots_and_nothing_else(copy: Path) -> None:
    """
    The product's tests take their lists from the stack, and the failure prints what to run.
    """
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    add_mailer(copy)
    failed = pytest_in(copy, "-rf", *PRODUCT_TESTS)
    assert set(re.findall(r"^FAILED (\S+)\[", failed.stdout, re.MULTILINE)) == {
        "tests/test_snapshots.py::test_manifests"
    }
    assert set(re.findall(r"test_manifests\[([a-z-]+)-", failed.stdout)) == {"mailer", "postgres"}
    assert WRITE in failed.stdout
    assert pytest_in(copy, *shlex.split(WRITE)[3:]).returncode == 0
    healed = pytest_in(copy, *PRODUCT_TESTS)
    assert healed.returncode == 0, healed.stdout


def test_the_example_of_a_service_is_one(
    copy: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pasted with its field and its call, it is synthesized, and `validate` finds nothing."""
    add_mailer(copy)
    monkeypatch.chdir(copy)
    for arguments in (["synth"], ["validate", "--strict"]):
        assert main(arguments) == 0, (arguments, capfd.readouterr())
    assert (copy / "dist/base/mailer/deployment.yaml").exists()


def test_continuous_integration_takes_the_two_commands_from_the_readme() -> None:
    """`.ci/run` reads them out of the README, and the workflow runs `.ci/run`."""
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert "grep '^python3 -m venv' README.md" in script
    assert ".ci/run" in (ROOT / ".github/workflows/ci.yml").read_text("utf-8")


def test_every_command_is_in_a_document() -> None:
    """A reader finds each command somewhere."""
    shown = {arguments[0] for document in DOCUMENTS for arguments in commands(document)}
    assert set(COMMANDS) <= shown
