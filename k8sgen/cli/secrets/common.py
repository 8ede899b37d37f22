"""What the subcommands share: the needs of an environment, and what they say at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import click

from k8sgen.project import project
from k8sgen.project.compose import Composition, compose_each
from k8sgen.project.contract import needs
from k8sgen.project.project import Project
from k8sgen.secrets.contract.needs import Needs
from k8sgen.secrets.files.store import Store
from k8sgen.secrets.rotation.change import Outcome

environment = click.argument("environment", metavar="ENV")


@attrs.frozen(kw_only=True)
class Site:
    """One environment of the project: what it needs, and where its encrypted files are."""

    project: Project
    composition: Composition
    needs: Needs
    store: Store


def site(root: Path, name: str) -> Site:
    """Compose the environment *name*."""
    found = project.load(root, [name], skip_damaged=True)
    composition = compose_each(found)[name]
    return Site(
        project=found,
        composition=composition,
        needs=needs(composition),
        store=Store(found.root, name),
    )


def print_outcome(site: Site, outcome: Outcome, *, steps: bool = True) -> None:
    """
    Print which keys changed and what comes next; never a value.

    Args:
        steps: Whether to say how to see what brings renewed values to the cluster.
    """
    for mark, names in (("+", outcome.made), ("~", outcome.renewed)):
        for name in names:
            click.echo(f"{mark} {name}")
    for name in outcome.kept:
        click.echo(f"! {name}: edited by hand, and not what its recipe gives; left alone")
        click.echo(f"  k8sgen secrets rotate {site.needs.environment} {name} takes the recipe's")
    print_files(site, outcome.files, "nothing to do: every key has its value")
    if outcome.renewed and steps:
        rotate = f"k8sgen secrets rotate {site.needs.environment}"
        click.echo(f"then: {rotate} --steps shows what brings it to the cluster")


def print_files(site: Site, files: Sequence[Path], nothing: str) -> None:
    """Print which encrypted files were written and what comes next, or that there was *nothing*."""
    for file in files:
        click.echo(f"written: {file}")
    click.echo(f"next: k8sgen synth {site.needs.environment}, review, commit" if files else nothing)
