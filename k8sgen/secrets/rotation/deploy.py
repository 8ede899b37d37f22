"""Brings decrypted Secrets to the cluster, through pipes alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.store import Store
from k8sgen.tools.kubectl import SERVER_SIDE, ask


def apply_secrets(store: Store, needs: Needs, *, context: str, dry_run: bool = False) -> str:
    """
    Decrypt the Secrets that an environment needs into `kubectl apply --server-side`.

    Args:
        context: Of the kubeconfig.
        dry_run: Whether the server only checks them.

    Returns:
        What kubectl says, which names no value.

    Raises:
        SecretsError: A file is missing or cannot be decrypted; nothing is applied.
        ClusterError: kubectl refuses.
    """
    absent = [name for name in needs.secrets if not store.path(name).exists()]
    if absent:
        msg = f"there is no encrypted file yet for: {', '.join(absent)}"
        raise SecretsError(msg, hint=f"run: k8sgen secrets generate {needs.environment}")
    items = [_manifest(store, name) for name in needs.secrets]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    options = [*SERVER_SIDE, "--filename=-"]
    options += ["--dry-run=server"] if dry_run else []
    return ask(context, "apply", *options, text=text)


def _manifest(store: Store, name: str) -> Mapping[str, Any]:
    """
    Decrypt one Secret, all values in `data`, because server-side apply cannot own `stringData`.

    Source:
        Kubernetes API reference, Secret: "does not work well with server-side apply"
    """
    body = json.loads(sops.to_manifest(store.path(name), file=store.shown(name)))
    plain = body.pop("stringData", None) or {}
    encoded = {key: base64.b64encode(str(v).encode()).decode() for key, v in plain.items()}
    return {**body, "data": {**(body.get("data") or {}), **encoded}}
