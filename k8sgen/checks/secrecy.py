"""What a secret in plain text looks like: known formats, names that give it away, randomness."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

FORMATS: Mapping[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an age identity": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"),
    "a GitLab token": re.compile(r"\bgl(pat|dt|rt)-[\w-]{16,}"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/T\w+/B\w+"),
    "a Stripe key": re.compile(r"\b[rs]k_(live|test)_[A-Za-z0-9]{10,}"),
    "a Google API key": re.compile(r"\bAIza[\w-]{30,}"),
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    "a private JSON Web Key": re.compile(r"\"kty\".{0,400}\"d\"\s*:\s*\"[\w-]{20,}\"", re.DOTALL),
    "a URL with a password": re.compile(
        r"\b[a-z][a-z0-9+.-]*://(?:[^\s/:@\"'<>]*:[^\s/@\"'<>${}]+@"
        r"|[^\s\"'<>]*[?&;](?i:password|pwd)=[^\s&;\"'<>${}]{3,})"
    ),
    "an Authorization header": re.compile(r"\b(Basic|Bearer) [A-Za-z0-9+/=_.-]{8,}"),
    "a line of a .pgpass": re.compile(
        r"^[\w.*-]+:(\d{1,5}|\*):[\w.*-]+:[\w.*-]+:[^\s:${}]{3,}$", re.MULTILINE
    ),
    "a password in SQL": re.compile(r"(?i)\b(PASSWORD|IDENTIFIED\s+BY)\s+'[^'{}$:]{3,}'"),
    "a password of Redis": re.compile(
        r"(?m)^\s*(requirepass|masterauth)\s+[\"']?[^\s\"'{}$]{3,}|^\s*user\s+\S+\s.*>[^\s{}$]{3,}"
    ),
}
"""
What a secret of each kind looks like.

Source:
    the documentation of each issuer; compare gitleaks config/gitleaks.toml
"""

_LOGIN = r"(?:password|passwd|passphrase|(?<![a-z])pass|(?<![a-z])pwd)"
_KEY = r"(?:api|access|private|secret|session|signing|encryption|cookie|auth|hmac|master)[_-]?key"
_WORD = rf"(?:{_LOGIN}|secret|token|credentials?|{_KEY}(?:[_-]?base)?)"
_TELLING = re.compile(rf"(?i)[\w.-]*{_WORD}")
_OF_PASSWORD = re.compile(rf"(?i)[\w.-]*(?:{_LOGIN}|secret)")
_VALUE = r"[^\s\"'{}\[\],;&]{4,}"
_ASSIGNED = (
    # A line of its own: YAML, TOML, INI, a list of variables.
    re.compile(rf"(?im)^\s*[\"']?([\w.-]*{_WORD})[\"']?\s*[:=\s]\s*[\"']?({_VALUE})[\"']?,?\s*$"),
    # Among others on a line: JSON, and the key=value strings of drivers.
    re.compile(rf"(?i)[\"']([\w.-]*{_WORD})[\"']\s*:\s*[\"']({_VALUE})[\"']"),
    re.compile(rf"(?i)(?<![\w.-])([\w.-]*{_LOGIN})\s*=\s*[\"']?({_VALUE})"),
)
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_HARMLESS = re.compile(
    r"(?i)(true|false|yes|no|on|off|none|null|enabled|disabled|required|\d+(\.\d+)?(ms|s|m|h|d)"
    r"|[./~$<].*|\$?\(.*|[a-z]+://.*|\*+)"
)
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PUBLIC = re.compile(
    r"-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE|CERTIFICATE REQUEST|PUBLIC KEY|X509 CRL)-----"
    r".*?-----END \1-----",
    re.DOTALL,
)
_PUBLIC_START = re.compile(
    r"/|MII|LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR|LS0tLS1CRUdJTiBQVUJMSUMg|AAAA[BC]3NzaC1|sha\d+-"
)
"""A path, DER, a certificate and a public key in base64, a public key of SSH, a hash."""
_HASHED = re.compile(
    r"(?i)(sha\d*|md5|integrity|checksum|digest|fingerprint|hash)[\w.\"']{0,12}\s*[-:=]\s*[\"']?$"
)


def entropy(text: str) -> float:
    """Return Shannon's entropy, in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def suspicion(text: str) -> str | None:
    """Return what kind of secret *text* contains; `None` where there is none."""
    for what, pattern in FORMATS.items():
        if pattern.search(text):
            return what
    private = _PUBLIC.sub("", text)
    for match in _TOKEN.finditer(private):
        if _is_random(match[0]) and not _HASHED.search(private[: match.start()][-24:]):
            return "what looks like a random key"
    return None


def _is_random(word: str) -> bool:
    """Return whether *word* is too random for a name, a path, a list of words or a hash."""
    if _PUBLIC_START.match(word) or word.count("/") > 2 or not re.search(r"\d", word):
        return False
    if len([part for part in re.split(r"[-_+]", word) if part]) > 3:
        return False
    if _is_hex(word):
        return len(word) in (32, 48) and entropy(word) > 3.0
    mixed = re.search(r"[a-z]", word) and re.search(r"[A-Z]", word)
    return bool(mixed) and entropy(word) > 3.9


def _is_hex(word: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]+", word) is not None


def held(name: str, text: str) -> str | None:
    """Return what kind of secret the *text* under that *name* is, or contains."""
    if is_named(name, text):
        return "a secret by its name"
    inside = next(assigned(text), "")
    return suspicion(text) or (f"a secret by its name, {inside}" if inside else None)


def is_named(name: str, value: str) -> bool:
    """Return whether *name* gives *value* away as a secret."""
    if not _TELLING.fullmatch(name) or not value or _HARMLESS.fullmatch(value):
        return False
    return not _NUMBER.fullmatch(value) or bool(_OF_PASSWORD.fullmatch(name) and len(value) > 3)


def assigned(text: str) -> Iterator[str]:
    """Return the names in *text* that are given a secret."""
    for pattern in _ASSIGNED:
        for name, value in pattern.findall(text):
            sure = _OF_PASSWORD.fullmatch(name) or re.search(r"\d", value) or entropy(value) > 3.5
            if is_named(name, value) and sure:
                yield name
