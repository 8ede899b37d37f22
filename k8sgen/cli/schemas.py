"""`schemas`: the schemas of custom resources."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.checks.schemas.definition import schemas_of
from k8sgen.checks.schemas.pull import definitions, write
from k8sgen.cli.context import context, current, known, to_read
from k8sgen.cli.output import as_json, print_json
from k8sgen.project.files import configured_folders
from k8sgen.tools import node


@click.group("schemas", no_args_is_help=False)
def command() -> None:
    """Work with the schemas of custom resources."""


@command.command("pull")
@click.argument("environment", metavar="[ENV]", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default the first of [tool.k8sgen] schemas, or schemas/.",
)
@context
@as_json
@click.pass_obj
def pull(
    root: Path, environment: str | None, out: Path | None, context: str | None, as_json: bool
) -> None:
    """Fetch the CustomResourceDefinitions of ENV's cluster through kubectl, as strict schemas.

    Without ENV, those of the cluster of CONTEXT or of kubectl's current one. It only reads from the
    cluster. Schemas of kinds that the cluster does not have are kept.
    """
    configured = configured_folders(root)
    folder = out or (configured[0] if configured else root / "schemas")
    cluster = _cluster(root, environment, context)
    found = {key: schema for d in definitions(cluster) for key, schema in schemas_of(d).items()}
    written = write(folder, found)
    if as_json:
        print_json({"context": cluster, "written": [path.as_posix() for path in written]})
    else:
        for path in written:
            click.echo(f"~ {path.as_posix()}")
        click.echo(f"{folder}: {len(found)} schemas, {len(written)} of them written")
        if not configured and not out:
            click.echo('for validate, in pyproject.toml: [tool.k8sgen] schemas = ["schemas"]')


def _cluster(root: Path, environment: str | None, context: str | None) -> str | None:
    if environment:
        node.require()
        from k8sgen.project.project import load  # noqa: PLC0415 - which starts Node

        return to_read(load(root, [environment]), environment, context)
    return known(context) if context else current("schemas")
