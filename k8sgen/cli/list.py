"""`list`: what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import click

from k8sgen.cli.output import as_json, print_json, print_table
from k8sgen.project import project
from k8sgen.settings.environment import Environment
from k8sgen.settings.service import ServiceSettings


@click.command("list")
@as_json
@click.pass_obj
def command(root: Path, as_json: bool) -> None:
    """List the environments and the services of each."""
    found = project.load(root)
    rows = [row for env in found.environments.values() for row in _rows(env)]
    if as_json:
        print_json(rows)
    else:
        head = ("environment", "service", "replicas", "image")
        print_table(head, ([str(row[column]) for column in head] for row in rows))


def _rows(environment: Environment) -> list[dict[str, Any]]:
    fields = attrs.asdict(environment, recurse=False).items()
    services = {name: value for name, value in fields if isinstance(value, ServiceSettings)}
    return [
        {
            "environment": environment.name,
            "service": name.replace("_", "-"),
            "replicas": str(settings.replicas),
            "image": str(settings.image),
        }
        for name, settings in services.items()
    ]
