"""
The steps that bring rotated values to the running cluster, in an order that locks nobody out.

First the servers accept the new value beside the old one, then the Secrets change, then the
clients roll, then what else of the servers has to, and at last the servers refuse the old value.
The script stops where the manifests are older than the values, a server does not run, the rotation
is another one by now, or a pod still has an old value.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from k8sgen.secrets.contract.keys import LiveUpdate, SecretKey, live_in
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.contract.references import Reference
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.store import Store
from k8sgen.tools.kubectl import SERVER_SIDE

_ROLLS = ("Deployment", "StatefulSet", "DaemonSet")


@attrs.frozen
class Step:
    """
    One step.

    Args:
        commands: Of a shell; none of them holds a value.
    """

    title: str
    commands: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Steps:
    """
    The steps for some rotated keys.

    Args:
        context: Of the kubeconfig; every command names it.
        changed: Every key with a new value, including derived ones.
        rotation: The id of the open one that they belong to; empty where none is open.
    """

    needs: Needs
    store: Store
    context: str
    changed: Sequence[SecretKey]
    rotation: str = ""

    def steps(self) -> list[Step]:
        """Return the steps, in order."""
        updates = self._live_updates()
        servers = dict.fromkeys(update.workload for _, update in updates)
        every = list(self.needs.every_key())
        live = {workload: live_in(workload, every) for workload in servers}
        users = [
            user
            for key in self.changed
            for user in self.needs.users(key)
            if key.name not in live.get(_workload(user), ())
        ]
        clients = [user for user in users if _workload(user) not in servers]
        own = [user for user in users if _workload(user) in servers]
        environment = self.needs.environment
        rotate = f"k8sgen secrets rotate {environment} {self._at}"
        rotation = f" --rotation {self.rotation}" if self.rotation else ""
        apply = f"k8sgen secrets apply {environment} {self._at}{rotation}"
        found = [
            Step("The manifests fit the new values.", (f"k8sgen synth {environment} --check",)),
            Step(
                "The running servers accept the new values too; the old ones still count.",
                (
                    *(f"{self._wait} {workload}" for workload in servers),
                    *(self._tell(key, update, update.accept) for key, update in updates),
                ),
            ),
            Step("The Secrets get the new values.", (apply,)),
            Step("The clients roll, and use the new values.", self._roll(clients)),
            Step("The servers roll, for their other values.", self._roll(own)),
            Step("No pod has an old value any more.", (f"{rotate} --wait",) if rotation else ()),
            Step(
                "The servers refuse the old values.",
                tuple(
                    self._tell(k, update, update.retire) for k, update in updates if update.retire
                ),
            ),
            Step("The rotation is over.", (f"{rotate} --finish",) if rotation else ()),
        ]
        return [step for step in found if step.commands]

    def script(self) -> str:
        """Write the steps as a shell script; each of them may be run again."""
        names = ", ".join(key.name for key in self.changed)
        head = f"""\
#!/usr/bin/env bash
# Brings new values of {self.needs.environment} to the cluster: {names}.
# Run it in the project's directory, after: k8sgen synth {self.needs.environment}
# It holds no secret; the values go from sops to kubectl in pipes. Every step may be run again.
set -euo pipefail
"""
        return f"{head}{self.commands()}"

    def commands(self) -> str:
        """Write the steps for a shell, whether or not a virtual environment is activated in it."""
        tools = shlex.quote(str(Path(sys.executable).parent))
        body = "".join(_section(n, step) for n, step in enumerate(self.steps(), 1))
        return f"PATH={tools}:$PATH\n{body}"

    @property
    def _at(self) -> str:
        """The option that chooses the cluster, whatever the current one is."""
        return f"--context {shlex.quote(self.context)}"

    @property
    def _kubectl(self) -> str:
        return f"kubectl {self._at}"

    @property
    def _wait(self) -> str:
        return f"{self._kubectl} --namespace {self.needs.namespace} rollout status --timeout 15m"

    def _live_updates(self) -> list[tuple[SecretKey, LiveUpdate]]:
        """Return those of the changed keys, and of what they are derived from."""
        names = {k.name for key in self.changed for k in (*key.sources, key)}
        keys = (key for key in self.needs.every_key() if key.name in names)
        return [(key, key.live_update) for key in keys if key.live_update]

    def _tell(self, key: SecretKey, update: LiveUpdate, command: str) -> str:
        values = " ".join(f"{self._value(each)}; echo;" for each in (key, *update.also))
        pod = f"{self._kubectl} --namespace {self.needs.namespace} exec --stdin {update.workload}"
        # What it does not read is drained, or sops would die of a closed pipe.
        drained = f"{command}; status=$?; cat > /dev/null; exit $status"
        return f"{{ {values} }} |\n  {pod} -- sh -c {shlex.quote(drained)}"

    def _value(self, key: SecretKey) -> str:
        file: Encrypted = self.store.read(key.secret)
        field = file.values[key.key].field
        place = shlex.quote(f'["{field}"]["{key.key}"]')
        decoded = " | base64 -d" if field == "data" else ""
        return f"sops decrypt --extract {place} {self.store.shown(key.secret)}{decoded}"

    def _roll(self, users: Iterable[Reference]) -> tuple[str, ...]:
        found = list(users)
        services = sorted({user.service for user in found})
        if not services:
            return ()
        folder = f"dist/overlays/{self.needs.environment}"
        chosen = shlex.quote(f"app.kubernetes.io/name in ({', '.join(services)})")
        apply = f"{self._kubectl} apply {' '.join(SERVER_SIDE)} --kustomize {folder}"
        rolling = sorted({_workload(u) for u in found if u.user.split("/")[0] in _ROLLS})
        waits = (f"{self._wait} {workload}" for workload in rolling)
        return (f"{apply} --selector {chosen}", *waits)


def _workload(user: Reference) -> str:
    kind, _, name = user.user.partition("/")
    return f"{kind.lower()}/{name}"


def _section(number: int, step: Step) -> str:
    commands = "\n".join(step.commands)
    return f"\n# {number}. {step.title}\n{commands}\n"
