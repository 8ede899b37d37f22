"""The errors of this package: what happened to a secret, and what to do; never a value."""

from __future__ import annotations

from k8sgen.errors import K8sgenError


class SecretsError(K8sgenError):
    """Secrets cannot be read, made or written as asked."""


class ReadError(SecretsError):
    """An encrypted file is damaged, or is not one."""


class KeyMissingError(SecretsError):
    """No age identity on this machine opens the file."""


class ContractError(SecretsError):
    """The declared keys contradict each other."""
