"""`secrets encrypt`: a filled-in stub becomes an encrypted file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from k8sgen.cli.secrets.common import environment, print_outcome, site
from k8sgen.cli.secrets.given import collect
from k8sgen.errors import UsageError, suggest
from k8sgen.output.header import with_header
from k8sgen.secrets.contract.stubs import secret_files, stub_name
from k8sgen.secrets.rotation.change import ValueChange, missing, present
from k8sgen.secrets.rotation.editing import read_stub


@click.command("encrypt")
@environment
@click.argument("secret", metavar="SECRET")
@click.argument("stub", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def command(root: Path, environment: str, secret: str, stub: Path | None) -> None:
    """Encrypt the values that were filled into the stub of SECRET.

    FILE is a filled copy of the stub, or - for standard input; by default the stub in dist/ itself,
    which is emptied again afterwards. What was not filled in is made, as by generate.
    """
    here = site(root, environment)
    needed = here.needs.secrets.get(secret)
    if needed is None:
        hint = suggest(secret, here.needs.secrets)
        raise UsageError(f"there is no Secret {secret!r} in {environment}", hint=hint)
    own = here.store.folder / stub_name(secret)
    path = stub or own
    values = read_stub(_read(path), needed, path)
    given = collect([k for k in missing(here.store, here.needs) if k.name not in values], values)
    with here.store.changing() as staging:
        before = present(here.store, here.needs)
        change = ValueChange(
            staging=staging, needs=here.needs, before=before, now=datetime.now(UTC)
        )
        outcome = change.apply(given=given)
    if path.resolve() == own.resolve():
        files = secret_files([here.needs], ())
        _empty(own, with_header(own.name, files[f"secrets/{environment}/{own.name}"]))
    elif path != Path("-"):
        click.echo(f"delete it, because it contains values in plain text: {path}")
    print_outcome(here, outcome)


def _read(path: Path) -> str:
    if path == Path("-"):
        return sys.stdin.read()
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _empty(path: Path, text: str) -> None:
    """Remove the values from the stub again, where there are any."""
    if path.read_text("utf-8") == text:
        return
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)
    click.echo(f"emptied: {path.name}")
