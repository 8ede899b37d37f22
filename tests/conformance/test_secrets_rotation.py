"""
The script of a rotation, on a real control plane, a real PostgreSQL and a real Redis.

Clients connect all the while, each with the values that its pod was started with.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest

from k8sgen.project.compose import compose_each
from k8sgen.project.project import load
from k8sgen.tools.kubectl import SERVER_SIDE
from tests.conformance import postgres_server, test_redis
from tests.conformance.control_plane import api_server, kubeconfig
from tests.conformance.kubelet import Api, Kubelet
from tests.conformance.pods import LocalPod, Secrets, free_port
from tests.projects import run
from tests.services.stacks import Composed
from tests.stacks import ROOT
from tests.tools import tool

pytestmark = pytest.mark.slow

ENVIRONMENT = "staging"
CLIENTS = {
    "backend": ("backend/database-url", "backend/cache-url"),
    "auth-handler": ("auth-handler/database-url",),
    "template-system": ("template-system/database-url",),
    "hydra": ("hydra/dsn",),
}
"""The services that connect to a server, and with which values."""
BASH = shutil.which("bash") or "bash"
URLS = tuple(key for keys in CLIENTS.values() for key in keys)
CONTROLLERS = ("deployment", "replicaset", "statefulset", "resourcequota")


@attrs.define
class Servers:
    """The two servers, in the place of their pods."""

    made: Composed
    postgres: postgres_server.Server
    redis: test_redis.Server

    def refresh(self, values: Secrets) -> None:
        """Let the volumes follow their Secrets."""
        if "redis/password" in values and "postgres/superuser-password" in values:
            self.postgres.pod.fill(self.made, values)
            self.redis.pod.fill(self.made, values)

    def refuses(self, url: str) -> str:
        """Return why a server does not let in who comes with *url*; empty where it does."""
        if url.startswith("redis:"):
            there = url.replace("@redis:6379/", f"@127.0.0.1:{self.redis.port}/")
            answer = self.redis.ask("PING", url=there)
            return "" if answer == "PONG" else answer
        port = self.postgres.env["PGPORT"]
        there = url.replace("@postgres:5432/", f"@127.0.0.1:{port}/").partition("?")[0]
        answer = self.postgres.ask(f"{there}?sslmode=disable", "SELECT 1")
        return "" if answer == "1" else answer


@attrs.define
class Product:
    """The product in its environment: files, cluster, servers, clients."""

    root: Path
    api: Api
    servers: Servers
    kubelet: Kubelet
    programs: Path
    locked_out: list[str] = attrs.field(factory=list)
    asked: int = 0

    def secrets(self, *arguments: str) -> str:
        """Run a subcommand, which has to succeed."""
        ran = run(self.root, "secrets", *arguments)
        assert ran.status == 0, (arguments, ran.out, ran.err)
        return ran.out

    def rotate(self, *keys: str) -> str:
        """Rotate, bring the manifests up to date, and return the script."""
        script = self.root / "steps"
        self.secrets("rotate", ENVIRONMENT, *keys, "--script", str(script))
        assert run(self.root, "synth", ENVIRONMENT).status == 0
        return self.here(script)

    def here(self, script: Path) -> str:
        """Return the text of a script, with our kubectl before the real one."""
        return script.read_text().replace("PATH=", f"PATH={self.programs}:", 1)

    def bash(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script as a person does, whose virtual environment is not activated."""
        bare = os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin"])
        return subprocess.run(
            [BASH, "-c", script],
            cwd=self.root,
            env={**os.environ, "PATH": bare},
            capture_output=True,
            text=True,
            check=False,
        )

    def watch(self, stop: threading.Event) -> None:
        """Let every client connect, again and again."""
        while not stop.is_set():
            for name, (service, values) in [*self.kubelet.held.items()]:
                for key in CLIENTS.get(service, ()):
                    refused = self.servers.refuses(values[key])
                    self.asked += 1
                    # A pod that was stopped meanwhile asks for nothing any more.
                    if refused and name in self.kubelet.held:
                        self.locked_out.append(f"{name} with {key}: {refused}")
            self._compare()

    def _compare(self) -> None:
        """Compare what pods of one service, or of two, have to know of each other."""
        for signer in self.kubelet.of("oathkeeper"):
            (key,) = json.loads(signer["oathkeeper/signing-key.jwks.json"])["keys"]
            for verifier in self.kubelet.of("backend"):
                known = json.loads(verifier["backend/id-token.jwks.json"])["keys"]
                if key["kid"] not in [each["kid"] for each in known]:
                    self.locked_out.append("a pod of backend does not know the key of a token")
        every = self.kubelet.of("hydra")
        for one in every:
            for name in ("hydra/system", "hydra/cookie", "hydra/pagination"):
                if any(one[name].split(",")[0] not in other[name].split(",") for other in every):
                    self.locked_out.append(
                        f"a pod of hydra does not know what another encrypts: {name}"
                    )


