"""`affected`: which environments and resources a range of commits changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from k8sgen.actions.affected import Affected, AffectedEnvironment, affected
from k8sgen.changes.terminal import SIGNS, summary
from k8sgen.cli.output import as_json, print_json
from k8sgen.project import project


@click.command("affected")
@click.option("--since", metavar="REF", required=True, help="A branch, tag or commit.")
@click.option(
    "--matrix", is_flag=True, help="Print only the environments, as a JSON list in a line."
)
@as_json
@click.pass_obj
def command(root: Path, since: str, matrix: bool, as_json: bool) -> None:
    """Show which environments and resources come out different since the work left REF.

    For a matrix of GitHub Actions:
    echo "environments=$(k8sgen affected --since origin/main --matrix)" >> "$GITHUB_OUTPUT"
    """
    found = affected(project.load(root), since)
    if matrix:
        click.echo(json.dumps(found.names))
    elif as_json:
        print_json(_report(found))
    else:
        _print(found)


def _report(found: Affected) -> dict[str, Any]:
    return {
        "since": found.since,
        "environments": found.names,
        "gone": [each.name for each in found.environments if each.gone],
        "level": {each.name: each.changes.level.slug for each in found.environments},
        "resources": {each.name: _resources(each) for each in found.environments},
        "secrets": {each.name: list(each.secrets) for each in found.environments},
        "sources": list(found.sources),
    }


def _resources(environment: AffectedEnvironment) -> list[dict[str, str]]:
    return [
        {
            "service": change.pair.service,
            "kind": change.pair.kind,
            "name": change.pair.name,
            "change": change.word,
            "level": change.level.slug,
        }
        for change in environment.changes.resources
    ]


def _print(found: Affected) -> None:
    if not found.environments:
        click.echo(f"no environment comes out different since {found.since[:12]}")
    for each in found.environments:
        word = "gone" if each.gone else summary(each.changes)
        click.echo(f"{each.name}: {word}")
        for change in each.changes.resources:
            click.echo(f"  {SIGNS[change.word]} {change.pair.title}  {change.level}")
        for file in each.secrets:
            click.echo(f"  ~ {file}")
    if found.sources:
        click.echo("from")
    for file in found.sources:
        click.echo(f"  {file}")
