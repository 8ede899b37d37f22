"""`secrets apply`: the decrypted Secrets, in a pipe into kubectl."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.cli.context import context, to_write
from k8sgen.cli.secrets.common import environment, site
from k8sgen.secrets.rotation.deploy import apply_secrets


@click.command("apply")
@environment
@context
@click.option("--dry-run", is_flag=True, help="Let the server check it, and change nothing.")
@click.pass_obj
def command(root: Path, environment: str, context: str | None, dry_run: bool) -> None:
    """Apply the Secrets of ENV to its cluster: kubectl apply --server-side.

    Their namespace must exist; k8sgen's overlay creates it.
    """
    here = site(root, environment)
    cluster = to_write(here.project, environment, context)
    click.echo(apply_secrets(here.store, here.needs, context=cluster, dry_run=dry_run), nl=False)
