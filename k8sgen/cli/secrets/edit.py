"""`secrets edit`: the editor on one encrypted file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from k8sgen.cli.secrets.common import environment, print_outcome, site
from k8sgen.errors import UsageError, suggest
from k8sgen.secrets.rotation import editing
from k8sgen.secrets.rotation.change import ValueChange, missing, present


@click.command("edit")
@environment
@click.argument("secret", metavar="SECRET")
@click.pass_obj
def command(root: Path, environment: str, secret: str) -> None:
    """Edit the encrypted file of SECRET in ENV with the editor of sops ($SOPS_EDITOR, $EDITOR).

    Values derived from those that change are updated. The editor works on a temporary file of
    sops in plain text, which is in memory where the system has a disk there.
    """
    here = site(root, environment)
    if secret not in {*here.needs.secrets, *here.store.names()}:
        hint = suggest(secret, here.needs.secrets)
        raise UsageError(f"there is no Secret {secret!r} in {environment}", hint=hint)
    edited = editing.edit(here.store, secret)
    if edited is None:
        click.echo("nothing to do: nothing was changed")
        return
    now = datetime.now(UTC)
    with here.store.changing() as staging:
        editing.take(staging, here.needs, secret, edited, now=now)
    click.echo(f"written: {edited.shown}")
    if missing(here.store, here.needs):
        click.echo(f"next: k8sgen secrets generate {environment}, for keys are missing")
        return
    with here.store.changing() as staging:
        before = present(here.store, here.needs)
        outcome = ValueChange(staging=staging, needs=here.needs, before=before, now=now).apply(
            given={}
        )
    print_outcome(here, outcome)
