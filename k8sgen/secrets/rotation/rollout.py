"""What on the cluster does not have the present values yet."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import COMPONENT_LABEL, NAME_LABEL, Body, get, label, pod_template
from k8sgen.secrets.contract.keys import CHECKSUM
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.files.record import ANNOTATION, read_records
from k8sgen.secrets.files.store import Store
from k8sgen.tools.kubectl import ask

_OVER = ("Succeeded", "Failed")


@attrs.frozen(kw_only=True)
class Rollout:
    """
    The cluster of an environment, asked without reading a value.

    Args:
        bodies: The manifests as they should run.
        context: Of the kubeconfig.
    """

    needs: Needs
    store: Store
    bodies: Sequence[Body]
    context: str

    def behind(self, names: Collection[str]) -> list[str]:
        """
        Return which Secrets and pods have other values of the keys *names* than the files, or none.

        Raises:
            ClusterError: It cannot be asked.
        """
        return [*self._secrets(names), *self._pods(names)]

    def _secrets(self, names: Collection[str]) -> Iterator[str]:
        for secret in dict.fromkeys(name.partition("/")[0] for name in names):
            file = self.store.read(secret)
            path = f'jsonpath={{.kind}}{{"\\n"}}{{.metadata.annotations.{ANNOTATION}}}'
            found = self._get(f"secret/{secret}", "--ignore-not-found", f"--output={path}")
            kind, _, noted = found.partition("\n")
            records = read_records(noted)
            for key in file.values if kind else ():
                there = records[key].revision if key in records else ""
                if f"{secret}/{key}" in names and there != file.revision(key):
                    yield f"Secret/{secret} has another value of {key}"

    def _pods(self, names: Collection[str]) -> Iterator[str]:
        wanted = self._checksums(names)
        services = sorted({service for service, _ in wanted})
        if not services:
            return
        chosen = f"--selector={NAME_LABEL} in ({','.join(services)})"
        for pod in json.loads(self._get("pods", chosen, "--output=json"))["items"]:
            if _place(pod) in wanted and get(pod, "status", "phase") not in _OVER:
                name = f"Pod/{pod['metadata']['name']}"
                if _checksum(pod) != wanted[_place(pod)]:
                    yield f"{name} was started with earlier values"
                elif not _is_ready(pod):
                    yield f"{name} is not ready"

    def _checksums(self, names: Collection[str]) -> dict[tuple[str, str], str]:
        """Return the checksum that pods should have, by the place of all that use the keys."""
        keys = [key for key in self.needs.every_key() if key.name in names]
        users = {use.user for key in keys for use in self.needs.users(key)}
        templates = [pod_template(body) for body in self.bodies if label(body) in users]
        return {_place(template): _checksum(template) for template in templates}

    def _get(self, *arguments: str) -> str:
        namespace = f"--namespace={self.needs.namespace}"
        return ask(self.context, "get", namespace, *arguments)


def _place(pod: Mapping[str, Any]) -> tuple[str, str]:
    labels = get(pod, "metadata", "labels", default={})
    return labels.get(NAME_LABEL, ""), labels.get(COMPONENT_LABEL, "")


def _checksum(pod: Mapping[str, Any]) -> str:
    return str(get(pod, "metadata", "annotations", default={}).get(CHECKSUM, ""))


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = get(pod, "status", "conditions", default=[])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
