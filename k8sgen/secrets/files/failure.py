"""What a failure of `sops` means, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from k8sgen.secrets.errors import KeyMissingError, ReadError, SecretsError

_RECIPIENT = re.compile(r"^\s*(age1\w+): FAILED", re.MULTILINE)
_MISSING_FILE = re.compile(r"failed to open SOPS_AGE_KEY_FILE file: open\s+(\S+?): no such file")


@attrs.frozen
class Meaning:
    """What one message of sops means."""

    pattern: str
    kind: type[SecretsError]
    problem: str
    hint: str


_RESTORE = "restore it with: git checkout HEAD -- {file}"
_MEANINGS = (
    Meaning(
        "failed to read header|parsing age header",
        ReadError,
        "the key part of the file is damaged",
        _RESTORE,
    ),
    Meaning(
        "identity did not match any of the recipients",
        KeyMissingError,
        "none of your age identities opens it; it is encrypted for {recipients}",
        "run secrets init, then let a person who can open it run secrets rotate --recipients",
    ),
    Meaning(
        "Did not find keys in locations|failed to load age identities",
        KeyMissingError,
        "there is no age identity here to open it with",
        "put it into {key_file}, or let SOPS_AGE_KEY_FILE name its file; secrets init makes one",
    ),
    Meaning(
        "MAC mismatch",
        ReadError,
        "its checksum does not fit: it was changed without sops",
        "look at git diff HEAD -- {file}, undo it with git checkout HEAD -- {file}, and change it "
        "with secrets edit",
    ),
    Meaning(
        "message authentication failed|does not match sops' data format",
        ReadError,
        "a value in it is damaged or was written in plain text",
        "look at git diff HEAD -- {file}, undo it with git checkout HEAD -- {file}, and change it "
        "with secrets edit",
    ),
    Meaning(
        "sops metadata not found|unmarshal|parsing time|Version string empty|Error parsing",
        ReadError,
        "the file is cut off or damaged",
        _RESTORE,
    ),
    Meaning(
        "no space left",
        SecretsError,
        "the disk is full; nothing was changed",
        "free some space and run again",
    ),
)


def explain(stderr: str, file: Path, *, hidden: str = "") -> SecretsError:
    """
    Translate what sops wrote on standard error.

    Args:
        file: What it worked on.
        hidden: Its input, of which nothing may be shown.
    """
    from k8sgen.secrets.files.identity import key_file  # noqa: PLC0415 - only for a message

    missing = _MISSING_FILE.search(re.sub(r"\n\s*\|?\s*", " ", stderr))
    if missing:
        msg = f"SOPS_AGE_KEY_FILE names {missing[1]}, which is not there"
        return KeyMissingError(msg, location=file, hint="put the age identity there, or unset it")
    plain = " ".join(stderr.replace("|", " ").split())
    recipients = ", ".join(_RECIPIENT.findall(stderr)) or "others"
    facts = {"file": file, "recipients": recipients, "key_file": key_file()}
    for meaning in _MEANINGS:
        if re.search(meaning.pattern, plain):
            problem, hint = (t.format(**facts) for t in (meaning.problem, meaning.hint))
            return meaning.kind(problem, location=file, hint=hint)
    first = next(iter(stderr.strip().splitlines()), "no message")
    shown = first if not hidden else re.sub(r"[\"'].*", "…", first)
    return SecretsError(f"sops failed: {shown}", location=file, hint="nothing was changed")
