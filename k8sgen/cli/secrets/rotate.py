"""`secrets rotate`: new values, new data keys, or other recipients."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import click

from k8sgen.cli.context import SETTING, context, named, required
from k8sgen.cli.secrets import opened
from k8sgen.cli.secrets.common import Site, environment, print_files, print_outcome, site
from k8sgen.cli.secrets.given import collect, given_file, read_file
from k8sgen.errors import UsageError
from k8sgen.project.lines import line_of
from k8sgen.secrets.contract.keys import SecretKey
from k8sgen.secrets.files.history import refuse_deleted
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.files.record import parse_age
from k8sgen.secrets.rotation import rotate as rotation
from k8sgen.secrets.rotation.change import ValueChange, missing, open_error, present
from k8sgen.secrets.rotation.steps import Steps


@click.command("rotate")
@environment
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--older-than", metavar="AGE", help="What k8sgen made longer ago: 90d, 12w, 36h.")
@click.option("--data-key", is_flag=True, help="Only new data keys of SOPS; the values stay.")
@click.option("--recipients", is_flag=True, help="Only encrypt for the present recipients.")
@click.option("--steps", is_flag=True, help="Rotate nothing; show what to run for what is open.")
@click.option("--wait", is_flag=True, help="Wait until no pod has an old value any more.")
@click.option("--finish", is_flag=True, help="Close what is open, once its steps are done.")
@click.option("--abandon", is_flag=True, help="Put the values in use in the place of open ones.")
@click.option("--script", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@context
@given_file
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    keys: tuple[str, ...],
    older_than: str | None,
    data_key: bool,
    recipients: bool,
    steps: bool,
    wait: bool,
    finish: bool,
    abandon: bool,
    script: Path | None,
    context: str | None,
    given: IO[str] | None,
) -> None:
    """Make new values for KEY (SECRET/KEY or SECRET), or for all that is due in ENV.

    What derives from them follows in the same change. Then it shows what to run so that the
    running servers and their clients take the new values, with nobody locked out in between.
    These commands name their cluster: ENV's own, or CONTEXT. Until they are done the rotation is
    open, and another one has to wait.
    """
    quiet = [data_key, recipients, wait, finish]  # they show no step
    several = sum([*quiet, abandon, steps, bool(older_than)]) > 1
    if several or (keys and any([*quiet, abandon])) or (script and any(quiet)):
        raise UsageError("these options exclude each other", hint="rotate one thing at a time")
    if script:
        _require_writable(script)
    here = site(ctx.obj, environment)
    cluster = named(here.project, environment, context)
    if steps or script or wait:
        cluster = required(here.project, environment, context)
    _require_values(here)
    if data_key or recipients:
        _reencrypt(here, data_key=data_key)
    elif wait or finish:
        ctx.exit(opened.wait(here, cluster) if wait and cluster else opened.finish(here, cluster))
    elif abandon:
        changed = opened.abandon(here)
        here = site(ctx.obj, environment)  # pods are to have other checksums now
        if changed and not opened.is_over(here, cluster):
            _show(here, cluster, script)
    elif steps:
        _show(here, cluster, script, keys)
    else:
        _refuse_second(here, cluster)
        if _rotate(here, _chosen(here, keys, older_than), given):
            _show(here, cluster, script)


def _require_values(here: Site) -> None:
    """Refuse to rotate where no value was ever made, even if no key is named."""
    if here.needs.secrets and not here.store.names() and not here.store.interrupted:
        here.needs.readers()
        refuse_deleted(here.store, here.needs.secrets)
        msg = f"the environment {here.needs.environment} has no values to rotate yet"
        raise UsageError(msg, hint=f"run: k8sgen secrets generate {here.needs.environment}")


def _refuse_second(here: Site, cluster: str | None) -> None:
    """Show what is left of an open rotation in place of beginning another."""
    names = open_keys(here.store)
    if names:
        if cluster:
            _show(here, cluster, None)
        raise open_error(here.store, names)


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


def _rotate(here: Site, keys: Sequence[SecretKey], given: IO[str] | None) -> bool:
    """Make new values for *keys*, and return whether there are any now."""
    if not keys:
        click.echo("nothing to do: no new value is due")
        return False
    there = [*keys, *missing(here.store, here.needs)]
    values = collect(there, read_file(given, here.needs))
    with here.store.changing() as staging:
        if found := open_keys(here.store):
            raise open_error(here.store, found)
        before = present(here.store, here.needs)
        change = ValueChange(
            staging=staging, needs=here.needs, before=before, now=datetime.now(UTC)
        )
        outcome = change.apply(given=values, rotate=[key.name for key in keys])
    print_outcome(here, outcome, steps=False)
    return bool(outcome.renewed)


def _show(here: Site, cluster: str | None, script: Path | None, names: Sequence[str] = ()) -> None:
    """Show the steps for the keys *names* and what follows from them, or for what is open."""
    found = open_keys(here.store)
    if names:
        changed = _followers(here, rotation.named(here.needs, names))
    else:
        changed = [key for key in here.needs.every_key() if key.name in found]
    if not changed:
        click.echo(opened.NOTHING)
    elif cluster is None:
        _ask_for_cluster(here)
    else:
        rotation_id = opened.identifier(here.needs, here.store)
        _show_steps(
            Steps(
                needs=here.needs,
                store=here.store,
                context=cluster,
                changed=changed,
                rotation=rotation_id,
            ),
            script,
        )


def _followers(here: Site, keys: Sequence[SecretKey]) -> list[SecretKey]:
    """Return *keys* and all that change with them."""
    names = {key.name for key in keys}
    for key in here.needs.in_order():
        if names & {source.name for source in key.sources}:
            names.add(key.name)
    return [key for key in here.needs.every_key() if key.name in names]


def _show_steps(steps: Steps, script: Path | None) -> None:
    if script:
        _write(script, steps.script())
        click.echo(f"written: {script}, to be run after that")
    else:
        click.echo("\nthen, where it runs already (--steps shows this again):")
        click.echo(steps.commands(), nl=False)


def _ask_for_cluster(here: Site) -> None:
    """Print how to see the steps; none of them may run against a cluster by chance."""
    environment = here.needs.environment
    place = line_of(here.project, environment, SETTING)
    click.echo("\nthen, where it runs already:")
    click.echo(f'  write cluster=Cluster(context="…") at {place}, or pass --context')
    click.echo(f"  k8sgen secrets rotate {environment} --steps")
    click.echo(f"and where it does not: k8sgen secrets rotate {environment} --finish")


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
        raise UsageError(msg, hint="rotate ENV --steps shows what to run") from None
