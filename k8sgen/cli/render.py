"""`render`: the flat manifests of one environment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from k8sgen.errors import UsageError, suggest
from k8sgen.kubernetes.yaml import to_yaml
from k8sgen.project import project
from k8sgen.project.compose import compose_each


@click.command("render")
@click.argument("environment", metavar="ENV")
@click.option("-o", "form", type=click.Choice(["yaml", "json"]), default="yaml", help="The format.")
@click.option("--service", help="Only the manifests of this service.")
@click.option("--kind", help="Only the manifests of this kind.")
@click.pass_obj
def command(root: Path, environment: str, form: str, service: str | None, kind: str | None) -> None:
    """Print the flat manifests of ENV, as they will be applied."""
    found = project.load(root, [environment])
    composition = compose_each(found)[environment]
    resources = composition.resources
    _known("service", service, (r.service for r in resources))
    _known("kind", kind, (r.body["kind"] for r in resources))
    bodies = [
        r.body
        for r in resources
        if (service or r.service).lower() == r.service.lower()
        and (kind or r.body["kind"]).lower() == r.body["kind"].lower()
    ]
    if form == "yaml":
        click.echo(to_yaml(bodies), nl=False)
    else:
        items = {"apiVersion": "v1", "kind": "List", "items": bodies}
        click.echo(json.dumps(items, indent=2, ensure_ascii=False))


def _known(what: str, value: str | None, known: Iterable[str]) -> None:
    names = sorted(set(known))
    if value is None or value.lower() in map(str.lower, names):
        return
    msg = f"there is no {what} {value!r} in it"
    raise UsageError(msg, hint=suggest(value, names))
