"""Environment: one value that says what differs in one place where the product runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from k8sgen.settings.cluster import Cluster
from k8sgen.settings.resources import Compute, Resources, Storage
from k8sgen.settings.value import Value, at_least, dns_label

BASE = "base"
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{40,}")  # Bech32 has neither 1, b, i nor o


@attrs.frozen(kw_only=True)
class Quota(Value):
    """
    The most that all pods of the namespace may request together.

    Args:
        pods: In pods.
        storage: Of all claims together.
    """

    requests: Compute = Compute(cpu="4", memory="8Gi")
    limits: Compute = Compute(cpu="12", memory="16Gi")
    pods: int = attrs.field(default=40, validator=at_least(1))
    storage: Storage = Storage(size="50Gi")


@attrs.frozen(kw_only=True)
class Priority(Value):
    """
    Which pods are scheduled first, and evicted last.

    Args:
        name: Of the PriorityClass, which is the whole cluster's.
        value: At most a billion; 0 is what pods without a class have.
    """

    name: str = attrs.field(validator=dns_label)
    value: int


def _to_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Environment(Value):
    """
    The differences of one environment; a project's own class adds one field a service.

    Args:
        name: As in `environments/<name>.py`; `base` is the one that holds only defaults.
        namespace: The Kubernetes namespace; `None` is the environment's name.
        cluster: Where it runs.
        quota: What it may use.
        default_resources: Of containers that name none.
        priority: Of every pod; `None` is the cluster's default.
        recipients: The age public keys that its secrets are encrypted for; `secrets init` adds to
            them in `environments/<name>.yaml`.
        require_digests: Whether every image must be pinned by its digest.
    """

    name: str = attrs.field(default=BASE, validator=dns_label)
    namespace: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(dns_label)
    )
    cluster: Cluster = Cluster()
    quota: Quota = Quota()
    default_resources: Resources = Resources()
    priority: Priority | None = None
    recipients: Sequence[str] = attrs.field(default=(), converter=_to_tuple)
    require_digests: bool = False

    @recipients.validator
    def _are_public_keys(self, _: attrs.Attribute[Sequence[str]], value: Sequence[str]) -> None:
        for recipient in value:
            if not _RECIPIENT.fullmatch(recipient):
                msg = f"recipients: {recipient!r} is not an age public key; those start with age1"
                raise ValueError(msg)

    @property
    def is_base(self) -> bool:
        """Whether this is the base, which runs nowhere."""
        return self.name == BASE
