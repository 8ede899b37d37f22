"""The keys that one environment needs: declared by its services, used by its manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs

from k8sgen.errors import Location
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.contract.references import Reference
from k8sgen.secrets.errors import ContractError, SecretsError


@attrs.frozen(kw_only=True)
class Needed:
    """
    One Kubernetes Secret that an environment needs.

    Args:
        keys: By key, in the order of their declaration.
        labels: Those of its service's manifests.
        location: Where the service is made.
    """

    name: str
    keys: Mapping[str, SecretKey]
    labels: Mapping[str, str]
    location: Location | None = None


@attrs.frozen(kw_only=True)
class Needs:
    """
    All Secrets that an environment needs, and who uses them.

    Args:
        recipients: The age public keys that may read them.
        secrets: By name.
    """

    environment: str
    namespace: str
    recipients: tuple[str, ...]
    secrets: Mapping[str, Needed]
    references: tuple[Reference, ...]

    def every_key(self) -> Iterator[SecretKey]:
        """Return every key, Secret by Secret."""
        for needed in self.secrets.values():
            yield from needed.keys.values()

    def find(self, name: str) -> SecretKey | None:
        """Find a key by its name, such as `redis/password`."""
        secret, _, key = name.partition("/")
        needed = self.secrets.get(secret)
        return needed.keys.get(key) if needed else None

    def is_used(self, key: SecretKey) -> bool:
        """Whether a manifest uses *key*, or a value that is derived from it."""
        return bool(self.users(key)) or any(
            self.is_used(other) for other in self.every_key() if key in other.sources
        )

    def users(self, key: SecretKey) -> list[Reference]:
        """Return the manifests that use *key*."""
        return [r for r in self.references if r.secret == key.secret and r.key in (None, key.key)]

    def readers(self) -> tuple[str, ...]:
        """
        Return the recipients.

        Raises:
            SecretsError: There is none.
        """
        if not self.recipients:
            msg = f"the environment {self.environment} has no recipients to encrypt for"
            raise SecretsError(msg, hint=f"run: k8sgen secrets init {self.environment}")
        return self.recipients

    def manifest(self, needed: Needed, values: Mapping[str, str]) -> dict[str, Any]:
        """Return the Secret with *values* in it."""
        namespace = {"namespace": self.namespace} if self.namespace else {}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": needed.name,
                **namespace,
                "labels": dict(needed.labels),
                # A client-side apply would write the values into another annotation, in plain text.
                "annotations": {"argocd.argoproj.io/sync-options": "ServerSideApply=true"},
            },
            "type": "Opaque",
            "stringData": dict(values),
        }

    def in_order(self) -> list[SecretKey]:
        """
        Return every key after those that its value comes from.

        Raises:
            ContractError: A value comes from itself, or from a key that no service declares.
        """
        known = {key.name: key for key in self.every_key()}
        graph = {key.name: [source.name for source in key.sources] for key in known.values()}
        for name, before in graph.items():
            for source in before:
                if source not in known:
                    msg = f"{name} is derived from {source}, which no service declares"
                    hint = "declare it with self.secret(…) in the service that owns it"
                    raise ContractError(msg, hint=hint)
        try:
            return [known[name] for name in TopologicalSorter(graph).static_order()]
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise ContractError(f"derived from each other: {circle}", hint="remove one") from None
