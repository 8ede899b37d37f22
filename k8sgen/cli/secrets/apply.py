"""`secrets apply`: the decrypted Secrets, in a pipe into kubectl."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.cli.context import context, to_write
from k8sgen.cli.secrets.common import Site, environment, site
from k8sgen.cli.secrets.opened import identifier
from k8sgen.errors import UsageError
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.rotation.change import open_error
from k8sgen.secrets.rotation.deploy import apply_secrets


@click.command("apply")
@environment
@context
@click.option(
    "--rotation", metavar="ID", default="", help="As a step of the rotation that is open."
)
@click.option("--dry-run", is_flag=True, help="Let the server check it, and change nothing.")
@click.pass_obj
def command(
    root: Path, environment: str, context: str | None, rotation: str, dry_run: bool
) -> None:
    """Apply the Secrets of ENV to its cluster: kubectl apply --server-side.

    Their namespace must exist; k8sgen's overlay creates it. While a rotation is open, its steps
    apply them, once the servers know the new values.
    """
    here = site(root, environment)
    if not dry_run:
        _require_turn(here, rotation)
    cluster = to_write(here.project, environment, context)
    click.echo(apply_secrets(here.store, here.needs, context=cluster, dry_run=dry_run), nl=False)


def _require_turn(here: Site, rotation: str) -> None:
    """
    Refuse to apply values that the running servers may not know.

    Raises:
        SecretsError: A rotation is open, and *rotation* is not its id.
        UsageError: There is no such rotation any more.
    """
    wanted = identifier(here.needs, here.store)
    if rotation and rotation != wanted:
        msg = f"the rotation {rotation} of {here.needs.environment} was finished or given up"
        hint = f"what is open now: k8sgen secrets rotate {here.needs.environment} --steps"
        raise UsageError(msg, hint=hint)
    if wanted and not rotation:
        raise open_error(here.store, open_keys(here.store))
