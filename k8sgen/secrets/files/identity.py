"""Age identities: the private keys of a person or a machine, which never enter the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from k8sgen.output.exchange import lock
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.record import to_text
from k8sgen.tools.programs import install

_MARK = "# k8sgen: "


def key_file() -> Path:
    """Return the file of age identities: the one that is named, or else where sops looks."""
    named = os.environ.get("SOPS_AGE_KEY_FILE")
    return Path(named) if named else _standard_file()


def _standard_file() -> Path:
    """
    Return the file that sops reads even where another one is named.

    Source:
        getsops/sops age/keysource.go
    """
    if os.environ.get("XDG_CONFIG_HOME"):
        folder = Path(os.environ["XDG_CONFIG_HOME"])
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path.home() / ".config"
    return folder / "sops" / "age" / "keys.txt"


def recipients() -> dict[str, str]:
    """Return the public key of each identity here, with the purpose in the comment above it."""
    found: dict[str, str] = {}
    files = [path for path in {key_file(), _standard_file()} if path.is_file()]
    texts = [os.environ.get("SOPS_AGE_KEY", ""), *(p.read_text("utf-8", "replace") for p in files)]
    purpose = ""
    for line in "\n".join(texts).splitlines():
        if line.startswith(_MARK):
            purpose = line.removeprefix(_MARK).strip()
        elif line.startswith("AGE-SECRET-KEY-1"):
            found[_public(line.strip())] = purpose
            purpose = ""
    return found


@attrs.frozen
class Ensured:
    """The public key of an identity, and whether it was made just now."""

    recipient: str
    made: bool


def ensure(purpose: str, *, root: Path, known: Sequence[str]) -> Ensured:
    """
    Find the identity that is for *purpose*, or make it.

    Args:
        purpose: The comment above the identity, such as "example/production".
        root: The project, which the file may not be in.
        known: Public keys that serve as well; the first whose identity is here is taken.

    Raises:
        SecretsError: The file would be in the project.
    """
    path = Path(os.path.realpath(key_file()))
    if path.is_relative_to(root.resolve()):
        msg = f"{path} is in the project, where a private key must never be"
        raise SecretsError(msg, hint="let SOPS_AGE_KEY_FILE name a file outside")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock(path.parent):
        found = recipients()
        mine = next((public for public in known if public in found), None)
        mine = mine or next((public for public, noted in found.items() if noted == purpose), None)
        if mine:
            if path.exists():
                path.chmod(0o600)
            return Ensured(mine, made=False)
        made = _pyrage().x25519.Identity.generate()
        public = str(made.to_public())
        _add(path, purpose, public, str(made))
        return Ensured(public, made=True)


def _add(path: Path, purpose: str, public: str, private: str) -> None:
    """Add an identity; at each moment the file is the old one or the new one, for its owner."""
    before = path.read_text("utf-8") if path.exists() else ""
    gap = "" if not before or before.endswith("\n") else "\n"
    head = f"# created: {to_text(datetime.now(UTC))}\n# public key: {public}\n"
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(f"{before}{gap}{head}{_MARK}{purpose}\n{private}\n")
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def _public(private: str) -> str:
    try:
        return str(_pyrage().x25519.Identity.from_str(private).to_public())
    except ValueError:
        return ""


def _pyrage() -> Any:
    try:
        import pyrage  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError:
        msg = "the Python package pyrage, which makes age keys, is missing"
        raise SecretsError(msg, hint=f"get it with: {install('sops')}") from None
    return pyrage
