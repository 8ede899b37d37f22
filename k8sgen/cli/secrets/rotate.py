"""`secrets rotate`: new values, new data keys, or other recipients."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import click

from k8sgen.cli.context import SETTING, context, named, required
from k8sgen.cli.secrets.common import Site, environment, print_files, print_outcome, site
from k8sgen.cli.secrets.given import collect, given_file, read_file
from k8sgen.errors import UsageError
from k8sgen.project.lines import line_of
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.files.history import refuse_deleted
from k8sgen.secrets.files.record import parse_age
from k8sgen.secrets.rotation import rotate as rotation
from k8sgen.secrets.rotation.change import ValueChange, missing, present
from k8sgen.secrets.rotation.steps import Steps


@click.command("rotate")
@environment
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--older-than", metavar="AGE", help="What k8sgen made longer ago: 90d, 12w, 36h.")
@click.option("--data-key", is_flag=True, help="Only new data keys of SOPS; the values stay.")
@click.option("--recipients", is_flag=True, help="Only encrypt for the present recipients.")
@click.option("--steps", is_flag=True, help="Rotate nothing; show again what to run for KEY.")
@click.option("--script", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@context
@given_file
@click.pass_obj
def command(
    root: Path,
    environment: str,
    keys: tuple[str, ...],
    older_than: str | None,
    data_key: bool,
    recipients: bool,
    steps: bool,
    script: Path | None,
    context: str | None,
    given: IO[str] | None,
) -> None:
    """Make new values for KEY (SECRET/KEY or SECRET), or for all that is due in ENV.

    What derives from them follows in the same change. Then it shows what to run so that the
    running servers and their clients take the new values, with nobody locked out in between.
    These commands name their cluster: ENV's own, or CONTEXT.
    """
    if sum([bool(keys or older_than), data_key, recipients]) > 1:
        raise UsageError("these options exclude each other", hint="rotate one thing at a time")
    if script:
        _require_writable(script)
    here = site(root, environment)
    cluster = named(here.project, environment, context)
    if steps or script:
        cluster = required(here.project, environment, context)
    if data_key or recipients:
        _reencrypt(here, data_key=data_key)
        return
    if steps:
        changed = _followers(here, rotation.named(here.needs, keys))
    else:
        _require_values(here)
        changed = _rotate(here, _chosen(here, keys, older_than), given)
    if changed and cluster:
        _show_steps(
            Steps(needs=here.needs, store=here.store, context=cluster, changed=changed), script
        )
    elif changed:
        _ask_for_cluster(here, changed)


def _require_values(here: Site) -> None:
    """Refuse to rotate where no value was ever made, even if no key is named."""
    if here.needs.secrets and not here.store.names() and not here.store.interrupted:
        here.needs.readers()
        refuse_deleted(here.store, here.needs.secrets)
        msg = f"the environment {here.needs.environment} has no values to rotate yet"
        raise UsageError(msg, hint=f"run: k8sgen secrets generate {here.needs.environment}")


def _reencrypt(here: Site, *, data_key: bool) -> None:
    with here.store.changing() as staging:
        if data_key:
            written = rotation.new_data_keys(staging, here.store)
        else:
            written = rotation.new_recipients(staging, here.store, here.needs.readers())
    print_files(here, written, "nothing to do: everything is encrypted for the present recipients")


def _chosen(here: Site, names: Sequence[str], age: str | None) -> list[SecretKey]:
    now = datetime.now(UTC)
    if age:
        limit = timedelta(seconds=parse_age(age))
        found = rotation.older_than(here.needs, here.store, limit, now)
        wanted = {key.name for key in rotation.named(here.needs, names)}
        return [key for key in found if not names or key.name in wanted]
    return rotation.named(here.needs, names) or rotation.due(here.needs, here.store, now)


def _rotate(here: Site, keys: Sequence[SecretKey], given: IO[str] | None) -> list[SecretKey]:
    """Make new values for *keys*, and return every key that changed with them."""
    if not keys:
        click.echo("nothing to do: no new value is due")
        return []
    there = [*keys, *missing(here.store, here.needs)]
    values = collect(there, read_file(given, here.needs))
    with here.store.changing() as staging:
        before = present(here.store, here.needs)
        change = ValueChange(
            staging=staging, needs=here.needs, before=before, now=datetime.now(UTC)
        )
        outcome = change.apply(given=values, rotate=[key.name for key in keys])
    print_outcome(here, outcome)
    return [key for key in here.needs.every_key() if key.name in outcome.renewed]


def _followers(here: Site, keys: Sequence[SecretKey]) -> list[SecretKey]:
    """Return *keys* and all that change with them."""
    names = {key.name for key in keys}
    for key in here.needs.in_order():
        if names & {source.name for source in key.sources}:
            names.add(key.name)
    return [key for key in here.needs.every_key() if key.name in names]


def _show_steps(steps: Steps, script: Path | None) -> None:
    text = steps.script()
    if script:
        _write(script, text)
        click.echo(f"written: {script}, to be run after that")
    else:
        click.echo("\nthen, where it runs already (--steps shows this again):")
        click.echo(text.partition("set -euo pipefail\n")[2].lstrip("\n"), nl=False)


def _ask_for_cluster(here: Site, changed: Sequence[SecretKey]) -> None:
    """Print how to see the steps; none of them may run against a cluster by chance."""
    environment = here.needs.environment
    names = " ".join(key.name for key in changed)
    place = line_of(here.project, environment, SETTING)
    click.echo("\nthen, where it runs already:")
    click.echo(f'  write cluster=Cluster(context="…") at {place}, or pass --context')
    click.echo(f"  k8sgen secrets rotate {environment} {names} --steps")


def _require_writable(script: Path) -> None:
    """Refuse a path that cannot be written, before any value changes."""
    place = script if script.exists() else script.parent
    if not place.exists():
        raise UsageError(f"{script} cannot be written: there is no folder {place}")
    if not os.access(place, os.W_OK) or (place != script and not place.is_dir()):
        raise UsageError(f"{script} cannot be written", hint="name another file")


def _write(script: Path, text: str) -> None:
    try:
        script.write_text(text, "utf-8")
        script.chmod(0o755)
    except OSError as error:
        msg = f"{script} cannot be written: {error.strerror}"
        raise UsageError(msg, hint="rotate ENV KEY --steps shows what to run") from None
