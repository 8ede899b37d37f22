"""Every finding of `secrets check`, from the damage that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from k8sgen.checks.finding import Finding
from k8sgen.errors import Location
from k8sgen.secrets.contract.check import check
from k8sgen.secrets.contract.rules import RULES
from k8sgen.secrets.files import identity
from k8sgen.secrets.files.open import close
from k8sgen.secrets.files.store import DECIDED
from tests.k8sgen.secrets.kit import NOW, Site, given, keys, needs_of

RULES_FILE = """\
creation_rules:
- path_regex: ^production/[^/]+\\.sops\\.yaml$
  key_groups:
  - age: [{recipients}]
"""


@pytest.fixture
def ready(ready: Site) -> Site:
    """
    An environment in which everything is as it should be.
    """
    write_rules(ready, *ready.needs.recipients)
    return ready


def write_rules(site: Site, *recipients: str) -> None:
    """Write the creation rules."""
    text = RULES_FILE.format(recipients=", ".join(recipients))
    (site.store.folder.parent / ".sops.yaml").write_text(text)


def found(site: Site, days: float = 1) -> list[Finding]:
    """Check, some days after everything was made."""
    return check(site.needs, site.store, NOW + timedelta(days=days))


def change(site: Site, old: str, new: str) -> None:
    """Change the file of the client."""
    text = site.text("web")
    changed = re.sub(old, new, text, count=1, flags=re.MULTILINE)
    assert changed != text
    site.write("web", changed)


def test_nothing_is_found_where_all_is_well(ready: Site) -> None:
    """Even without any private key."""
    identity.key_file().unlink()
    assert found(ready) == []


def test_an_environment_without_secrets_gets_one_hint(site: Site) -> None:
    """And not one a key."""
    site.needs = needs_of(keys())
    (finding,) = found(site)
    assert (finding.rule, finding.severity) == ("secret-not-set-up", "warning")
    assert "secrets init production" in finding.hint


def test_an_environment_that_needs_none_gets_none(site: Site) -> None:
    """No services with secrets, no findings."""
    site.needs = needs_of([])
    assert found(site) == []


Damage = Callable[[Site], None]


def without(key: str) -> Damage:
    """Return the damage of a service that no longer declares *key*."""

    def damage(site: Site) -> None:
        rest = [each for each in keys() if each.name != key]
        site.needs = needs_of(rest, recipients=site.needs.recipients)

    return damage


def with_recipients(*more: str) -> Damage:
    """Return the damage of an environment whose recipients have changed."""

    def damage(site: Site) -> None:
        wanted = more or ("age1" + "q" * 58,)
        site.needs = needs_of(keys(), recipients=wanted)
        write_rules(site, *wanted)

    return damage


@pytest.mark.parametrize(
    ("rule", "damage", "subject"),
    [
        ("secret-missing", lambda s: s.store.path("web").unlink(), "web.sops.yaml is missing"),
        (
            "secret-missing",
            lambda s: setattr(
                s, "needs", needs_of([*keys(), given()], recipients=s.needs.recipients)
            ),
            "web/api-key is missing",
        ),
        ("secret-orphaned", without("web/session"), "web/session is orphaned"),
        (
            "secret-orphaned",
            lambda s: s.write("old", s.text("web")),
            "old.sops.yaml is orphaned",
        ),
        (
            "secret-plaintext",
            lambda s: change(s, "session: .*", "session: canary"),
            "web/session is in plain text",
        ),
        (
            "secret-plaintext",
            lambda s: change(s, "^type: Opaque", "data:\n    more: canary\ntype: Opaque"),
            "web/more is in plain text",
        ),
        (
            "secret-not-text",
            lambda s: change(s, r"(session: .*)type:str", r"\1type:int"),
            "web/session is not a string",
        ),
        ("secret-recipients", with_recipients(), "can be read by age1"),
        ("secret-recipients", with_recipients(), "cannot be read by age1qqq"),
        (
            "secret-rule",
            lambda s: (s.store.folder.parent / ".sops.yaml").unlink(),
            "no rule of dist/secrets/.sops.yaml covers it",
        ),
        (
            "secret-rule",
            lambda s: (s.store.folder.parent / ".sops.yaml").write_text(
                "creation_rules:\n- {path_regex: nothing, age: age1x}\n"
            ),
            "no rule of dist/secrets/.sops.yaml covers it",
        ),
        ("secret-rule", lambda s: write_rules(s, "age1other"), "has other recipients"),
        (
            "secret-misnamed",
            lambda s: change(s, "namespace: production", "namespace: staging"),
            "its namespace is 'staging', not 'production'",
        ),
        ("secret-misnamed", lambda s: change(s, "    name: web", "    name: x"), "its name is 'x'"),
        ("secret-unreadable", lambda s: s.write("web", s.text("web")[:400]), "cut off"),
        ("secret-unreadable", lambda s: change(s, "^type", "<<<<<<< a\ntype"), "merge conflict"),
        (
            "secret-interrupted",
            lambda s: (s.store.folder / DECIDED).mkdir(),
            "a change was interrupted",
        ),
        (
            "secret-stub-filled",
            lambda s: (s.store.folder / "web.stub.yaml").write_text(
                "stringData:\n  session: canary\n  database-url: '<derived: x>'\n"
            ),
            "holds values in plain text: session",
        ),
        (
            "secret-unused",
            lambda s: setattr(
                s, "needs", needs_of(keys(), recipients=s.needs.recipients, used=False)
            ),
            "no manifest uses web/session",
        ),
        (
            "secret-stale",
            lambda s: s.set("database", "password", "by hand"),
            "web/database-url was made of other values than there are now",
        ),
    ],
)
def test_what_is_wrong_is_found(ready: Site, rule: str, damage: Damage, subject: str) -> None:
    """By its rule, with what to do, and without showing a value."""
    damage(ready)
    matching = [f for f in found(ready) if f.rule == rule and subject in f.message]
    assert len(matching) >= 1, found(ready)
    assert matching[0].hint
    assert matching[0].environment == "production"
    assert "canary" not in repr(found(ready))


@pytest.mark.parametrize("reverted", ["database", "web"])
def test_a_partial_revert_is_found(ready: Site, reverted: str) -> None:
    """Of two files whose values belong together, one has the values before the rotation."""
    before = ready.text(reverted)
    ready.generate(rotate=["database/password"], now=NOW + timedelta(hours=1))
    close(ready.store)
    assert found(ready) == []
    ready.write(reverted, before)
    (finding,) = found(ready)
    assert (finding.rule, finding.message.split()[0]) == ("secret-stale", "web/database-url")
    ready.generate(now=NOW + timedelta(hours=2))
    close(ready.store)
    assert found(ready) == []


def test_an_open_rotation_is_told_and_no_fault(ready: Site) -> None:
    """It may have to be merged before its steps can be run."""
    ready.generate(rotate=["database/password"], now=NOW)
    (finding,) = found(ready)
    assert (finding.rule, finding.severity) == ("secret-open", "note")
    assert "is open since 2026-11-22: database/login, database/password, web/d" in finding.message
    assert "secrets rotate production --steps" in finding.hint


def test_a_damaged_file_of_an_open_rotation_is_found(ready: Site) -> None:
    """The values in use are in it."""
    ready.generate(rotate=["database/password"], now=NOW)
    path = ready.store.path("in-use/database")
    path.write_text(path.read_text()[:400])
    assert [f.rule for f in found(ready)] == ["secret-unreadable"]
    assert "in-use/database.sops.yaml" in found(ready)[0].message


def test_overdue_is_found_by_the_date_of_the_value(ready: Site) -> None:
    """A key is due after its own days, and what derives from it is not."""
    assert [f.message.split()[0] for f in found(ready, days=31)] == ["web/session"]
    assert [f.message.split()[0] for f in found(ready, days=91)] == [
        "database/password",
        "web/session",
    ]
    ready.generate(rotate=["web/session"], now=NOW + timedelta(days=80))
    close(ready.store)
    assert [f.message.split()[0] for f in found(ready, days=91)] == ["database/password"]


def test_findings_name_the_line(ready: Site) -> None:
    """Of the key in the encrypted file."""
    change(ready, "session: .*", "session: canary")
    number = ready.text("web").splitlines().index("    session: canary") + 1
    places = [f.location for f in found(ready) if f.rule == "secret-plaintext"]
    assert places == [Location(ready.store.shown("web"), number)]


def test_a_damaged_file_does_not_hide_the_others(ready: Site) -> None:
    """Everything is reported at once."""
    ready.write("web", "")
    change_database = ready.text("database").replace("namespace: production", "namespace: x")
    ready.write("database", change_database)
    assert {f.rule for f in found(ready)} == {"secret-unreadable", "secret-misnamed"}


def test_a_file_of_plain_sops_passes(ready: Site) -> None:
    """One that was decrypted and encrypted again with the rules of `.sops.yaml` alone."""
    text = ready.sops("decrypt", ready.path("web"))
    options = ["--input-type=yaml", "--output-type=yaml"]
    name = "--filename-override=production/web.sops.yaml"
    rules = (ready.store.folder.parent / ".sops.yaml").read_text()
    rule = "  encrypted_regex: ^(data|stringData)$\n  key_groups:"
    (ready.store.folder.parent / ".sops.yaml").write_text(rules.replace("  key_groups:", rule))
    ready.write("web", ready.sops("encrypt", *options, name, typed=text))
    assert found(ready) == []


def test_every_rule_has_a_hint() -> None:
    """That can be filled in."""
    for rule in RULES.values():
        assert rule.hint.format(env="e", secret="s", key="k", file="f")