def kubectl(context: str, *arguments: str) -> str:
    """Ask the cluster."""
    command = [tool("kubectl"), f"--context={context}", *arguments]
    return subprocess.run(command, text=True, check=True, capture_output=True).stdout


def write_project(root: Path) -> None:
    """Copy the product, with one environment."""
    for room in ("services", "dist"):
        shutil.copytree(ROOT / room, root / room)
    (root / "environments").mkdir()
    text = (ROOT / f"environments/{ENVIRONMENT}.py").read_text()
    text = text.replace("Cluster(", 'Cluster(context="here", ', 1)
    (root / f"environments/{ENVIRONMENT}.py").write_text(text)
    shutil.copy(ROOT / "environments/__init__.py", root / "environments")
    (root / "pyproject.toml").write_text("")


def composed(root: Path) -> Composed:
    """Compose the environment."""
    composition = compose_each(load(root, [ENVIRONMENT]))[ENVIRONMENT]
    bodies = {(r.body["kind"], r.body["metadata"]["name"]): r.body for r in composition.resources}
    return Composed(composition.stack, bodies)


def decrypted(root: Path) -> Secrets:
    """Decrypt all values with the real sops."""
    found = {}
    for path in (root / "dist/secrets" / ENVIRONMENT).glob("*.sops.yaml"):
        answer = subprocess.check_output([tool("sops"), "decrypt", "--output-type=json", path])
        for key, value in json.loads(answer)["stringData"].items():
            found[f"{path.name.removesuffix('.sops.yaml')}/{key}"] = value
    return found


def write_programs(folder: Path, servers: Servers) -> None:
    """
    Write a kubectl whose `exec` runs here what it would in a pod; the rest goes to the real one.
    """
    folder.mkdir()
    cases = []
    for name, pod, env in (
        ("postgres", servers.postgres.pod, servers.postgres.env),
        ("redis", servers.redis.pod, servers.redis.cli),
    ):
        variables = shlex.join(f"{k}={v}" for k, v in env.items())
        user = "setpriv --reuid=postgres --regid=postgres --clear-groups"
        as_user = user if name == "postgres" and os.geteuid() == 0 else ""
        paths = [f"/etc/{name}" if name == "redis" else "/etc/postgresql", f"/run/secrets/{name}"]
        mapped = "; ".join(f"s#{path}#{pod.path(path)}#g" for path in paths)
        script = f'"$(printf %s "$last" | sed "{mapped}")"'
        cases.append(f"*exec*statefulset/{name}*) {as_user} env -i {variables} sh -c {script} ;;")
    cases.append(f'*) exec {tool("kubectl")} "$@" ;;')
    text = "\n".join(["#!/bin/bash", 'last="${@: -1}"', 'case "$*" in', *cases, "esac", ""])
    (folder / "kubectl").write_text(text)
    (folder / "kubectl").chmod(0o755)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """
    The product as it runs, and its clients at work until the end.
    """
    for name in ("sops", "postgres", "redis-server"):
        tool(name)
    folder = tmp_path_factory.mktemp("rotation")
    root = folder / "project"
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("SOPS_AGE_KEY_FILE", str(folder / "keys.txt"))
        patch.setenv("KUBECONFIG", str(folder / "config"))
        address = stack.enter_context(api_server(folder, CONTROLLERS))
        kubeconfig(folder / "config", {"here": address}, current="here")
        write_project(root)
        for command in ("init", "generate"):
            ran = run(root, "secrets", command, ENVIRONMENT)
            assert ran.status == 0, ran.err
        assert run(root, "synth").status == 0
        made, values = composed(root), decrypted(root)
        redis = test_redis.Server(
            made, LocalPod(made, "redis", values), free_port(), folder / "r.log"
        )
        stack.callback(redis.pod.remove)
        servers = Servers(
            made,
            stack.enter_context(postgres_server.running(made, values, folder / "postgres.log")),
            stack.enter_context(test_redis.run(redis)),
        )
        write_programs(folder / "bin", servers)
        api = Api(address, ENVIRONMENT)
        deploy(root)
        kubelet = stack.enter_context(Kubelet(api, servers.refresh))
        found = Product(root, api, servers, kubelet, folder / "bin")
        stop = threading.Event()
        watcher = threading.Thread(target=found.watch, args=[stop], daemon=True)
        settle()
        watcher.start()
        yield found
        stop.set()
        watcher.join()


