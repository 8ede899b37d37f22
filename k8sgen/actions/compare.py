"""Compare what the code composes with git, with another environment, or with the cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import attrs

from k8sgen.actions.written import DIST, OVERLAYS, on_disk, overlay
from k8sgen.changes.committed import is_repository, tree
from k8sgen.changes.compare import Changes, compare, renamed
from k8sgen.changes.live import live
from k8sgen.kubernetes.manifest import Body, Identity, identity, label
from k8sgen.project.compose import Composition, compose_each
from k8sgen.project.project import Project


def with_commit(
    project: Project, ref: str | None = None, *, gone: bool = False, fold: bool = True
) -> list[Changes]:
    """
    Compare each environment with what was committed in `dist/`.

    Args:
        ref: The commit, `HEAD` by default. Outside a repository, the files as they are.
        gone: Include environments that no longer exist.
        fold: Report once, apart, what changes alike in most resources.

    Raises:
        UsageError: git knows no such commit.
        BuildError: The tree there holds what k8sgen does not write.
    """
    files = committed(project.root, ref)
    found = [
        _to(composition, name, overlay(files, name), fold=fold)
        for name, composition in compose_each(project).items()
    ]
    names = sorted({path.split("/")[1] for path in files if path.startswith(f"{OVERLAYS}/")})
    left = [name for name in names if name not in project.environments] if gone else []
    return [*found, *(compare(name, overlay(files, name), {}) for name in left)]


def with_other(project: Project, name: str, other: str) -> Changes:
    """
    Compare two environments: what it takes to make *name* like *other*.

    The namespace does not count as a difference.
    """
    made = compose_each(project)
    old, new = made[name], made[other]
    spaces = [str(composition.stack.namespace_name) for composition in (old, new)]
    return _to(new, f"{name} → {other}", renamed(old.bodies(), *spaces))


def with_cluster(project: Project, contexts: Mapping[str, str | None]) -> list[Changes]:
    """
    Compare each environment with what runs.

    Args:
        contexts: Of the kubeconfig, by environment; `None` is the current one.

    Raises:
        ClusterError: kubectl cannot read it.
    """
    found = []
    for name, composition in compose_each(project).items():
        there = live(composition.bodies(), context=contexts[name])
        unread = {identity(body) for body in there.unread}
        changes = _to(composition, name, there.bodies, without=unread)
        found.append(attrs.evolve(changes, unread=tuple(map(label, there.unread))))
    return found


def _to(
    composition: Composition,
    name: str,
    before: Iterable[Body],
    *,
    fold: bool = True,
    without: Collection[Identity] = (),
) -> Changes:
    """Compare an older state with what the code composes, but for some resources."""
    after = {
        service: [body for body in bodies if identity(body) not in without]
        for service, bodies in composition.groups().items()
    }
    return compare(name, before, after, fold=fold, file_formats=composition.file_formats())


def committed(root: Path, ref: str | None = None) -> Mapping[str, str]:
    """Read `dist/` as git has it; outside a repository, as it is on disk."""
    if ref is not None or is_repository(root):
        return tree(root, DIST, ref or "HEAD")
    return on_disk(root / DIST)
