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
from k8sgen.checks.rules.plaintext import plaintext_secrets
from k8sgen.checks.secrecy import FORMATS, suspicion
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
    "an Authorization header": "Basic " + "dXNlcjpodW50ZXIy",
    "a line of a .pgpass": "\ndb:5432:*:app:" + "hunter22\n",
    "a password in SQL": "ALTER ROLE app PASSWORD " + "'hunter22'",
    "a password of Redis": "\nrequirepass " + "hunter22\n",
}

CERTIFICATE = f"""\
-----BEGIN CERTIFICATE-----
{"Rk9vMUJhcjJCYXozUXV4NFF1dXg1Q29yZ2U2R3JhdWx0N0d" * 2}
-----END CERTIFICATE-----
"""
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
    "ECDHE-RSA-AES128-GCM-SHA256:kEDH+AESGCM:DHE-RSA-Aes256-Gcm-Sha384-Chacha20",
    "sha384-oqVuAfXRKap7fdgcCY5uykM6" + "R9GqQ8KuxyrK2aWfM3bVqh0uxQ8d",
    "integrity: " + "R9GqQ8KuxyrK2aWfM3bVqh0uxQ8dOqVu",
    "3b18e512dba79e4c8300dd08aeb37f8e728b8dad",
    CERTIFICATE,
    "caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURkekNDQWwrZ0F3SUJBZ0lFQWdBQQ==",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA deploy@example.com",
    "ALTER ROLE app PASSWORD :'password'",
    "user default on >{password} ~* &* +@all",
    "jdbc:postgresql://db:5432/app?user=app&password=${PASSWORD}",
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "12345678"),
        ("DB_PASS", "hunter22"),
        ("PG_PASS", "hunter22"),
        ("SESSION_KEY", "not-so-random"),
        ("SECRET_KEY_BASE", "not-so-random"),
        ("JDBC_URL", "jdbc:postgresql://db/app?user=app&" + "password=hunter22"),
        ("DSN", "host=db user=app " + "password=hunter22 dbname=app"),
    ],
)
def test_a_variable_gives_itself_away(name: str, value: str) -> None:
    """
    By its name, by a URL, by the key=value string of a driver.
    """
    assert len(_with_variable(name, value)) == 1


@pytest.mark.parametrize("name", ["BYPASS", "COMPASS", "MONKEY", "MAX_TOKEN", "PRIMARY_KEY"])
def test_names_that_only_end_like_it_pass(name: str) -> None:
    """
    A word within a word is none.
    """
    assert _with_variable(name, "4096") == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("app.json", '{"db": {"user": "app", ' + '"password": "changeme"}}'),
        ("app.toml", "[db]\npassword = " + '"changeme"\n'),
        ("app.ini", "dsn = host=db user=app " + "password=changeme\n"),
        ("redis.conf", "port 6379\nrequirepass " + "foobared\n"),
        ("users.acl", "user default on " + ">foobared ~* +@all\n"),
        (".pgpass", "db:5432:app:app:" + "hunter22\n"),
        ("init.sql", "CREATE ROLE app LOGIN PASSWORD " + "'hunter22';\n"),
    ],
)
def test_a_file_gives_itself_away(file: str, text: str) -> None:
    """
    In whatever format: JSON in one line, TOML, INI, Redis' own, SQL.
    """
    bodies = sound()
    bodies["config"]["data"][file] = text
    said = [issue.message for issue in plaintext_secrets.check(Rendered(list(bodies.values())))]
    assert said
    assert all(file in message for message in said)


def test_annotations_and_headers_of_probes_are_read() -> None:
    """
    What a person writes beside the configuration counts as much.
    """
    header = {"name": "Authorization", "value": "Basic " + "dXNlcjpodW50ZXIy"}
    probe = {"httpGet": {"path": "/", "port": "http", "httpHeaders": [header]}}
    (said,) = _found(livenessProbe=probe)
    assert "the header Authorization of a probe holds an Authorization header" in said
    bodies = sound()
    bodies["web"]["metadata"]["annotations"] = {"example.com/db-password": "changeme"}
    (issue,) = plaintext_secrets.check(Rendered(list(bodies.values())))
    assert issue.message == "Deployment/web: the annotation db-password holds a secret by its name"


def _with_variable(name: str, value: str) -> list[str]:
    bodies = sound()
    env = bodies["web"]["spec"]["template"]["spec"]["containers"][0]["env"]
    env.append({"name": name, "value": value})
    return [issue.message for issue in plaintext_secrets.check(Rendered(list(bodies.values())))]
