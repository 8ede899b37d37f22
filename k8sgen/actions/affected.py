"""Which environments and resources a range of commits changes, for pipelines that act on those."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from k8sgen.actions.compare import with_commit
from k8sgen.actions.written import DIST
from k8sgen.changes.committed import changed_files, merge_base
from k8sgen.changes.compare import Changes
from k8sgen.project.project import Project
from k8sgen.secrets.files.store import IN_USE

_SOURCES = ("services/", "environments/")
SECRETS = f"{DIST}/secrets"


@attrs.frozen
class AffectedEnvironment:
    """
    One environment that is affected.

    Args:
        changes: Between then and now; empty where only its secrets change.
        secrets: Its encrypted files that differ.
        gone: Whether it no longer exists.
    """

    name: str
    changes: Changes
    secrets: tuple[str, ...]
    gone: bool


@attrs.frozen
class Affected:
    """
    What a range of commits, and the working tree upon it, changes.

    Args:
        since: The commit from which on.
        environments: Those that come out different.
        sources: The files in `services/` and `environments/` that differ.
    """

    since: str
    environments: tuple[AffectedEnvironment, ...]
    sources: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The environments that are there, for a matrix."""
        return [each.name for each in self.environments if not each.gone]


def affected(project: Project, since: str) -> Affected:
    """
    Find what the work since it left *since* changes.

    Then is `dist/` as it was committed there; now is what the code composes. No code of then runs.

    Raises:
        UsageError: git knows no such commit.
    """
    commit = merge_base(project.root, since)
    files = changed_files(project.root, commit)
    found = [
        AffectedEnvironment(
            name=changes.name,
            changes=changes,
            secrets=_secrets(files, changes.name),
            gone=changes.name not in project.environments,
        )
        for changes in with_commit(project, commit, gone=True, fold=False)
    ]
    return Affected(
        since=commit,
        environments=tuple(each for each in found if each.changes.count or each.secrets),
        sources=tuple(file for file in files if file.startswith(_SOURCES)),
    )


def _secrets(files: Sequence[str], name: str) -> tuple[str, ...]:
    """Find the files that are encrypted for an environment; stubs are no secrets."""
    folder = f"{SECRETS}/{name}/"
    ours = (f for f in files if f.startswith(folder) and f.endswith(".sops.yaml"))
    return tuple(f for f in ours if not f.startswith(f"{folder}{IN_USE}/"))
