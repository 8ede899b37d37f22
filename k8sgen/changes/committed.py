"""The output tree as git has it at some commit, read without a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from k8sgen.errors import UsageError
from k8sgen.tools.git import git


def is_repository(root: Path) -> bool:
    """Return whether *root* is in a git repository that has a commit."""
    done = git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return done.returncode == 0


def tree(root: Path, folder: str, ref: str) -> dict[str, str]:
    """
    Read the text files below *folder* as they are at *ref*.

    Args:
        root: In a git repository.
        folder: Relative to *root*.

    Returns:
        {path relative to *folder*: text}; nothing where there was no such folder.

    Raises:
        UsageError: git knows no such commit.
    """
    commit = resolve(root, ref)
    listed = git(root, "ls-tree", "-r", "-z", "--full-tree", f"{commit}:{_prefix(root)}{folder}")
    found: dict[str, str] = {}
    blobs = [line.split("\t", 1) for line in listed.stdout.decode().split("\0") if line]
    wanted = [(path, meta.split()[2]) for meta, path in blobs if meta.split()[1] == "blob"]
    for path, content in zip(
        (p for p, _ in wanted), _contents(root, [h for _, h in wanted]), strict=True
    ):
        try:
            found[path] = content.decode()
        except UnicodeDecodeError:
            continue
    return found


def resolve(root: Path, ref: str) -> str:
    """
    Return the commit that *ref* names.

    Raises:
        UsageError: git knows no such commit, or *root* is in no repository.
    """
    done = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode:
        if git(root, "rev-parse", "--is-inside-work-tree").returncode:
            msg = f"{root} is in no git repository"
            raise UsageError(msg, hint="that compares with what is committed in git")
        msg = f"git knows no commit {ref!r} here"
        raise UsageError(msg, hint="name a branch, tag or commit; in CI fetch it first (git fetch)")
    return done.stdout.decode().strip()


def merge_base(root: Path, ref: str) -> str:
    """Return the commit at which the present work left *ref*; *ref* itself where there is none."""
    done = git(root, "merge-base", resolve(root, ref), "HEAD")
    return done.stdout.decode().strip() or resolve(root, ref)


def changed_files(root: Path, commit: str) -> list[str]:
    """List the files below *root* that differ between *commit* and the working tree."""
    differ = git(root, "diff", "--name-only", "--relative", "-z", "--no-renames", commit, "--", ".")
    new = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted(filter(None, (differ.stdout + new.stdout).decode().split("\0")))


def _prefix(root: Path) -> str:
    return git(root, "rev-parse", "--show-prefix").stdout.decode().strip("\n")


def _contents(root: Path, hashes: list[str]) -> Iterator[bytes]:
    """Read blobs through one `git cat-file`."""
    done = git(root, "cat-file", "--batch", text="".join(f"{each}\n" for each in hashes))
    rest = done.stdout
    for _ in hashes:
        head, _, rest = rest.partition(b"\n")
        size = int(head.split()[2])
        yield rest[:size]
        rest = rest[size + 1 :]
