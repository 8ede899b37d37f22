"""What `secrets rotate` does with a rotation that is open: wait, finish, abandon."""

from __future__ import annotations

import time
from collections.abc import Collection

import click

from k8sgen.cli.secrets.common import Site, print_files
from k8sgen.secrets.contract.keys import combined_revision
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.errors import SecretsError
from k8sgen.secrets.files.open import close, open_keys
from k8sgen.secrets.files.store import Store
from k8sgen.secrets.rotation.rollout import Rollout
from k8sgen.secrets.rotation.rotate import turn_back

NOTHING = "nothing to do: no rotation is open"
_MINUTES = 15
_PAUSE = 2


def identifier(needs: Needs, store: Store) -> str:
    """Return what names the open values; empty where none is open."""
    names = open_keys(store)
    keys = [key for key in needs.every_key() if key.name in names]
    there = {key.secret: store.read(key.secret).revisions() for key in keys}
    return combined_revision(keys, there) or ""


def wait(here: Site, cluster: str) -> int:
    """Wait until what runs has no old value any more, and return the exit status."""
    names = open_keys(here.store)
    if not names:
        click.echo(NOTHING)
        return 0
    end = time.monotonic() + _MINUTES * 60
    found = _behind(here, cluster, names)
    while found and time.monotonic() < end:
        click.echo(f"waiting: {found[0]}" + (f", and {len(found) - 1} more" if found[1:] else ""))
        time.sleep(_PAUSE)
        found = _behind(here, cluster, names)
    return _report(found)


def finish(here: Site, cluster: str | None) -> int:
    """Close what is open, where nothing on the cluster has old values; return the exit status."""
    names = open_keys(here.store)
    if not names:
        click.echo(NOTHING)
        return 0
    if cluster:
        found = _behind(here, cluster, names)
        if found:
            click.echo(f"the rotation of {here.needs.environment} is not over yet:")
            return _report(found)
    with here.store.changing():
        if open_keys(here.store) != names:
            msg = f"what is open in {here.needs.environment} changed meanwhile"
            raise SecretsError(msg, hint="run it again")
        close(here.store)
    looked = "" if cluster else "; no cluster was asked, for none is named"
    click.echo(f"closed: {', '.join(names)}{looked}")
    click.echo("next: commit")
    return 0


def abandon(here: Site) -> bool:
    """Put the values in use in the place of the open ones, and return whether there were any."""
    names = open_keys(here.store)
    with here.store.changing() as staging:
        written = turn_back(staging, here.store)
    for name in names:
        click.echo(f"~ {name}: as before")
    print_files(here, written, NOTHING)
    return bool(written)


def is_over(here: Site, cluster: str | None) -> bool:
    """Close what was given up, where nothing of it came to the cluster."""
    if cluster is None or _behind(here, cluster, open_keys(here.store)):
        return False
    return finish(here, cluster) == 0


def _behind(here: Site, cluster: str, names: Collection[str]) -> list[str]:
    bodies = here.composition.bodies()
    rollout = Rollout(needs=here.needs, store=here.store, bodies=bodies, context=cluster)
    return rollout.behind(names)


def _report(found: list[str]) -> int:
    for line in found:
        click.echo(line)
    return 1 if found else 0
