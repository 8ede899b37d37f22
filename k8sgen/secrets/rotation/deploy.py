"""Brings decrypted Secrets to the cluster, through pipes alone."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files import sops
from k8sgen.secrets.files.store import Store
from k8sgen.tools.programs import require


def apply_secrets(store: Store, needs: Needs, options: Sequence[str] = ()) -> str:
    """
    Decrypt the Secrets that an environment needs into `kubectl apply --server-side`.

    Returns:
        What kubectl says, which names no value.

    Raises:
        SecretsError: A file is missing or cannot be decrypted (then nothing is applied), or
            kubectl refuses.
    """
    absent = [name for name in needs.secrets if not store.path(name).exists()]
    if absent:
        msg = f"there is no encrypted file yet for: {', '.join(absent)}"
        raise SecretsError(msg, hint=f"run: k8sgen secrets generate {needs.environment}")
    items = [_manifest(store, name) for name in needs.secrets]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    command = [require("kubectl"), "apply", "--server-side", "--field-manager=k8sgen"]
    done = subprocess.run(
        [*command, *options, "--filename=-"], input=text.encode(), capture_output=True, check=False
    )
    if done.returncode:
        # Its first line says what is wrong; the rest may quote what it was given.
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise SecretsError(f"kubectl: {lines[0]}", hint="nothing else was changed")
    return done.stdout.decode()


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
