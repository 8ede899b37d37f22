"""`synth`: write `dist/`."""

from __future__ import annotations

from pathlib import Path

import click

from k8sgen.actions.prove import prove_with_kubectl
from k8sgen.actions.synth import Synthesis, synthesize_for
from k8sgen.cli.output import as_json, environments, print_json
from k8sgen.errors import UsageError
from k8sgen.output.status import FileChanges, compare
from k8sgen.output.write import write


@click.command("synth")
@environments
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and list the files that differ.")
@click.option("--prove", is_flag=True, help="Build the overlays with the real kustomize too.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were modified by hand.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The output folder; the project's dist/ by default.",
)
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    environments: tuple[str, ...],
    check: bool,
    prove: bool,
    force: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write the base and the overlays of the environments ENV (all when none is named) to dist/.

    When the base changes, which they share, all are written. Nothing is written unless every
    overlay is checked to build its environment; --prove asks the real kustomize.
    """
    dist = _folder(ctx.obj.resolve(), out)
    synthesis = synthesize_for(dist, ctx.obj, environments)
    proof = f"proved by kustomize {prove_with_kubectl(synthesis)}" if prove else "checked"
    if check:
        changes = compare(dist, synthesis.files, owns=synthesis.owns)
    else:
        changes = write(dist, synthesis.files, owns=synthesis.owns, force=force)
    if as_json:
        print_json(_report(synthesis, changes, proof))
    else:
        _print(synthesis, changes, proof, dist, check=check)
    if check and changes.drift:
        ctx.exit(1)


def _folder(root: Path, out: Path | None) -> Path:
    """Return the output folder, which is replaced whole: it must not hold the project."""
    if out is None:
        return root / "dist"
    place = out.resolve()
    sources = [root / name for name in ("services", "environments")]
    if root.is_relative_to(place) or any(place.is_relative_to(source) for source in sources):
        msg = f"{out} holds the project's own files"
        raise UsageError(msg, hint="name a folder that is only for the output")
    return out


def _report(synthesis: Synthesis, changes: FileChanges, proof: str) -> dict[str, object]:
    resources = {name: len(c.resources) for name, c in synthesis.compositions.items()}
    lists = ("written", "added", "unchanged", "removed", "unmanaged", "modified", "blocked")
    found = {name: list(getattr(changes, name)) for name in lists}
    return {"resources": resources, "proof": proof, **found}


def _print(
    synthesis: Synthesis, changes: FileChanges, proof: str, dist: Path, *, check: bool
) -> None:
    for path in changes.written:
        click.echo(f"{'+' if path in changes.added else '~'} {path}")
    marks = {"removed": "-", "unmanaged": "?", "modified": "!", "blocked": "x"}
    for name, mark in marks.items():
        for path in getattr(changes, name):
            click.echo(f"{mark} {path}")
    for name, composition in synthesis.compositions.items():
        click.echo(f"{name}: {len(composition.resources)} resources, {proof}")
    wrote, removed = ("differ", "are stale") if check else ("written", "removed")
    blocked = f", {len(changes.blocked)} blocked by unmanaged files" if changes.blocked else ""
    click.echo(
        f"{dist.name}/: {len(changes.written)} {wrote}, {len(changes.unchanged)} left alone, "
        f"{len(changes.removed)} {removed}, {len(changes.unmanaged)} unmanaged{blocked}"
    )
