"""`secrets init`: an age identity, and its recipient in the environment."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.cli.secrets.common import environment
from k8sgen.project import project
from k8sgen.project.files import environment_file
from k8sgen.secrets.files import identity
from k8sgen.secrets.files.recipients import add_recipient
from k8sgen.secrets.files.store import Store


@click.command("init")
@environment
@click.pass_obj
def command(root: Path, environment: str) -> None:
    """Make an age identity for ENV, and let it read the secrets of ENV.

    The identity goes where sops looks for it, outside the project; its public key to
    environments/ENV.yaml. Run again, it changes nothing.
    """
    found = project.load(root, [environment], skip_damaged=True)
    recipients = found.environments[environment].recipients
    purpose = f"{found.stack.part_of}/{environment}"
    ours = identity.ensure(purpose, root=found.root, known=recipients)
    click.echo(f"{'made' if ours.made else 'found'}: an age identity in {identity.key_file()}")
    shown = environment_file(environment).with_suffix(".yaml")
    if add_recipient(found.root / shown, ours.recipient, present=recipients, shown=shown):
        click.echo(f"added: {ours.recipient} to {shown}")
    else:
        click.echo(f"nothing to do: {ours.recipient} is a recipient already")
    if Store(found.root, environment).names() and ours.recipient not in recipients:
        click.echo("next: let a person who can read the secrets run")
        click.echo(f"  k8sgen secrets rotate {environment} --recipients")
    elif not recipients:
        click.echo(f"next: k8sgen secrets generate {environment}")
    if ours.made:
        click.echo("keep a copy of the identity in a safe place: without it the secrets are lost")
