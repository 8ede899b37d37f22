"""`graph`: how the services of one environment are connected."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.cli.output import as_json, print_json
from k8sgen.project import project
from k8sgen.project.compose import compose_each
from k8sgen.topology import to_mermaid, to_svg, topology

_FORMS = {"mermaid": to_mermaid, "svg": to_svg}


@click.command("graph")
@click.argument("environment", metavar="ENV")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="mermaid",
    help="What to draw: text for Markdown, or a picture.",
)
@as_json
@click.pass_obj
def command(root: Path, environment: str, form: str, as_json: bool) -> None:
    """Draw how the services of ENV are connected, and what of it is open to the outside."""
    found = project.load(root, [environment])
    drawn = topology(compose_each(found)[environment])
    if as_json:
        print_json(drawn.as_json())
    else:
        click.echo(_FORMS[form](drawn), nl=False)
