"""What git knows about the encrypted files; without git, nothing."""

from __future__ import annotations

from collections.abc import Iterable

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.store import Store
from k8sgen.tools.git import asked


def refuse_deleted(store: Store, secrets: Iterable[str]) -> None:
    """
    Refuse to generate values for an encrypted file that was committed and is missing now.

    Raises:
        SecretsError: There is one: servers still use the values in it.
    """
    for name in secrets:
        shown = store.shown(name)
        there = store.path(name).exists()
        if not there and asked(store.root, "cat-file", "-e", f"HEAD:./{shown}") is not None:
            hint = f"restore it with: git checkout HEAD -- {shown}, or commit its removal"
            raise SecretsError("the file is in git but is missing here", location=shown, hint=hint)
