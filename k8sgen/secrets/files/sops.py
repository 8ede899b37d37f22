"""
Runs the real `sops`; plaintext goes through pipes, never through arguments or files.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.failure import explain
from k8sgen.secrets.files.memory import plain_folder
from k8sgen.tools.programs import require

ENCRYPTED_REGEX = "^(data|stringData)$"
UNCHANGED = 200
"""The status of `sops edit` when the editor changed nothing."""
# These would add readers that the project does not name, or values that sops need not see.
_FOREIGN = (
    "K8SGEN_SECRET_",
    "SOPS_AGE_RECIPIENTS",
    "SOPS_PGP_FP",
    "SOPS_KMS_ARN",
    "SOPS_GCP_KMS_IDS",
    "SOPS_HUAWEICLOUD_KMS_IDS",
    "SOPS_AZURE_KEYVAULT_URLS",
    "SOPS_VAULT_URIS",
    "SOPS_CONFIG",
)


def encrypt(body: Mapping[str, Any], recipients: Sequence[str], *, file: Path) -> bytes:
    """Encrypt a Secret for *recipients*; *file* is its name in messages."""
    readers = ["--age", ",".join(recipients), "--encrypted-regex", ENCRYPTED_REGEX]
    form = ["--input-type", "json", "--output-type", "yaml", "--filename-override", "x.yaml"]
    text = json.dumps(body)
    return _run(["--config", os.devnull, "encrypt", *readers, *form], file=file, text=text)


def decrypt(path: Path, *, file: Path) -> dict[str, str]:
    """Decrypt the values of the encrypted file at *path*."""
    form = ["--input-type", "yaml", "--output-type", "json"]
    body = json.loads(_run(["decrypt", *form, str(path)], file=file))
    encoded = {k: _from_base64(v) for k, v in (body.get("data") or {}).items()}
    return {**encoded, **{k: str(v) for k, v in (body.get("stringData") or {}).items()}}


def to_manifest(path: Path, *, file: Path) -> bytes:
    """Decrypt the encrypted file at *path* to the Secret as kubectl wants it."""
    return _run(["decrypt", "--input-type", "yaml", "--output-type", "json", str(path)], file=file)


def put(path: Path, place: Sequence[str], value: str, *, file: Path) -> None:
    """Set one value in the encrypted file at *path*; the others keep their ciphertext."""
    index = "".join(f"[{json.dumps(part)}]" for part in place)
    form = ["--input-type", "yaml", "--output-type", "yaml", "--value-stdin"]
    _run(["set", *form, str(path), index], file=file, text=json.dumps(value))


def put_value(path: Path, old: Encrypted | None, key: str, value: str, *, file: Path) -> None:
    """Set the value of a key where the file has it, or in `stringData`."""
    before = old.values.get(key) if old else None
    field = before.field if before else "stringData"
    text = _to_base64(value) if field == "data" else value
    put(path, [field, key], text, file=file)


def rotate_data_key(path: Path, *, file: Path) -> None:
    """Encrypt all values of the file at *path* with a new data key."""
    form = ["--input-type", "yaml", "--output-type", "yaml"]
    _run(["rotate", "--in-place", *form, str(path)], file=file)


def update_recipients(path: Path, recipients: Sequence[str], *, file: Path) -> None:
    """Let only *recipients* open the file at *path*; the values do not change."""
    rule = {"encrypted_regex": ENCRYPTED_REGEX, "age": ",".join(recipients)}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:  # nothing but public keys
        json.dump({"creation_rules": [rule]}, config)
        config.flush()
        arguments = ["--config", config.name, "updatekeys", "--yes", "--input-type", "yaml"]
        _run([*arguments, str(path)], file=file)


def edit(path: Path, *, file: Path) -> bool:
    """Open the editor on the file at *path*, and return whether anything was changed."""
    command = [require("sops"), "edit", "--input-type", "yaml", "--output-type", "yaml", str(path)]
    with plain_folder() as plain:
        env = {**_environment(), "TMPDIR": str(plain.path)}
        done = subprocess.run(command, env=env, pass_fds=[plain.lock], check=False)
    status = done.returncode
    if status not in (0, UNCHANGED):
        msg = f"sops edit ended with status {status}; nothing was changed"
        raise SecretsError(msg, location=file, hint="its own message is above")
    return status == 0


def _from_base64(text: str) -> str:
    return base64.b64decode(text).decode("utf-8", "surrogateescape")


def _to_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}


def _run(arguments: Sequence[str], *, file: Path, text: str = "") -> bytes:
    done = subprocess.run(
        [require("sops"), *arguments],
        input=text.encode(),
        capture_output=True,
        check=False,
        env=_environment(),
    )
    if done.returncode:
        raise explain(done.stderr.decode(errors="replace"), file, hidden=text)
    return done.stdout
