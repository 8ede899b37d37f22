"""The commands: what they ask, what they print, how they end."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from k8sgen.cli.secrets import opened
from k8sgen.secrets.files import identity, memory
from tests.kubectl import fake_kubectl
from tests.projects import Ran, edited, run, write_project
from tests.tools import tool

CANARY = "canary-5f1d"
CHANGES = {
    **edited(
        "services/cache.py",
        "        probes =",
        '        self.password = self.secret("password", Random(length=24), rotate_days=90)\n'
        "        probes =",
    ),
    **edited(
        "services/web.py",
        '"CACHE": cache.address}',
        '"CACHE": self.secret("url", Derived(f"redis://:{{p}}@{cache.address}", {"p": password})),'
        ' "TOKEN": self.secret("token", Given("the console"))}',
    ),
}


def text(path: str) -> str:
    """Return the changed text of a file of the small project."""
    found = CHANGES[path]
    assert isinstance(found, str)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """
    A project of two services with a password, a URL with it, and a token that a person brings.
    """
    tool("sops")
    return write_with_secrets(tmp_path / "project")


def write_with_secrets(root: Path) -> Path:
    """Write that project to *root*."""
    cache = text("services/cache.py").replace("import StatefulSet,", "import Random, StatefulSet,")
    cache = cache.replace("ports=[PORT],", 'ports=[PORT], env={"PASSWORD": self.password},')
    web = text("services/web.py").replace(
        "import Deployment,", "import Derived, Deployment, Given,"
    )
    web = web.replace("cache: Endpoint)", "cache: Endpoint, password: object)")
    changes = {
        "services/cache.py": cache,
        "services/web.py": web,
        **edited(
            "services/stack.py", "cache=cache.port)", "cache=cache.port, password=cache.password)"
        ),
    }
    return write_project(root, changes)


def secrets(root: Path, *arguments: str, typed: str | None = None) -> Ran:
    """Run a subcommand, with *typed* on standard input."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(typed or ""))
        return run(root, "secrets", *arguments)


