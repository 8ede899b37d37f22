"""A small environment's needs, made without composing, and what the tests do with it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs

from k8sgen.secrets.contract.keys import Alternate, Derived, Given, Random, SecretKey
from k8sgen.secrets.contract.needs import Needed, Needs
from k8sgen.secrets.contract.references import Reference
from k8sgen.secrets.files.store import Store
from k8sgen.secrets.rotation.change import Outcome, ValueChange, present
from tests.tools import tool

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
AWKWARD = "@:/?#%&'\"\\$`{}[]()<>|;!~^=+ ü"
"""Characters that mean something to a URL, a shell, SQL, YAML or JSON."""


def keys() -> list[SecretKey]:
    """Return the keys of a database, a cache and their client."""
    password = SecretKey(
        secret="database",
        key="password",
        recipe=Random(length=24, alphabet="abc123" + AWKWARD),
        rotate_days=90,
    )
    login = SecretKey(
        secret="database", key="login", recipe=Alternate(("app-a", "app-b"), password)
    )
    values = {"login": login, "password": password}
    url = SecretKey(
        secret="web",
        key="database-url",
        recipe=Derived("postgres://{login}:{password}@database:5432/app", values),
    )
    session = SecretKey(secret="web", key="session", recipe=Random(previous=2), rotate_days=30)
    return [password, login, url, session]


def given() -> SecretKey:
    """Return a key that a person has to bring."""
    return SecretKey(secret="web", key="api-key", recipe=Given("from the provider's console"))


def needs_of(
    keys: Iterable[SecretKey],
    *,
    recipients: Sequence[str] = (),
    environment: str = "production",
    used: bool = True,
) -> Needs:
    """Return the needs of an environment that declares, and uses, exactly *keys*."""
    secrets: dict[str, dict[str, SecretKey]] = {}
    for key in keys:
        secrets.setdefault(key.secret, {})[key.key] = key
    references = [
        Reference(secret=k.secret, key=k.key, user=f"Deployment/{k.secret}", way="env X")
        for of in secrets.values()
        for k in of.values()
    ]
    return Needs(
        environment=environment,
        namespace=environment,
        recipients=tuple(recipients),
        secrets={
            name: Needed(name=name, keys=of, labels={"app.kubernetes.io/name": name})
            for name, of in secrets.items()
        },
        references=tuple(references) if used else (),
    )


@attrs.define
class Site:
    """One environment in a project of its own."""

    root: Path
    needs: Needs

    @property
    def store(self) -> Store:
        """Where its encrypted files are."""
        return Store(self.root, self.needs.environment)

    def generate(
        self,
        *,
        given: Mapping[str, str] | None = None,
        rotate: Iterable[str] = (),
        now: datetime = NOW,
    ) -> Outcome:
        """Make what is missing, and anew what *rotate* names."""
        with self.store.changing() as staging:
            before = present(self.store, self.needs)
            change = ValueChange(staging=staging, needs=self.needs, before=before, now=now)
            return change.apply(given=given or {}, rotate=rotate)

    def values(self) -> dict[str, str]:
        """Decrypt all values with the real sops, without k8sgen."""
        found = {}
        for name in self.store.names():
            body = json.loads(self.sops("decrypt", "--output-type=json", self.path(name)))
            found.update({f"{name}/{k}": v for k, v in body.get("stringData", {}).items()})
            assert "data" not in body
        return found

    def path(self, secret: str) -> str:
        """Return the path of an encrypted file."""
        return os.fspath(self.store.path(secret))

    def text(self, secret: str) -> str:
        """Return the text of an encrypted file."""
        return self.store.path(secret).read_text()

    def write(self, secret: str, text: str) -> None:
        """Write the text of an encrypted file."""
        self.store.path(secret).parent.mkdir(parents=True, exist_ok=True)
        self.store.path(secret).write_text(text)

    def sops(self, *arguments: str, typed: str = "") -> str:
        """Run the real sops as a person does, in `dist/secrets`."""
        done = subprocess.run(
            [tool("sops"), *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.store.folder.parent if self.store.folder.parent.exists() else None,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set(self, secret: str, key: str, value: str) -> None:
        """Change a value as somebody does without k8sgen."""
        index = f'["stringData"]["{key}"]'
        self.sops("set", "--value-stdin", self.path(secret), index, typed=json.dumps(value))
