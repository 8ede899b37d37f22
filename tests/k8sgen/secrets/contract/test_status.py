"""What `secrets status` says of every key."""

from __future__ import annotations

from datetime import timedelta

import attrs

from k8sgen.secrets.contract.status import status
from k8sgen.secrets.files import identity
from tests.k8sgen.secrets.kit import NOW, Site, given, keys, needs_of


def states(site: Site, days: float = 1) -> dict[str, str]:
    """Return the state of each key, some days after everything was made."""
    rows = status(site.needs, site.store, NOW + timedelta(days=days))
    return {f"{row.secret}/{row.key}": row.state for row in rows}


def test_missing_becomes_present(site: Site) -> None:
    """And no private key is needed to see it."""
    assert set(states(site).values()) == {"missing"}
    site.generate()
    identity.key_file().unlink()
    assert set(states(site).values()) == {"present"}


def test_each_state_is_told(ready: Site) -> None:
    """Overdue, stale, unused, in plain text, and missing."""
    ready.set("database", "password", "by hand")
    password, login, url, _ = keys()
    ready.needs = needs_of([password, login, url, given()], recipients=ready.needs.recipients)
    text = ready.text("database")
    line = next(line for line in text.splitlines() if line.startswith("    login: "))
    ready.write("database", text.replace(line, "    login: plain"))
    assert states(ready) == {
        "database/password": "present",
        "database/login": "plaintext",
        "web/database-url": "stale",
        "web/api-key": "missing",
        "web/session": "unused",
    }
    assert states(ready, days=100)["database/password"] == "overdue"
    ready.write("web", "")
    assert states(ready)["web/database-url"] == "unreadable"


def test_what_is_open_is_told(ready: Site) -> None:
    """Until its steps are done."""
    ready.generate(rotate=["database/password"], now=NOW)
    assert states(ready) == {
        "database/password": "open",
        "database/login": "open",
        "web/database-url": "open",
        "web/session": "present",
    }


def test_users_and_dates_are_shown(ready: Site) -> None:
    """Who gets a key, and since when it is as it is."""
    row = next(r for r in status(ready.needs, ready.store, NOW) if r.key == "session")
    assert (row.recipe, row.changed) == ("random", "2026-11-22T10:00:00Z")
    assert row.users == ("Deployment/web env X",)
    ready.needs = attrs.evolve(ready.needs, references=())
    users = {row.key: row.users for row in status(ready.needs, ready.store, NOW)}
    assert users["password"] == ("database/login", "web/database-url")