def deploy(root: Path) -> None:
    """Apply everything for the first time."""
    namespace = root / f"dist/overlays/{ENVIRONMENT}/platform/namespace-{ENVIRONMENT}.yaml"
    kubectl("here", "apply", *SERVER_SIDE, "-f", str(namespace))
    assert run(root, "secrets", "apply", ENVIRONMENT).status == 0
    kubectl("here", "apply", *SERVER_SIDE, "-k", str(root / "dist/overlays" / ENVIRONMENT))


def settle() -> None:
    """Wait until everything runs."""
    for kind in ("deployment", "statefulset"):
        names = kubectl("here", "get", kind, f"--namespace={ENVIRONMENT}", "--output=name").split()
        for name in names:
            kubectl(
                "here", "rollout", "status", name, f"--namespace={ENVIRONMENT}", "--timeout=120s"
            )


KINDS = {
    "logins": ("postgres/backend-password", "postgres/hydra-password"),
    "all that servers check": (
        "redis/password",
        "redis/operator-password",
        "postgres/superuser-password",
    ),
    "what keeps previous values, and what does not": (
        "hydra/cookie",
        "hydra/system",
        "oathkeeper/id-token.jwks.json",
        "backend/session-key",
    ),
}


@pytest.mark.parametrize("keys", KINDS.values(), ids=KINDS)
def test_nobody_is_locked_out(product: Product, keys: Sequence[str]) -> None:
    """
    By no step, nor where the script is killed after any of them and run again.
    """
    before = decrypted(product.root)
    script = product.rotate(*keys)
    after = decrypted(product.root)
    assert all(before[key] != after[key] for key in keys)
    held = product.kubelet.held
    servers = {name for name, (service, _) in held.items() if service in ("redis", "postgres")}

    ran = run(product.root, "secrets", "rotate", ENVIRONMENT, *keys)
    assert ran.status == 2
    assert "is open yet" in ran.err
    assert decrypted(product.root) == after

    asked = product.asked
    parts = steps_of(script)
    for end in range(2, len(parts)):
        killed = product.bash("".join([*parts[:end], "kill -9 $$\n"]))
        assert killed.returncode == -9, killed.stderr
        assert product.locked_out == []
    done = product.bash(script)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.endswith("next: commit\n")
    assert product.asked > asked
    assert product.locked_out == []
    assert product.kubelet.problem is None
    assert servers <= held.keys(), "a server was restarted"
    assert product.api.secrets() == after
    assert refused_of(product, before) == {key for key in URLS if before[key] != after[key]}


def test_what_is_given_up_locks_nobody_out(product: Product) -> None:
    """
    Clients that have rolled go back to the values before, which the servers still accept.
    """
    before = decrypted(product.root)
    parts = steps_of(product.rotate("postgres/backend-password", "redis/password"))
    half = next(n for n, part in enumerate(parts) if "--wait" in part)
    assert product.bash("".join(parts[:half])).returncode == 0
    given_up = decrypted(product.root)
    script = product.root / "back"
    product.secrets("rotate", ENVIRONMENT, "--abandon", "--script", str(script))
    assert decrypted(product.root) == before
    assert run(product.root, "secrets", "rotate", ENVIRONMENT, "redis/password").status == 2
    assert run(product.root, "synth", ENVIRONMENT).status == 0
    done = product.bash(product.here(script))
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert product.locked_out == []
    assert product.api.secrets() == before
    assert refused_of(product, given_up) == {"backend/database-url", "backend/cache-url"}


def test_without_synth_nothing_happens(product: Product) -> None:
    """
    The clients would keep the old values, and the last step would retire those.
    """
    before = decrypted(product.root)
    script = product.root / "steps"
    product.secrets("rotate", ENVIRONMENT, "redis/password", "--script", str(script))
    stopped = product.bash(product.here(script))
    assert stopped.returncode == 1
    assert "overlays/staging/backend/deployment.patch.yaml" in stopped.stdout
    assert product.api.secrets() == before
    assert "closed: " in product.secrets("rotate", ENVIRONMENT, "--abandon")
    assert decrypted(product.root) == before
    assert product.locked_out == []


def steps_of(script: str) -> list[str]:
    """Return what comes before the first step, and each step."""
    return re.split(r"(?=^# \d+\. )", script, flags=re.MULTILINE)


def refused_of(product: Product, values: Secrets) -> set[str]:
    """Return the URLs of *values* that a server refuses."""
    return {key for key in URLS if product.servers.refuses(values[key])}
