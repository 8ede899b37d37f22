"""The way of new values into the cluster: in order, without values, as a shell script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import attrs
import pytest

from k8sgen.secrets.contract.keys import LiveUpdate, Random, SecretKey
from k8sgen.secrets.contract.references import Reference
from k8sgen.secrets.rotation.steps import Steps
from tests.k8sgen.secrets.kit import Site, keys, needs_of
from tests.tools import tool

BASH = shutil.which("bash") or "bash"
ACCEPT = 'read -r new && echo "it\'s $new" | accept'


def updated() -> list[SecretKey]:
    """Return the keys, with a database that learns new values while it runs."""
    password, login, url, session = keys()
    update = LiveUpdate(
        workload="statefulset/database", accept=ACCEPT, retire="retire", also=(password,)
    )
    return [password, attrs.evolve(login, live_update=update), url, session]


@pytest.fixture
def steps(site: Site) -> Steps:
    """
    The steps after the rotation of the database's password.
    """
    declared = updated()
    made = needs_of(declared, recipients=site.needs.recipients)
    users = [
        Reference(
            secret="database", key=None, user="StatefulSet/database", way="", service="database"
        ),
        Reference(secret="web", key=None, user="Deployment/web", way="", service="web"),
        Reference(secret="web", key=None, user="CronJob/web-clean", way="", service="web"),
    ]
    site.needs = attrs.evolve(made, references=tuple(users))
    site.generate()
    return Steps(needs=site.needs, store=site.store, context="main cluster", changed=declared[:3])


def test_nobody_is_locked_out_on_the_way(steps: Steps) -> None:
    """
    Servers accept, Secrets change, clients roll, servers refuse; a running server need not roll.
    """
    words = [" ".join(step.commands) for step in attrs.evolve(steps, rotation="1f").steps()]
    expected = ["synth", "accept", "secrets apply", "deployment/web", "--wait", "retire", "finish"]
    assert len(words) == len(expected)
    for text, word in zip(words, expected, strict=True):
        assert word in text
    assert words[2].endswith("--rotation 1f")
    assert "in (web)" in words[3]
    assert "database" not in words[3]
    assert "clean" not in words[3]


def test_a_server_rolls_for_what_it_does_not_learn_while_it_runs(steps: Steps) -> None:
    """After its clients, because it starts with the new values alone."""
    other = SecretKey(secret="database", key="other", recipe=Random())
    needs = needs_of([*steps.needs.every_key(), other])
    needs = attrs.evolve(needs, references=steps.needs.references)
    found = attrs.evolve(steps, needs=needs, changed=[*steps.changed, other]).steps()
    words = [" ".join(step.commands) for step in found]
    assert ["in (web)" in text for text in words].index(True) == 3
    assert ["in (database)" in text for text in words].index(True) == 4


def test_keys_that_no_server_checks_need_no_step_of_a_server(steps: Steps) -> None:
    """The Secret, and whoever uses it."""
    session = next(key for key in steps.needs.every_key() if key.key == "session")
    found = attrs.evolve(steps, changed=[session]).steps()
    assert [step.title.split()[1] for step in found] == ["manifests", "Secrets", "clients"]


def test_the_script_is_good_shell(steps: Steps, tmp_path: Path) -> None:
    """For the shell, and for shellcheck where it is there."""
    script = tmp_path / "script"
    script.write_text(steps.script())
    subprocess.run([BASH, "-n", script], check=True)
    shellcheck = shutil.which("shellcheck")
    if shellcheck:
        subprocess.run([shellcheck, script], check=True)


def test_every_command_names_the_cluster(steps: Steps) -> None:
    """Whatever the current one is when the script runs."""
    lines = [line for line in steps.script().splitlines() if not line.startswith("#")]
    named = [line for line in lines if "kubectl " in line or "k8sgen " in line]
    assert len(named) > 5
    assert all("--context 'main cluster'" in line or "synth" in line for line in named)


def test_the_script_holds_no_value(steps: Steps, site: Site) -> None:
    """It may be committed."""
    script = steps.script()
    assert not any(value in script for value in site.values().values() if len(value) > 8)


def test_values_reach_the_server_through_pipes(
    steps: Steps, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the contract, one a line, with nothing of them in arguments."""
    kubectl = tmp_path / "bin/kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/arguments\ncat >> {tmp_path}/typed\n')
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{kubectl.parent}:{Path(tool('sops')).parent}", ":")
    command = steps.steps()[1].commands[1]
    subprocess.run([BASH, "-euo", "pipefail", "-c", command], cwd=site.root, check=True)
    values = site.values()
    typed = (tmp_path / "typed").read_text()
    assert typed == f"{values['database/login']}\n{values['database/password']}\n"
    arguments = (tmp_path / "arguments").read_text()
    assert arguments == (
        "--context main cluster --namespace production exec --stdin statefulset/database "
        f"-- sh -c {ACCEPT}; status=$?; cat > /dev/null; exit $status\n"
    )