def values(root: Path, environment: str = "production") -> dict[str, str]:
    """Decrypt every value."""
    found = {}
    for path in (root / "dist/secrets" / environment).glob("*.sops.yaml"):
        body = yaml.safe_load(subprocess.check_output([tool("sops"), "decrypt", path], text=True))
        found.update({f"{body['metadata']['name']}/{k}": v for k, v in body["stringData"].items()})
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The project with its secrets of production, made once; the identity is beside it.
    """
    tool("sops")
    folder = tmp_path_factory.mktemp("made")
    root = write_with_secrets(folder / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOPS_AGE_KEY_FILE", str(folder / "keys.txt"))
        assert secrets(root, "init", "production").status == 0
        ran = secrets(root, "generate", "production", "--given=-", typed=f"web/token: {CANARY}\n")
        assert ran.status == 0, ran.err
        assert run(root, "synth").status == 0
    return root


@pytest.fixture
def ready(made: Path, tmp_path: Path) -> Path:
    """
    A copy of it, with the identity in its place.
    """
    identity.key_file().parent.mkdir(parents=True)
    shutil.copy(made.parent / "keys.txt", identity.key_file())
    return Path(shutil.copytree(made, tmp_path / "project"))


class TestInit:
    """An identity and its recipient."""

    def test_can_be_run_again(self, root: Path) -> None:
        """It changes nothing then."""
        first = secrets(root, "init", "production")
        file = root / "environments/production.yaml"
        before = file.read_bytes(), identity.key_file().read_bytes()
        second = secrets(root, "init", "production")
        assert (first.status, second.status) == (0, 0)
        assert "made: an age identity" in first.out
        assert "keep a copy" in first.out
        assert "nothing to do" in second.out
        assert (file.read_bytes(), identity.key_file().read_bytes()) == before
        assert yaml.safe_load(file.read_text())["recipients"] == list(identity.recipients())

    def test_prints_no_private_key(self, root: Path) -> None:
        """Only the public one."""
        ran = secrets(root, "init", "production")
        assert "AGE-SECRET-KEY" not in ran.out + ran.err
        assert "AGE-SECRET-KEY" in identity.key_file().read_text()

    def test_a_second_person_is_told_what_comes_next(
        self, ready: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """They cannot read anything until somebody who can encrypts for them."""
        first = identity.key_file().read_text()
        monkeypatch.setenv("HOME", str(tmp_path / "second"))
        ran = secrets(ready, "init", "production")
        assert "secrets rotate production --recipients" in ran.out
        denied = secrets(ready, "generate", "production")
        assert denied.status == 2
        assert "none of your age identities opens it" in denied.err
        second = identity.key_file().read_text()
        identity.key_file().write_text(first)
        assert secrets(ready, "rotate", "production", "--recipients").status == 0
        identity.key_file().write_text(second)
        assert values(ready)["web/token"] == CANARY


class TestGenerate:
    """What is given, and what is made."""

    def test_names_all_that_has_to_be_given(self, root: Path) -> None:
        """Where nobody can be asked, and writes nothing."""
        secrets(root, "init", "production")
        ran = secrets(root, "generate", "production")
        assert ran.status == 2
        assert "values have to be given for: web/token" in ran.err
        assert "K8SGEN_SECRET_WEB_TOKEN" in ran.err
        assert not (root / "dist").exists()

    def test_takes_them_from_the_environment(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As continuous integration brings them."""
        secrets(root, "init", "production")
        monkeypatch.setenv("K8SGEN_SECRET_WEB_TOKEN", CANARY)
        assert secrets(root, "generate", "production").status == 0
        assert values(root)["web/token"] == CANARY

    def test_asks_on_a_terminal_without_echo(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the hint, and the value is not shown."""
        secrets(root, "init", "production")
        asked = []

        def prompt(question: str, *, hide_input: bool, err: bool) -> str:
            asked.append((question, hide_input, err))
            return CANARY

        monkeypatch.setattr("click.prompt", prompt)
        monkeypatch.setattr("k8sgen.cli.secrets.given.is_terminal", lambda: True)
        ran = run(root, "secrets", "generate", "production")
        assert asked == [("web/token (the console)", True, True)]
        assert values(root)["web/token"] == CANARY
        assert CANARY not in ran.out + ran.err

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            (f"{CANARY}: [", "not YAML"),
            (CANARY, "not a mapping"),
            (f"web/tokn: {CANARY}", "no key web/tokn"),
            ("web/token: 5", "is not a string"),
        ],
    )
    def test_a_wrong_file_is_refused_without_showing_it(
        self, root: Path, typed: str, said: str
    ) -> None:
        """The message names key and line."""
        secrets(root, "init", "production")
        ran = secrets(root, "generate", "production", "--given=-", typed=typed)
        assert ran.status == 2
        assert said in ran.err
        assert CANARY not in ran.err

    def test_needs_recipients(self, root: Path) -> None:
        """And says how to get them."""
        ran = secrets(root, "generate", "production")
        assert ran.status == 2
        assert "secrets init production" in ran.err

    def test_says_nothing_of_values(self, ready: Path) -> None:
        """Names of keys and files only."""
        ran = secrets(
            ready,
            "rotate",
            "production",
            "cache/password",
            "web/token",
            "--given=-",
            typed="web/token: second-canary\n",
        )
        assert ran.status == 0, ran.err
        assert "~ cache/password\n~ web/token\n~ web/url" in ran.out
        found = values(ready)
        assert found["web/token"] == "second-canary"
        assert not [value for value in found.values() if value in ran.out + ran.err]


class TestRotate:
    """New values, and what to run then."""

    def test_writes_the_steps_as_a_script(self, ready: Path, tmp_path: Path) -> None:
        """One that can be run, and holds no value."""
        script = tmp_path / "steps"
        to = ["--script", str(script), "--context", "main"]
        ran = secrets(ready, "rotate", "production", "cache", *to)
        assert ran.status == 0
        assert os.access(script, os.X_OK)
        assert "k8sgen secrets apply production --context main" in script.read_text()
        assert not [value for value in values(ready).values() if value in script.read_text()]

    def test_a_script_that_cannot_be_written_is_refused_first(
        self, ready: Path, tmp_path: Path
    ) -> None:
        """Before a value changes, for the steps are what keeps clients from being locked out."""
        before = values(ready)
        for script in (tmp_path / "none/steps", ready / "pyproject.toml/steps"):
            ran = secrets(ready, "rotate", "production", "cache", "--script", str(script))
            assert (ran.status, ran.out) == (2, "")
            assert f"error: {script} cannot be written" in ran.err
        assert values(ready) == before

    def test_a_second_one_waits(self, ready: Path) -> None:
        """It is refused with the steps that are left, and changes nothing."""
        to = ["--context", "main"]
        assert secrets(ready, "rotate", "production", "cache", *to).status == 0
        before = values(ready)
        for keys in (["cache"], ["cache/password"], []):
            ran = secrets(ready, "rotate", "production", *keys, *to)
            assert ran.status == 2
            assert "k8sgen secrets rotate production --context main --finish" in ran.out
            assert ran.err == (
                "error: the rotation of production is open yet: cache/password, web/url\n"
                "  run the steps that k8sgen secrets rotate production --steps shows, or restore "
                "what was before: k8sgen secrets rotate production --abandon\n"
            )
        assert values(ready) == before

    def test_what_is_open_is_shown(self, ready: Path) -> None:
        """By status, by check, which is content with it, and by --steps."""
        assert secrets(ready, "rotate", "production", "--steps", "--context", "main").out == (
            "nothing to do: no rotation is open\n"
        )
        secrets(ready, "rotate", "production", "cache")
        assert run(ready, "synth").status == 0
        rows = json.loads(secrets(ready, "status", "production", "--json").out)
        assert {row["key"]: row["state"] for row in rows} == {
            "password": "open",
            "url": "open",
            "token": "present",
        }
        ran = secrets(ready, "check", "production")
        assert (ran.status, ran.out.splitlines()[-1]) == (0, "production: 1 finding")
        assert "note secret-open: a rotation is open since" in ran.out
        ran = secrets(ready, "rotate", "production", "--steps", "--context", "main")
        assert "deployment/web" in ran.out

    def test_it_can_be_closed_where_nothing_runs(self, ready: Path) -> None:
        """Without a cluster nobody can look."""
        secrets(ready, "rotate", "production", "cache")
        ran = secrets(ready, "rotate", "production", "--finish")
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith("closed: cache/password, web/url; no cluster was asked")
        assert secrets(ready, "rotate", "production", "--finish").out.startswith("nothing to do")

    def test_it_is_not_closed_while_something_is_behind(
        self, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The Secrets of the cluster are of before, or of somebody else."""
        answer = 'case "$*" in *secret/*) printf "Secret" ;; *) echo "{\\"items\\": []}" ;; esac'
        fake_kubectl(tmp_path / "bin", monkeypatch, answer)
        secrets(ready, "rotate", "production", "cache")
        ran = secrets(ready, "rotate", "production", "--finish", "--context", "main")
        assert (ran.status, ran.err) == (1, "")
        assert "Secret/cache has another value of password\n" in ran.out
        monkeypatch.setattr(opened, "_MINUTES", 0)
        ran = secrets(ready, "rotate", "production", "--wait", "--context", "main")
        assert (ran.status, ran.err) == (1, "")
        assert "Secret/web has another value of url\n" in ran.out
        assert secrets(ready, "rotate", "production", "cache").status == 2

    def test_giving_up_restores_what_was(self, ready: Path) -> None:
        """The values and the manifests; some of the steps may have been run, so it stays open."""
        before = values(ready)
        secrets(ready, "rotate", "production", "cache")
        ran = secrets(ready, "rotate", "production", "--abandon")
        assert ran.status == 0
        assert "~ cache/password: as before\n~ web/url: as before\n" in ran.out
        assert values(ready) == before
        assert run(ready, "synth", "--check").status == 0
        assert secrets(ready, "rotate", "production", "cache").status == 2
        assert secrets(ready, "rotate", "production", "--finish").status == 0
        assert secrets(ready, "rotate", "production", "--abandon").out.startswith("nothing to do")

    def test_secrets_are_applied_by_its_steps_alone(
        self, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The servers may not know the new values; a step of another rotation is none of it."""
        kubectl = fake_kubectl(tmp_path / "bin", monkeypatch)
        to = ["production", "--context", "main"]
        assert secrets(ready, "apply", *to).status == 0
        shown = secrets(ready, "rotate", "production", "cache", "--context", "main").out
        rotation = shown.partition("--rotation ")[2].split()[0]
        ran = secrets(ready, "apply", *to)
        assert (ran.status, ran.out) == (2, "")
        assert "is open yet" in ran.err
        ran = secrets(ready, "apply", *to, "--rotation", "0" * 16)
        assert (ran.status, ran.out) == (2, "")
        assert "was finished or given up" in ran.err
        assert len(kubectl.asked) == 1
        assert secrets(ready, "apply", *to, "--rotation", rotation).status == 0
        assert len(kubectl.asked) == 2

    def test_shows_the_steps_of_a_key(self, ready: Path) -> None:
        """Without rotating anything; what follows from the key is among them."""
        before = values(ready)
        steps = ["--steps", "--context", "main"]
        ran = secrets(ready, "rotate", "production", "cache/password", *steps)
        assert "kubectl --context main --namespace production rollout" in ran.out
        assert "deployment/web" in ran.out
        assert "statefulset/cache" in ran.out
        assert values(ready) == before

    def test_shows_no_step_for_whichever_cluster_is_current(self, ready: Path) -> None:
        """The values rotate; which cluster is theirs has to be said before it is told of them."""
        before = values(ready)
        ran = secrets(ready, "rotate", "production", "cache/password")
        assert (ran.status, values(ready) == before) == (0, False)
        assert "kubectl" not in ran.out
        assert ran.out.endswith(
            "then, where it runs already:\n"
            '  write cluster=Cluster(context="…") at environments/production.py:6, '
            "or pass --context\n"
            "  k8sgen secrets rotate production --steps\n"
            "and where it does not: k8sgen secrets rotate production --finish\n"
        )

    def test_without_values_it_is_refused(self, root: Path) -> None:
        """Whether a key is named or not; "nothing to do" would hide that all are missing."""
        for says in ("secrets init production", "secrets generate production"):
            for keys in ([], ["cache/password"], ["--steps", "--context", "x"], ["--finish"]):
                ran = secrets(root, "rotate", "production", *keys)
                assert (ran.status, ran.out) == (2, "")
                assert says in ran.err
            secrets(root, "init", "production")

    def test_only_what_is_old_enough(self, ready: Path) -> None:
        """Nothing is, on the first day."""
        for arguments in ([], ["--older-than", "1d"]):
            ran = secrets(ready, "rotate", "production", *arguments)
            assert (ran.status, ran.out) == (0, "nothing to do: no new value is due\n")
        assert secrets(ready, "rotate", "production", "--older-than", "soon").status == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            ["web", "--data-key"],
            ["--data-key", "--recipients"],
            ["web", "--finish"],
            ["--steps", "--abandon"],
            ["--wait", "--finish"],
            ["--older-than=1d", "--abandon"],
            ["--older-than=1d", "--steps"],
            ["--script=steps", "--finish"],
        ],
    )
    def test_one_thing_at_a_time(self, ready: Path, arguments: list[str]) -> None:
        """Values, data key or recipients."""
        ran = secrets(ready, "rotate", "production", *arguments)
        assert ran.status == 2
        assert "exclude each other" in ran.err

    def test_data_key_leaves_the_tree_as_it_is(self, ready: Path) -> None:
        """No pod rolls, so synth has nothing to write."""
        assert secrets(ready, "rotate", "production", "--data-key").status == 0
        assert run(ready, "synth", "--check").status == 0
        assert secrets(ready, "rotate", "production", "cache/password").status == 0
        drift = run(ready, "synth", "--check")
        assert drift.status == 1
        assert "overlays/production/cache/statefulset.patch.yaml" in drift.out
        assert "overlays/production/web/deployment.patch.yaml" in drift.out


class TestEncrypt:
    """A stub that somebody filled."""

    def fill(self, root: Path) -> Path:
        """Fill the stub of the client in its place."""
        path = root / "dist/secrets/production/web.stub.yaml"
        filled = path.read_text().replace("<given: the console>", "second-canary")
        path.write_text(filled)
        return path

    def test_in_its_place_it_is_emptied(self, ready: Path) -> None:
        """So that nobody commits it; check would have found it, and synth kept it."""
        before = values(ready)
        path = self.fill(ready)
        assert "secret-stub-filled" in secrets(ready, "check", "production").out
        assert run(ready, "synth", "production").status == 1
        ran = secrets(ready, "encrypt", "production", "web")
        assert ran.status == 0, ran.err
        assert values(ready) == {**before, "web/token": "second-canary"}
        assert "canary" not in path.read_text()
        assert run(ready, "synth", "--check").status == 1  # the token's pod rolls
        assert run(ready, "synth").status == 0

    def test_an_untouched_stub_is_not_emptied(self, ready: Path) -> None:
        """Nothing was in it."""
        assert "emptied" not in secrets(ready, "encrypt", "production", "web").out
        self.fill(ready)
        assert "emptied: web.stub" in secrets(ready, "encrypt", "production", "web").out

    def test_from_elsewhere_it_is_left(self, ready: Path, tmp_path: Path) -> None:
        """With the advice to delete it; - is standard input."""
        copy = tmp_path / "filled.yaml"
        path = self.fill(ready)
        path.rename(copy)
        ran = secrets(ready, "encrypt", "production", "web", str(copy))
        assert f"delete it, because it contains values in plain text: {copy}" in ran.out
        assert values(ready)["web/token"] == "second-canary"
        filled = copy.read_text().replace("second", "third")
        assert secrets(ready, "encrypt", "production", "web", "-", typed=filled).status == 0
        assert values(ready)["web/token"] == "third-canary"

    def test_a_name_that_is_none_is_suggested(self, ready: Path) -> None:
        """As everywhere."""
        for command in ("encrypt", "edit"):
            ran = secrets(ready, command, "production", "wb")
            assert ran.status == 2
            assert "web" in ran.err


class TestEdit:
    """The editor of sops."""

    def test_what_derives_follows(
        self, ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In the other files too."""
        editor = tmp_path / "editor"
        editor.write_text("#!/bin/sh\nsed -i 's/^    password: .*/    password: a@b/' \"$1\"\n")
        editor.chmod(0o755)
        monkeypatch.setenv("SOPS_EDITOR", str(editor))
        ran = secrets(ready, "edit", "production", "cache")
        assert ran.status == 0, ran.err
        assert values(ready)["web/url"] == "redis://:a%40b@redis:6379".replace("redis:6", "cache:6")
        assert "~ web/url" in ran.out
        assert "nothing to do" in secrets(ready, "edit", "production", "cache").out


class TestReports:
    """What programs read."""

    def test_status_and_check_speak_json(self, ready: Path) -> None:
        """With the names of the documents."""
        rows = json.loads(secrets(ready, "status", "production", "--json").out)
        assert {(r["secret"], r["key"], r["recipe"], r["state"]) for r in rows} == {
            ("cache", "password", "random", "present"),
            ("web", "url", "derived", "present"),
            ("web", "token", "given", "present"),
        }
        assert json.loads(secrets(ready, "check", "production", "--json").out) == []
        ran = secrets(ready, "check", "--json")
        (finding,) = json.loads(ran.out)
        assert (ran.status, finding["rule"]) == (1, "secret-not-set-up")
        assert finding["environment"] == "staging"

    def test_files_of_a_removed_environment_are_found(self, ready: Path) -> None:
        """Where no environment is named; its passwords may be in force yet."""
        (ready / "environments/production.yaml").unlink()
        (ready / "environments/production.py").unlink()
        ran = secrets(ready, "check", "--json")
        rows = [row for row in json.loads(ran.out) if row["environment"] == "production"]
        assert (ran.status, [row["rule"] for row in rows]) == (1, ["secret-orphaned"] * 2)
        assert rows[0]["message"] == (
            "dist/secrets/production/cache.sops.yaml is orphaned: there is no environment "
            "production"
        )
        assert "production" not in secrets(ready, "check", "staging").out
        assert rows[0]["message"] in run(ready, "validate").out
        assert "production" not in run(ready, "validate", "staging").out

    def test_audit_speaks_text_and_json(self, ready: Path) -> None:
        """Of what is not committed too."""
        git = ["git", "-C", str(ready), "-c", "user.name=Ada", "-c", "user.email=a@example.com"]
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "make"]):
            subprocess.run([*git, *arguments], check=True)
        events = json.loads(secrets(ready, "audit", "--json").out)
        assert {(e["author"], e["action"]) for e in events} == {("Ada", "added")}
        assert secrets(ready, "audit", "staging").out.count("\n") == 1
        assert "web/token" in secrets(ready, "audit", "production").out
        assert secrets(ready, "audit", "prod").status == 2


