"""The errors of this room: what happened to a secret, and what to do; never a value."""

from __future__ import annotations

from k8sgen.errors import K8sgenError


class SecretsError(K8sgenError):
    """Secrets cannot be read, made or written as asked."""


class ReadError(SecretsError):
    """An encrypted file is damaged, or is none."""


class KeyMissingError(SecretsError):
    """No age identity here opens the file."""


class ContractError(SecretsError):
    """The declared keys contradict each other."""
