"""`report`: the page that shows all environments."""

from __future__ import annotations

import click

from k8sgen.cli.output import as_json, print_json
from k8sgen.output.status import compare
from k8sgen.output.write import write
from k8sgen.project import project
from k8sgen.project.compose import compose_base, compose_each
from k8sgen.report import PAGE, collect, page_file


@click.command("report")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when the page is not up to date."
)
@click.option("--force", is_flag=True, help="Overwrite the page even if it was modified by hand.")
@as_json
@click.pass_context
def command(ctx: click.Context, check: bool, force: bool, as_json: bool) -> None:
    """Write the page dist/docs/index.html, which shows all environments and how they differ."""
    found = project.load(ctx.obj)
    made = {found.base.name: compose_base(found), **compose_each(found)}
    files = {PAGE: page_file(collect(found, made))}
    dist = found.root / "dist"
    if check:
        changes = compare(dist, files, owns=files.__contains__)
    else:
        changes = write(dist, files, owns=files.__contains__, force=force)
    state = "unchanged" if not changes.drift else "differs" if check else "written"
    if as_json:
        print_json({"page": f"{dist.name}/{PAGE}", "state": state})
    else:
        click.echo(f"{dist.name}/{PAGE}: {state}")
    if check and changes.drift:
        ctx.exit(1)
