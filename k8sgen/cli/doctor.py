"""`doctor`: which real tools are here."""

from __future__ import annotations

import click

from k8sgen.cli.output import as_json, print_json, print_table
from k8sgen.tools.programs import TOOLS, Tool, find, version


@click.command("doctor")
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show which real tools are here, in which version, and how to get what is missing.

    Exit status 1 when one is missing that k8sgen cannot do without.
    """
    rows = [_row(tool) for tool in TOOLS]
    if as_json:
        print_json(rows)
    else:
        head = ("tool", "version", "path or how to get it", "needed for")
        print_table(
            head, ([r["name"], r["version"], r["path"] or r["get"], r["use"]] for r in rows)
        )
    if any(tool.required and find(tool.name) is None for tool in TOOLS):
        ctx.exit(1)


def _row(tool: Tool) -> dict[str, str]:
    path = find(tool.name)
    found = version(tool) if path else "missing"
    return {
        "name": tool.name,
        "version": found,
        "path": path or "",
        "get": tool.get,
        "use": tool.use,
    }
