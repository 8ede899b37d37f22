"""A pod's containers as plain processes: its volumes are folders, its paths are mapped to them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from k8sgen import Alternate, Derived, SecretKey, Stack
from k8sgen.secrets.rotation.values import derive
from tests.services.stacks import Composed

AWKWARD = "@:/?#%&'\"\\$`{}[]()<>|;,*!~^=+ü"
"""Characters that mean something to a URL, a shell, SQL or a configuration file."""

Secrets = dict[str, str]
"""Values by name, such as `redis/password`."""


def values(stack: Stack, *, suffix: str = AWKWARD, turn: int = 0) -> Secrets:
    """
    Make the value of every secret key of *stack*.

    Args:
        suffix: Those that are drawn end in it.
        turn: Which name counts of two that alternate.
    """
    keys = [key for service in stack.services for key in service.secrets.values()]
    made = {key.name: f"{key.key}-{suffix}" for key in keys}
    for key in keys:
        if isinstance(key.recipe, Alternate):
            made[key.name] = key.recipe.names[turn]
    for key in keys:
        if isinstance(key.recipe, Derived):
            made[key.name] = derive(key.recipe, made)
    return made


def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes(file: str) -> str:
    """Return *file* (`cmdline`, `environ`) of all processes here, as far as they show it."""
    found = []
    for path in Path("/proc").glob(f"[0-9]*/{file}"):
        with suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(found)


class LocalPod:
    """
    The pod of the StatefulSet *name*, on this machine.

    Args:
        user: Who runs it where the tests run as root, which some servers refuse.
        replace: Texts in the configuration files that cannot hold here, to what stands for them.
    """

    def __init__(
        self,
        made: Composed,
        name: str,
        secrets: Secrets,
        *,
        user: str | None = None,
        replace: Mapping[str, str] | None = None,
    ) -> None:
        self._made, self._name, self._secrets = made, name, secrets
        self._replace = replace or {}
        self._user = user if os.geteuid() == 0 else None
        self.root = Path(tempfile.mkdtemp(prefix="k8sgen-"))
        self._own(self.root)
        self._mounts = {
            mount["mountPath"]: mount["name"]
            for container in self._containers()
            for mount in container["volumeMounts"]
            if mount["mountPath"] != "/dev/shm"
        }
        self.fill(made, secrets)

    def fill(self, made: Composed, secrets: Secrets) -> None:
        """Write the volumes, as the kubelet does when a ConfigMap or Secret changes."""
        self._made, self._secrets = made, secrets
        volumes = {volume["name"]: volume for volume in self._made.pod(self._name)["volumes"]}
        for path, name in self._mounts.items():
            folder = self.path(path)
            folder.mkdir(parents=True, exist_ok=True)
            for parent in (folder, *folder.parents):
                if parent.is_relative_to(self.root):
                    self._own(parent)
            for file, text in self._files(volumes.get(name, {})).items():
                (folder / file).write_text(text)
                self._own(folder / file)

    def path(self, path: str) -> Path:
        """Return where *path* of the pod is here."""
        return self.root / path.lstrip("/")

    def mapped(self, text: str) -> str:
        """Put the paths of here in the place of the pod's."""
        for old, new in self._replace.items():
            text = text.replace(old, new)
        paths = "|".join(re.escape(path) for path in sorted(self._mounts, reverse=True))
        return re.sub(paths, lambda found: str(self.path(found[0])), text)

    def command(self, container: str, *more: str) -> list[str]:
        """Return the command line of a container."""
        body = self._container(container)
        line = [*body.get("command", ()), *body.get("args", ())]
        return [*(self.mapped(word) for word in line), *more]

    def probe(self, container: str, name: str = "readinessProbe") -> list[str]:
        """Return the command line of a probe."""
        return [self.mapped(word) for word in self._container(container)[name]["exec"]["command"]]

    def env(self, container: str) -> dict[str, str]:
        """Return the environment that the manifest gives a container."""
        entries = self._container(container).get("env", ())
        return {entry["name"]: self._env(entry) for entry in entries}

    def run(
        self, line: Sequence[str], env: Mapping[str, str], typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with *typed* on its standard input."""
        return subprocess.run(  # noqa: PLW1510  (the test looks at the status)
            line, **self._options(env), input=typed, capture_output=True, text=True, timeout=60
        )

    def tell(
        self, key: SecretKey, command: str, secrets: Secrets, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of `key.live_update` as a rotation to the values of *secrets* does."""
        assert key.live_update
        lines = [secrets[each.name] for each in (key, *key.live_update.also)]
        return self.run(["sh", "-c", self.mapped(command)], env, "".join(f"{x}\n" for x in lines))

    @contextmanager
    def running(
        self, line: Sequence[str], env: Mapping[str, str], log: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a server until the block ends."""
        with log.open("wb") as output:
            options = self._options(env)
            server = subprocess.Popen(line, **options, stdout=output, stderr=output)
            try:
                yield server
            finally:
                server.terminate()
                server.wait(timeout=30)

    def remove(self) -> None:
        """Remove its folders."""
        shutil.rmtree(self.root)

    def _own(self, path: Path) -> None:
        if self._user:
            shutil.chown(path, self._user, self._user)

    def _options(self, env: Mapping[str, str]) -> dict[str, Any]:
        identity: dict[str, Any] = {"user": self._user, "group": self._user, "extra_groups": []}
        return {"env": env, "cwd": self.root, **(identity if self._user else {})}

    def _containers(self) -> list[dict[str, Any]]:
        pod = self._made.pod(self._name)
        return [*pod.get("initContainers", ()), *pod["containers"]]

    def _container(self, name: str) -> dict[str, Any]:
        return next(body for body in self._containers() if body["name"] == name)

    def _files(self, volume: Mapping[str, Any]) -> dict[str, str]:
        if "configMap" in volume:
            texts = self._made.files(volume["configMap"]["name"])
            return {file: self.mapped(text) for file, text in texts.items()}
        if "secret" in volume:
            secret = volume["secret"]
            found = self._secrets
            return {i["path"]: found[f"{secret['secretName']}/{i['key']}"] for i in secret["items"]}
        return {}

    def _env(self, entry: Mapping[str, Any]) -> str:
        if "valueFrom" in entry:
            source = entry["valueFrom"]["secretKeyRef"]
            return self._secrets[f"{source['name']}/{source['key']}"]
        return self.mapped(entry["value"])