class TestDamage:
    """An encrypted file that is cut off."""

    def test_nothing_is_written_as_if_pods_needed_none_of_it(self, ready: Path) -> None:
        """The commands that make manifests name the file; those for secrets tell more."""
        file = ready / "dist/secrets/production/web.sops.yaml"
        whole = file.read_text()
        before = run(ready, "render", "production").out
        half = whole[: len(whole) // 2]
        commands = (
            ["synth"],
            ["synth", "--check"],
            ["render", "production"],
            ["diff"],
            ["validate"],
        )
        texts = ("", whole.partition("sops:")[0], half, half, half)
        for command, text in zip(commands, texts, strict=True):
            file.write_text(text)
            ran = run(ready, *command)
            assert (ran.status, ran.out) == (2, ""), command
            assert "error: dist/secrets/production/web.sops.yaml" in ran.err
            assert "git checkout HEAD -- dist/secrets/production/web.sops.yaml" in ran.err
        assert secrets(ready, "check", "production").status == 1
        assert secrets(ready, "status", "production").status == 0
        file.write_text(whole)
        assert run(ready, "render", "production").out == before


def test_every_command_sweeps_what_a_killed_edit_left(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is about, and whether or not it loads the project."""
    monkeypatch.setattr(memory, "memory", lambda: tmp_path)
    for arguments in (["audit"], ["check", "production"]):
        left = tmp_path / "k8sgen-edit-of-a-killed-run"
        left.mkdir()
        (left / "lock").touch()
        (left / "plain.yaml").write_text(CANARY)
        secrets(root, *arguments)
        assert not left.exists()
