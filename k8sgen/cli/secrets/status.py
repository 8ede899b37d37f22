"""`secrets status`: every key, whether it is there, and who uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import attrs
import click

from k8sgen.cli.output import as_json, print_json, print_table
from k8sgen.cli.secrets.common import environment, site
from k8sgen.secrets.contract.status import status


@click.command("status")
@environment
@as_json
@click.pass_obj
def command(root: Path, environment: str, as_json: bool) -> None:
    """Show every key of ENV: whether it is there, since when, and who uses it.

    It needs no private key.
    """
    here = site(root, environment)
    rows = status(here.needs, here.store, datetime.now(UTC))
    if as_json:
        print_json([attrs.asdict(row) for row in rows])
        return
    head = ("key", "made", "state", "since", "used by")
    print_table(
        head,
        (
            [f"{r.secret}/{r.key}", r.recipe, r.state, r.changed[:10], "; ".join(r.users)]
            for r in rows
        ),
    )
