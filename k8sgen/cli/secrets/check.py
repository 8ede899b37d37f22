"""`secrets check`: the encrypted files against what the services need."""

from __future__ import annotations

from typing import Any

import click

from k8sgen.checks.finding import Finding
from k8sgen.cli.output import as_json, environments, print_json
from k8sgen.project import project
from k8sgen.project.compose import compose_each
from k8sgen.project.contract import needs
from k8sgen.secrets.contract.check import check_environment, check_left_behind


@click.command("check")
@environments
@as_json
@click.pass_context
def command(ctx: click.Context, environments: tuple[str, ...], as_json: bool) -> None:
    """Check the encrypted files of ENV (all when none is named) without decrypting them.

    Exit status 1 when there is something to do.
    """
    found = project.load(ctx.obj, environments, skip_damaged=True)
    findings = [
        finding
        for composition in compose_each(found).values()
        for finding in check_environment(needs(composition), found.root)
    ]
    if not environments:
        findings += check_left_behind(found.root, found.environments)
    if as_json:
        print_json([_row(finding) for finding in findings])
    else:
        for finding in findings:
            _print(finding)
        names = ", ".join(found.environments)
        click.echo(f"{names}: {len(findings)} finding{'s' * (len(findings) != 1)}")
    if any(finding.severity != "note" for finding in findings):
        ctx.exit(1)


def _row(finding: Finding) -> dict[str, Any]:
    names = ("environment", "rule", "severity", "resource", "message", "hint")
    place = str(finding.location) if finding.location else ""
    return {**{name: getattr(finding, name) for name in names}, "location": place}


def _print(finding: Finding) -> None:
    place = f"{finding.location}: " if finding.location else ""
    click.echo(f"{place}{finding.severity} {finding.rule}: {finding.message}")
    if finding.hint:
        click.echo(f"  {finding.hint}")
