"""What on the cluster does not have the present values yet."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from k8sgen.kubernetes.manifest import COMPONENT_LABEL, NAME_LABEL, Body, get, label, pod_template
from k8sgen.secrets.contract.keys import CHECKSUM, SecretKey, live_in
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.files.record import ANNOTATION, read_records
from k8sgen.secrets.files.store import Store
from k8sgen.tools.kubectl import ask

_OVER = ("Succeeded", "Failed")
_FIELDS = (".kind", ".metadata.managedFields", f".metadata.annotations.{ANNOTATION}")
Place = tuple[str, str]
"""The service and the component of some pods."""


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
        keys = [key for key in self.needs.every_key() if key.name in names]
        found: list[str] = []
        changed: dict[str, str] = {}
        for secret in dict.fromkeys(key.secret for key in keys):
            kind, changed[secret], noted = self._secret(secret)
            if kind:
                found += self._differing(secret, keys, noted)
        return [*found, *self._pods(keys, changed)]

    def _secret(self, name: str) -> tuple[str, str, str]:
        """Return the kind of a Secret, when its values changed, and its annotation; or nothing."""
        path = '{"\\n"}'.join(f"{{{field}}}" for field in _FIELDS)
        text = self._get(f"secret/{name}", "--ignore-not-found", f"--output=jsonpath={path}")
        kind, _, rest = text.partition("\n")
        fields, _, noted = rest.partition("\n")
        managers = [m for m in json.loads(fields or "[]") if "f:data" in m.get("fieldsV1", {})]
        return kind, max((manager["time"] for manager in managers), default=""), noted

    def _differing(self, secret: str, keys: Sequence[SecretKey], noted: str) -> Iterator[str]:
        file, records = self.store.read(secret), read_records(noted)
        for key in (key.key for key in keys if key.secret == secret):
            if key not in records or records[key].revision != file.revision(key):
                yield f"Secret/{secret} has another value of {key}"

    def _pods(self, keys: Sequence[SecretKey], changed: Mapping[str, str]) -> Iterator[str]:
        wanted = {_place(t): (_checksum(t), since) for t, since in self._templates(keys, changed)}
        services = sorted({service for service, _ in wanted})
        if not services:
            return
        chosen = f"--selector={NAME_LABEL} in ({','.join(services)})"
        for pod in json.loads(self._get("pods", chosen, "--output=json"))["items"]:
            if _place(pod) in wanted and get(pod, "status", "phase") not in _OVER:
                name, (checksum, since) = pod["metadata"]["name"], wanted[_place(pod)]
                if _checksum(pod) != checksum:
                    yield f"Pod/{name} was started with earlier values"
                elif pod["metadata"].get("creationTimestamp", since) < since:
                    yield f"Pod/{name} is older than the values in its Secrets; restart it"
                elif not _is_ready(pod):
                    yield f"Pod/{name} is not ready"

    def _templates(
        self, keys: Sequence[SecretKey], changed: Mapping[str, str]
    ) -> Iterator[tuple[Body, str]]:
        """Return the templates of pods that use *keys*, and since when these have their values."""
        every = list(self.needs.every_key())
        users = [(key, {use.user for use in self.needs.users(key)}) for key in keys]
        for body in self.bodies:
            used = [key for key, by in users if label(body) in by]
            if used:
                live = live_in(f"{body['kind'].lower()}/{body['metadata']['name']}", every)
                since = [changed[key.secret] for key in used if key.name not in live]
                yield pod_template(body), max(since, default="")

    def _get(self, *arguments: str) -> str:
        return ask(self.context, "get", f"--namespace={self.needs.namespace}", *arguments)


def _place(pod: Mapping[str, Any]) -> Place:
    labels = get(pod, "metadata", "labels", default={})
    return labels.get(NAME_LABEL, ""), labels.get(COMPONENT_LABEL, "")


def _checksum(pod: Mapping[str, Any]) -> str:
    return str(get(pod, "metadata", "annotations", default={}).get(CHECKSUM, ""))


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = get(pod, "status", "conditions", default=[])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
