"""`validate`: what is wrong with the manifests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from k8sgen.actions.meetings import meetings
from k8sgen.actions.validate import validate
from k8sgen.actions.written import DIST
from k8sgen.checks.finding import Finding, Report
from k8sgen.checks.sarif import sarif
from k8sgen.checks.schemas import kubernetes
from k8sgen.cli.output import as_json, environments, print_json
from k8sgen.project import project
from k8sgen.project.compose import compose_each
from k8sgen.secrets.contract.check import check_left_behind
from k8sgen.tools.programs import DISTRIBUTION

_COLORS = {"error": "red", "warning": "yellow"}


@click.command("validate")
@environments
@click.option("--kubernetes-version", help="Check against this version, not the cluster's.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="How to print the findings.",
)
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    environments: tuple[str, ...],
    kubernetes_version: str | None,
    strict: bool,
    form: str,
    as_json: bool,
) -> None:
    """Check the environments ENV (all when none is named) before they reach a cluster.

    Schemas, references, reachability and policy; docs/rules.md describes each rule. Exit status 1
    when there is an error.
    """
    found = project.load(ctx.obj, environments)
    whole = found if found.is_whole else project.load(ctx.obj)
    made = compose_each(found)
    wanted = kubernetes.known(kubernetes_version) if kubernetes_version else None
    reports = {
        name: validate(composition, found.root, kubernetes_version=wanted)
        for name, composition in made.items()
    }
    left = [] if environments else check_left_behind(found.root, found.environments)
    for finding in (*meetings(whole, made, found.root / DIST), *left):
        before = reports.get(finding.environment, Report())
        reports[finding.environment] = before.with_findings([finding])
    if form == "sarif":
        print_json(sarif(list(reports.values()), _version()))
    elif as_json or form == "json":
        print_json({name: _as_dict(report) for name, report in reports.items()})
    else:
        _print(reports)
    if any(report.errors or (strict and report.findings) for report in reports.values()):
        ctx.exit(1)


def _version() -> str | None:
    """Return the version of k8sgen; none where it runs from a checkout that is not installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return None


def _as_dict(report: Report) -> dict[str, Any]:
    waived = [{**_finding(each.finding), "reason": each.reason} for each in report.waived]
    return {"findings": [_finding(each) for each in report.findings], "waived": waived}


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "resource": finding.resource,
        "path": finding.path,
        "file": place.file.as_posix() if place else None,
        "line": place.line if place else None,
    }


def _print(reports: Mapping[str, Report]) -> None:
    for (finding, reason), names in _together(reports).items():
        _show(finding, reason, names)
    for name, report in reports.items():
        errors = len(report.errors)
        warnings = len(report.findings) - errors
        counts = (_counted(errors, "error"), _counted(warnings, "warning"))
        click.echo(f"{name}: {', '.join(counts)}, {len(report.waived)} waived")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _together(reports: Mapping[str, Report]) -> Mapping[tuple[Finding, str], list[str]]:
    """Return each finding once, with the environments that have it, and why it is waived."""
    first: dict[tuple[str, ...], tuple[Finding, str]] = {}
    found: dict[tuple[Finding, str], list[str]] = {}
    for name, report in reports.items():
        waived = [(each.finding, each.reason) for each in report.waived]
        for finding, reason in [*((each, "") for each in report.findings), *waived]:
            key = (finding.rule, finding.path, str(finding.location), finding.message, reason)
            place = first.setdefault(key, (finding, reason))
            found.setdefault(place, []).append(name)
    return found


def _show(finding: Finding, reason: str, names: Sequence[str]) -> None:
    word = "waived" if reason else finding.severity
    colored = click.style(word, fg=None if reason else _COLORS[finding.severity])
    place = f"{finding.location}: " if finding.location else ""
    click.echo(f"{place}{colored} {finding.rule} [{', '.join(names)}]")
    click.echo(f"  {finding.message}")
    if finding.path:
        click.echo(f"  at {finding.path}")
    click.echo(f"  {'because' if reason else 'fix'}: {reason or finding.hint}")
