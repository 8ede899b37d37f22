"""Secrets in plain text: known formats, names that give them away, and entropy."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rule import Issue, rule
from k8sgen.kubernetes.manifest import Body, get, label
from k8sgen.kubernetes.manifests import PodTemplate

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
    "a URL with a password": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:[^\s/@\"'<>${}]+@"),
}
"""
What a secret of each kind looks like.

Source:
    the documentation of each issuer; compare gitleaks config/gitleaks.toml
"""

_WORD = r"(?:password|passwd|passphrase|secret|token|credentials?|(?:api|access|private)[_-]?key)"
_TELLING = re.compile(rf"(?i)[\w.-]*{_WORD}$")
_ASSIGNED = re.compile(
    rf"(?im)^\s*[\"']?([\w.-]*{_WORD})[\"']?\s*[:=\s]\s*[\"']?([^\s\"'{{}}\[\],]{{6,}})[\"']?,?\s*$"
)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HARMLESS = re.compile(
    r"(?i)(true|false|yes|no|none|null|enabled|disabled|\d+(\.\d+)?(ms|s|m|h|d)?"
    r"|[./~$].*|\$?\(.*|[a-z]+://.*)"
)
_HEX = re.compile(r"[0-9a-fA-F-]+")


def entropy(text: str) -> float:
    """Return Shannon's entropy, in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def suspicion(text: str) -> str | None:
    """Return what kind of secret *text* contains; `None` where there is none."""
    for what, pattern in FORMATS.items():
        if pattern.search(text):
            return what
    for word in _TOKEN.findall(text):
        if _is_random(word):
            return "what looks like a random key"
    return None


def _is_random(word: str) -> bool:
    """Return whether *word* is too random for a name or a path, and is not a digest or a UUID."""
    if word.startswith("/") or word.count("/") > 2 or not re.search(r"\d", word):
        return False
    if _HEX.fullmatch(word):
        return len(word) in (32, 40, 48) and "-" not in word and entropy(word) > 3.0
    mixed = re.search(r"[a-z]", word) and re.search(r"[A-Z]", word)
    return bool(mixed) and entropy(word) > 3.9


def _named(name: str, value: str) -> bool:
    return bool(_TELLING.fullmatch(name) and value and not _HARMLESS.fullmatch(value))


@rule("plaintext-secret", fix="declare it with service.secret(…), and remove the value")
def plaintext_secrets(rendered: Rendered) -> Iterator[Issue]:
    """No variable, command or file contains a secret, and no Secret is rendered."""
    for body in rendered.of("Secret"):
        if body.get("data") or body.get("stringData"):
            yield Issue(body, f"{label(body)}: a Secret with its values is among the manifests")
    for pod in rendered.pods:
        for container in pod.every_container:
            yield from _container(pod, container)
    for body in rendered.of("ConfigMap"):
        for key, text in (body.get("data") or {}).items():
            for what in _in_file(key, str(text)):
                yield Issue(body, f"{label(body)}: {key} holds {what}")


def _container(pod: PodTemplate, container: Body) -> Iterator[Issue]:
    where = f"{label(pod.owner)}: container {container.get('name')}"
    for env in container.get("env") or []:
        value = env.get("value")
        if isinstance(value, str):
            what = "a secret by its name" if _named(env["name"], value) else suspicion(value)
            if what:
                yield Issue(pod.owner, f"{where}: the variable {env['name']} holds {what}")
    for name, words in _commands(container):
        for what in _in_command(words):
            yield Issue(pod.owner, f"{where}: its {name} holds {what}")


def _commands(container: Body) -> Iterator[tuple[str, list[str]]]:
    """Return the words of all that the container runs, by what runs it."""
    yield "command", _words(container.get("command"), container.get("args"))
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield name, _words(get(container, name, "exec", "command"))
    for name in ("postStart", "preStop"):
        yield name, _words(get(container, "lifecycle", name, "exec", "command"))


def _words(*parts: Sequence[object] | None) -> list[str]:
    return [str(word) for part in parts for word in part or ()]


def _in_command(words: Sequence[str]) -> Iterator[str]:
    """Return what kind of secret a word, or the one after its flag, contains."""
    for word, following in pairwise([*words, ""]):
        flag, assigned, value = word.lstrip("-").partition("=")
        if not assigned and word.startswith("-") and not following.startswith("-"):
            value = following
        what = "a secret by its name" if _named(flag, value) else suspicion(word)
        if what:
            yield what


def _in_file(key: str, text: str) -> Iterator[str]:
    if _named(key, text.strip()) and "\n" not in text.strip():
        yield "a secret by its name"
    what = suspicion(text)
    if what:
        yield what
    for name, value in _ASSIGNED.findall(text):
        if _named(name, value) and (re.search(r"\d", value) or entropy(value) > 3.5):
            yield f"a secret by its name, {name}"


RULES = (plaintext_secrets,)
