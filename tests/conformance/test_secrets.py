"""The secrets of the project itself, with the real sops: made, checked, applied, searched for."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml

from k8sgen.project.compose import Composition
from tests.kubectl import fake_kubectl
from tests.projects import Ran, run
from tests.tools import tool

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ("local", "production", "staging")
TEXT = 12
"""Values of fewer characters are names that everybody knows, such as a login."""


@attrs.frozen
class Copy:
    """A copy of the project in which every environment has its secrets."""

    root: Path
    ran: Mapping[tuple[str, ...], Ran]
    first: set[str] = attrs.field(factory=set)
    """Every value that the commands made."""

    def secrets(self, environment: str) -> dict[str, dict[str, str]]:
        """Decrypt every Secret of an environment with sops alone."""
        found = {}
        for path in sorted((self.root / "dist/secrets" / environment).glob("*.sops.yaml")):
            text = subprocess.check_output([tool("sops"), "decrypt", path], text=True)
            body = yaml.safe_load(text)
            assert body["metadata"]["namespace"] == environment
            found[body["metadata"]["name"]] = body["stringData"]
        return found

    def values(self) -> set[str]:
        """Return every value that is a secret, each as it may show up."""
        plain = {v for e in ENVIRONMENTS for s in self.secrets(e).values() for v in s.values()}
        parts = {p for value in plain for p in (value, *value.split(","))}
        return {part for part in parts if len(part) >= TEXT}


COMMANDS = (
    ("secrets", "init", "local"),
    ("secrets", "generate", "local"),
    ("synth", "local"),
    ("secrets", "check", "local"),
    ("secrets", "init", "production"),
    ("secrets", "generate", "production"),
    ("secrets", "init", "staging"),
    ("--debug", "secrets", "generate", "staging"),
    ("synth",),
    ("secrets", "check"),
    ("secrets", "generate", "local"),
    ("secrets", "status", "production", "--json"),
    ("render", "production"),
)
"""Those of a fresh checkout, in order."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """
    A fresh checkout in which every environment went through every command.
    """
    tool("sops")
    root = tmp_path_factory.mktemp("secrets") / "project"
    for folder in ("services", "environments"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root.parent / "home"))
        for name in ("SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "XDG_CONFIG_HOME"):
            patch.delenv(name, raising=False)
        made = Copy(root, {command: run(root, *command) for command in COMMANDS})
        made.first.update(made.values())
        yield made


def test_a_fresh_checkout_needs_four_commands(copy: Copy) -> None:
    """Init, generate, synth and check all end well, and nobody is asked for anything."""
    for command, ran in copy.ran.items():
        assert ran.status == 0, (command, ran.err)
    assert copy.ran["secrets", "check", "local"].out == "local: 0 findings\n"
    assert copy.ran["secrets", "check"].out == "local, production, staging: 0 findings\n"
    assert "nothing to do" in copy.ran["secrets", "generate", "local"].out


def used(value: Any) -> Iterator[tuple[str, str]]:
    """Find every Secret and key that anything in a manifest names, in a walk of its own."""
    if isinstance(value, list):
        for item in value:
            yield from used(item)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name == "secretKeyRef":
            yield item["name"], item["key"]
        elif name == "secretRef":
            yield item["name"], "*"
        elif name == "secret" and isinstance(item, dict):
            for entry in item.get("items", [{"key": "*"}]):
                yield item.get("secretName") or item["name"], entry["key"]
        else:
            yield from used(item)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_secrets_hold_what_the_manifests_use(
    copy: Copy, compositions: Mapping[str, Composition], environment: str
) -> None:
    """
    Every key that any manifest names is there, and nothing that none names but a set of keys.

    Of that, the signer and the verifiers get their parts.
    """
    bodies = [resource.body for resource in compositions[environment].resources]
    wanted = {pair for body in bodies for pair in used(body)}
    there = {(s, key) for s, values in copy.secrets(environment).items() for key in values}
    assert there - wanted == {("oathkeeper", "id-token.jwks.json")}
    assert wanted < there
    assert len(there) > 15


def test_pods_roll_with_the_secrets_that_they_use(copy: Copy) -> None:
    """
    Every pod template with a secret has the annotation, and the base has none.

    The servers learn theirs while they run, so a new one must not restart them.
    """
    bodies = yaml.safe_load_all(copy.ran["render", "production"].out)
    templates = [template for body in bodies for template in _templates(body)]
    assert len(templates) > 7
    for template in templates:
        annotated = "checksum/secrets" in template["metadata"].get("annotations", {})
        learns = template["spec"]["serviceAccountName"] in ("postgres", "redis")
        assert annotated == (bool(list(used(template["spec"]))) and not learns)
    base = "".join(p.read_text() for p in (copy.root / "dist/base").rglob("*.yaml"))
    assert "checksum/secrets" not in base


def _templates(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "template" in value:
            yield value["template"]
        for item in value.values():
            yield from _templates(item)


def test_no_value_is_anywhere_in_plain_text(copy: Copy) -> None:
    """Not in any file of the copy, not in what any command printed."""
    values = [value.encode() for value in copy.first]
    assert len(values) > 50
    printed = "".join(ran.out + ran.err for ran in copy.ran.values()).encode()
    files = [path for path in copy.root.rglob("*") if path.is_file()]
    texts = {"output": printed, **{str(path): path.read_bytes() for path in files}}
    encoded = [base64.b64encode(value) for value in values]
    leaks = [name for name, text in texts.items() for v in [*values, *encoded] if v in text]
    assert leaks == []


WATCH = """\
import json, os, sys
log = open(os.environ["WATCH_LOG"], "a")
def watch(event, arguments):
    if event == "subprocess.Popen":
        log.write(json.dumps([event, list(map(str, arguments[1])), dict(arguments[3] or {})]))
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        log.write(json.dumps([event, str(arguments[0])]))
    else:
        return
    log.write("\\n")
    log.flush()
