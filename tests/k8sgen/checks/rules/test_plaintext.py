"""Secrets in the open are told from what only looks like them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.checks.rendered import Rendered
from k8sgen.checks.rules.plaintext import FORMATS, plaintext_secrets, suspicion
from tests.k8sgen.checks.sound import Body, sound

_A = "a1B2c3D4e5F6g7H8i9J0"

# Put together here, so that no scanner takes the test itself for a leak.
EXAMPLES = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "an age identity": "AGE-SECRET-KEY-" + "1" + "QPZRY9X8GF2TVDW0S3JN54KHCE",
    "an AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "a GitHub token": "ghp_" + _A * 2,
    "a GitLab token": "glpat-" + _A,
    "a Slack token": "xoxb-" + _A,
    "a Stripe key": "sk_live_" + _A,
    "a Google API key": "AIza" + _A * 2,
    "a JSON Web Token": "eyJhbGciOiJI." + "eyJzdWIiOiIx." + "c2lnbmF0dXJl",
    "a private JSON Web Key": '{"kty": "RSA", "n": "x", "d": "' + _A + '"}',
    "a URL with a password": "postgres://app:" + "hunter2@db:5432/app",
}

HARMLESS = (
    "https://example.com/a/long/path/with/Many1Parts/And2More",
    "postgres://app@db:5432/app",
    "redis://:${PASSWORD}@redis:6379/0",
    "sha256:" + "0123456789abcdef" * 4,
    "550e8400-e29b-41d4-a716-446655440000",
    "/var/lib/postgresql/18/docker/base",
    "aVeryLongCamelCaseIdentifierWithoutDigits",
    "authorization_code,refresh_token,client_credentials",
    "checksum/config: 0a1b2c3d4e5f6a7b",
    "host=all all 0.0.0.0/0 scram-sha-256",
)


def test_every_format_has_an_example() -> None:
    """
    No format is untested.
    """
    assert set(FORMATS) == set(EXAMPLES)


@pytest.mark.parametrize(("what", "text"), EXAMPLES.items())
def test_known_formats_are_named(what: str, text: str) -> None:
    """
    The finding says what kind of secret it is.
    """
    assert suspicion(f"key: {text}\n") == what


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_passes(text: str) -> None:
    """
    Paths, digests, identifiers and URLs without passwords are none.
    """
    assert suspicion(text) is None


@given(st.integers(0, 2**32), st.integers(32, 64))
def test_random_keys_are_found_by_their_entropy(seed: int, length: int) -> None:
    """
    Nearly every key of 32 letters and digits or more is too uneven for a name.
    """
    random = Random(seed)  # noqa: S311  (the same keys in every run)
    keys = ["".join(random.choices(ascii_letters + digits, k=length)) for _ in range(50)]
    assert sum(suspicion(key) is not None for key in keys) >= 45


def _found(**more: Any) -> list[str]:
    """Return what is said of the environment whose web server has *more*."""
    bodies = sound()
    bodies["web"]["spec"]["template"]["spec"]["containers"][0].update(more)
    return [issue.message for issue in plaintext_secrets.check(Rendered(list(bodies.values())))]


@pytest.mark.parametrize("words", [["--password", "hunter22x"], ["run", "-db-password=hunter22x"]])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("command", lambda words: {"args": words}),
        ("command", lambda words: {"command": words[:1], "args": words[1:]}),
        ("startupProbe", lambda words: {"startupProbe": {"exec": {"command": words}}}),
        ("livenessProbe", lambda words: {"livenessProbe": {"exec": {"command": words}}}),
        ("readinessProbe", lambda words: {"readinessProbe": {"exec": {"command": words}}}),
        ("postStart", lambda words: {"lifecycle": {"postStart": {"exec": {"command": words}}}}),
        ("preStop", lambda words: {"lifecycle": {"preStop": {"exec": {"command": words}}}}),
    ],
)
def test_a_secret_is_found_in_whatever_the_container_runs(
    name: str, place: Callable[[list[str]], Body], words: list[str]
) -> None:
    """
    In one word with its flag or in the next one; the finding names the command.
    """
    said = f"Deployment/web: container http: its {name} holds a secret by its name"
    assert _found(**place(words)) == [said]


@pytest.mark.parametrize(
    "words",
    [
        ["--password", "$(PASSWORD)"],
        ["--password", "/run/secrets/password"],
        ["--ask-password", "--verbose"],
        ["--password"],
        ["password", "reset"],
        ["--password=", "serve"],
    ],
)
def test_flags_without_a_secret_pass(words: list[str]) -> None:
    """
    A reference, a path, another flag and a subcommand are none.
    """
    assert _found(args=words) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD_FILE", "/run/secrets/password"),
        ("ACCESS_TOKEN", "$(OTHER)"),
        ("REFRESH_TOKEN", "720h"),
        ("CLIENT_SECRET", ""),
        ("PRINT_TOKEN", "false"),
    ],
)
def test_telling_names_with_harmless_values_pass(name: str, value: str) -> None:
    """
    A path, a reference, a duration and a switch are no secret, whatever their name.
    """
    bodies = sound()
    env = bodies["web"]["spec"]["template"]["spec"]["containers"][0]["env"]
    env.append({"name": name, "value": value})
    assert list(plaintext_secrets.check(Rendered(list(bodies.values())))) == []
