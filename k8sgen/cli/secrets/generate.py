"""`secrets generate`: make what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from k8sgen.cli.secrets.common import environment, print_outcome, site
from k8sgen.cli.secrets.given import collect, given_file, read_file
from k8sgen.secrets.rotation.change import ValueChange, missing, present


@click.command("generate")
@environment
@given_file
@click.pass_obj
def command(root: Path, environment: str, given: IO[str] | None) -> None:
    """Make the values of ENV that are missing, derive the rest, and write encrypted files.

    Values that a person has to supply come from --given, from variables such as
    K8SGEN_SECRET_BACKEND_API_KEY, or are prompted for. Existing values stay, except derived
    values that no longer fit what they are derived from.
    """
    here = site(root, environment)
    here.needs.readers()
    if here.store.interrupted:
        click.echo("completing a change that was interrupted")
    values = collect(missing(here.store, here.needs), read_file(given, here.needs))
    with here.store.changing() as staging:
        before = present(here.store, here.needs)
        change = ValueChange(
            staging=staging, needs=here.needs, before=before, now=datetime.now(UTC)
        )
        outcome = change.apply(given=values)
    print_outcome(here, outcome)