sys.addaudithook(watch)
from k8sgen.cli import main
sys.exit(main(sys.argv[1:]))
"""


def watched(copy: Copy, folder: Path, *arguments: str, typed: str = "") -> tuple[Ran, str]:
    """Run a command in a process of its own, and log what it starts and what it writes."""
    log, temporary = folder / "log", folder / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "WATCH_LOG": str(log),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", WATCH, "--project", str(copy.root), *arguments]
    done = subprocess.run(
        command, input=typed, capture_output=True, text=True, check=False, env=environment
    )
    assert list(temporary.iterdir()) == []
    return Ran(done.returncode, done.stdout, done.stderr), log.read_text()


@pytest.mark.slow
def test_no_value_is_in_arguments_environments_or_temporary_files(
    copy: Copy, tmp_path: Path
) -> None:
    """Whatever a rotation starts and writes, the new values pass through pipes alone."""
    before = copy.values()
    ran, log = watched(copy, tmp_path, "--debug", "secrets", "rotate", "staging", "postgres")
    assert ran.status == 0, ran.err
    new = copy.values() - before
    assert len(new) > 8
    assert "--value-stdin" in log
    assert not [value for value in new if value in log + ran.out + ran.err]
    written = {json.loads(line)[1] for line in log.splitlines() if line.startswith('["open"')}
    harmless = re.compile(r".*(/\.k8sgen-staged-|\.pyc|jsii|/temporary/\w+/(bin|lib)/|^/dev/null)")
    paths = [path for path in written if not path.isdecimal()]  # others are open already
    assert [path for path in paths if not harmless.match(path)] == []


@pytest.mark.slow
def test_of_two_rotations_at_once_one_counts(copy: Copy) -> None:
    """The second waits for the first, and is refused; in the end everything fits together."""
    before = copy.secrets("local")
    rotate = ["secrets", "rotate", "local", "redis/password"]
    command = [sys.executable, "-m", "k8sgen", "--project", str(copy.root), *rotate]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(command, env=environment, stdout=-1, stderr=-1) for _ in range(2)]
    results = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], results
    assert b"the rotation of local is open yet" in b"".join(results)
    after = copy.secrets("local")
    password = after["redis"]["password"]
    assert password != before["redis"]["password"]
    assert f":{password}@" in after["backend"]["cache-url"]
    assert f">{password} " in after["redis"]["users.acl"]
    assert after["hydra"] == before["hydra"]
    assert run(copy.root, "synth", "local").status == 0
    assert run(copy.root, "secrets", "check", "local").status == 0


def test_synth_never_touches_an_encrypted_file(copy: Copy) -> None:
    """Not with --force, and not when its service is gone."""
    folder = copy.root / "dist/secrets/production"
    stray = folder / "gone.sops.yaml"
    shutil.copy(folder / "redis.sops.yaml", stray)
    before = {path.name: path.read_bytes() for path in folder.glob("*.sops.yaml")}
    assert run(copy.root, "synth", "--force").status == 0
    assert {path.name: path.read_bytes() for path in folder.glob("*.sops.yaml")} == before
    checked = run(copy.root, "secrets", "check", "production")
    assert checked.status == 1
    assert "secret-orphaned" in checked.out
    stray.unlink()


def test_apply_gives_kubectl_the_secrets_in_a_pipe(
    copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, with every value in `data`, and none in an argument."""
    kubectl = fake_kubectl(tmp_path, monkeypatch, f"cat > {tmp_path}/typed")
    ran = run(copy.root, "secrets", "apply", "production", "--context", "main", "--dry-run")
    assert ran.status == 0, ran.err
    items = json.loads((tmp_path / "typed").read_text())["items"]
    decoded = {
        item["metadata"]["name"]: {k: base64.b64decode(v).decode() for k, v in item["data"].items()}
        for item in items
    }
    assert decoded == copy.secrets("production")
    assert not any({"stringData", "sops"} & item.keys() for item in items)
    (arguments,) = kubectl.asked
    assert "apply --server-side" in arguments
    assert "--filename=- --dry-run=server" in arguments
    assert not [value for value in copy.first if value in arguments]


def test_apply_says_what_is_missing(
    copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it asks the cluster."""
    kubectl = fake_kubectl(tmp_path, monkeypatch)
    path = copy.root / "dist/secrets/production/redis.sops.yaml"
    path.rename(tmp_path / "kept")
    ran = run(copy.root, "secrets", "apply", "production", "--context", "main")
    (tmp_path / "kept").rename(path)
    assert ran.status == 2
    assert "no encrypted file yet for: redis" in ran.err
    assert not kubectl.asked


def test_the_repository_holds_no_value() -> None:
    """Every committed stub is all descriptions, and every encrypted file all ciphertext."""
    folder = ROOT / "dist/secrets"
    stubs = [yaml.safe_load(path.read_text()) for path in folder.glob("*/*.stub.yaml")]
    for value in (v for stub in stubs for v in stub["stringData"].values()):
        assert value.startswith("<")
    encrypted = [yaml.safe_load(path.read_text()) for path in folder.glob("*/*.sops.yaml")]
    for value in (v for body in encrypted for v in body["stringData"].values()):
        assert value.startswith("ENC[")
