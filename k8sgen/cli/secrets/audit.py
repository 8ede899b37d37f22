"""`secrets audit`: who changed what, and when."""

from __future__ import annotations

from pathlib import Path

import attrs
import click

from k8sgen.cli.output import as_json, print_json, print_table
from k8sgen.errors import UsageError, suggest
from k8sgen.project.files import names
from k8sgen.secrets.files.audit import audit, is_shallow


@click.command("audit")
@click.argument("environment", metavar="[ENV]", required=False)
@as_json
@click.pass_obj
def command(root: Path, environment: str | None, as_json: bool) -> None:
    """Show who changed which key of which secret and when, from git; the newest first.

    It needs no private key.
    """
    known = names(root)
    if environment and environment not in known:
        hint = suggest(environment, known)
        raise UsageError(f"there is no environment {environment!r}", hint=hint)
    events = audit(root.resolve(), environment)
    if as_json:
        print_json([attrs.asdict(event) for event in events])
        return
    head = ("date", "environment", "what", "action", "author", "commit", "message")
    print_table(
        head,
        (
            [e.date[:10], e.environment, e.subject, e.action, e.author, e.commit[:10], e.message]
            if e.commit
            else ["", e.environment, e.subject, e.action, "", "", "(not committed)"]
            for e in events
        ),
    )
    if is_shallow(root):
        click.echo("this is a shallow clone: git fetch --unshallow fetches older changes", err=True)
