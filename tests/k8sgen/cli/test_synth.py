"""`synth`: what it writes, leaves alone, removes and refuses, and what it says of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.projects import edited, run, tree, write_project


def test_a_second_run_writes_nothing(root: Path) -> None:
    """Synth twice is byte-equal, and says that it left all files alone."""
    before = tree(root / "dist")
    ran = run(root, "synth")
    assert (ran.status, ran.err) == (0, "")
    count = len(before)
    last = f"dist/: 0 written, {count} left alone, 0 removed, 0 unmanaged"
    assert ran.out.splitlines()[-1] == last
    assert tree(root / "dist") == before


def test_check_is_quiet_after_synth(root: Path) -> None:
    """`synth --check` exits 0 after `synth`."""
    ran = run(root, "synth", "--check")
    assert (ran.status, ran.err) == (0, "")


def test_check_lists_each_file_that_differs_and_writes_none(root: Path) -> None:
    """Exit status 1 after an edit, a deletion (which is a new file) and a stale file."""
    dist = root / "dist"
    (dist / "base/web/deployment.yaml").unlink()
    config = dist / "base/web/configmap.yaml"
    config.write_text(config.read_text().replace("30", "31"))
    stale = dist / "base/web/secret.yaml"
    shutil.copy(dist / "base/web/service.yaml", stale)
    before = tree(dist)
    ran = run(root, "synth", "--check")
    marked = [line for line in ran.out.splitlines() if line[:2] in ("+ ", "~ ", "- ", "! ")]
    assert (ran.status, ran.err) == (1, "")
    assert marked == [
        "~ base/web/configmap.yaml",
        "+ base/web/deployment.yaml",
        "- base/web/secret.yaml",
        "! base/web/configmap.yaml",
    ]
    assert tree(dist) == before


def test_one_environment_leaves_the_others_as_they_are(root: Path) -> None:
    """`synth staging` removes and rewrites nothing of production's."""
    overlay = root / "dist/overlays/production"
    shutil.rmtree(overlay)
    ran = run(root, "synth", "staging")
    assert (ran.status, ran.err) == (0, "")
    assert not overlay.exists()


def test_a_base_that_changes_takes_every_overlay_along(root: Path) -> None:
    """`synth staging` leaves no other overlay on a base that it was not proved on."""
    file = root / "services/web.py"
    file.write_text(file.read_text().replace("timeout = 30", "timeout = 31"))
    ran = run(root, "synth", "staging")
    assert (ran.status, ran.err) == (0, "")
    assert "production: " in ran.out
    assert run(root, "synth", "--check").status == 0
    file.write_text(file.read_text().replace("timeout = 31", "timeout = 32"))
    assert run(root, "synth", "staging", "--check").status == 1


def test_somebody_elses_file_in_the_way_is_told_by_check(root: Path) -> None:
    """A generated file that lost its header is somebody's own, and drift."""
    file = root / "dist/base/web/service.yaml"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    ran = run(root, "synth", "--check")
    assert ran.status == 1
    assert "x base/web/service.yaml" in ran.out.splitlines()
    assert ran.out.endswith(", 1 blocked by unmanaged files\n")


def test_an_environment_that_is_gone_loses_its_overlay(root: Path) -> None:
    """Stale files of ours are removed when all environments are asked for."""
    (root / "environments/staging.py").unlink()
    assert run(root, "synth").status == 0
    assert not (root / "dist/overlays/staging").exists()
    assert (root / "dist/overlays/production").exists()


def test_a_file_edited_by_hand_stops_it_until_force(root: Path) -> None:
    """Exit status 1 with the file's name; `--force` overwrites it."""
    file = root / "dist/base/web/deployment.yaml"
    good = file.read_text()
    file.write_text(good.replace("replicas: 1", "replicas: 9"))
    before = tree(root / "dist")
    ran = run(root, "synth")
    assert (ran.status, ran.out) == (1, "")
    assert "base/web/deployment.yaml" in ran.err
    assert "--force" in ran.err
    assert tree(root / "dist") == before
    assert run(root, "synth", "--force").status == 0
    assert file.read_text() == good


def test_files_of_others_are_kept_and_named(root: Path) -> None:
    """What has no header of ours is somebody's."""
    theirs = root / "dist/base/web/notes.md"
    theirs.write_text("mine\n")
    ran = run(root, "synth")
    assert (ran.status, ran.err) == (0, "")
    assert "? base/web/notes.md" in ran.out.splitlines()
    assert theirs.read_text() == "mine\n"


def test_a_file_where_the_folder_should_be_is_refused(root: Path) -> None:
    """Exit status 2; the file stays."""
    file = root / "out"
    file.write_text("mine\n")
    ran = run(root, "synth", "--out", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"error: {file}: cannot be written: Not a directory ({file})\n"
        "  Move that file away, or choose another folder with --out.\n"
    )
    assert file.read_text() == "mine\n"


def test_a_folder_that_cannot_be_written_is_refused(root: Path) -> None:
    """Exit status 2, in a file system where not even root may write."""
    if not Path("/proc/self").exists():
        pytest.skip("needs Linux: /proc, where nobody may write")
    ran = run(root, "synth", "--out", "/proc/k8sgen/dist")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: /proc/k8sgen/dist: cannot be written: ")
    assert ran.err.endswith("choose another with --out.\n")


def test_json_reports_what_changed(root: Path) -> None:
    """`--json` is for programs."""
    write_project(root, edited("environments/staging.py", "replicas=2", "replicas=4"))
    report = json.loads(run(root, "synth", "--json").out)
    assert report["written"] == ["overlays/staging/web/kustomization.yaml"]
    assert (report["removed"], report["unmanaged"], report["modified"]) == ([], [], [])
    assert set(report["resources"]) == {"production", "staging"}


@pytest.mark.parametrize("out", [".", "services", "environments/x", ".."])
def test_the_projects_own_files_are_no_output_folder(root: Path, out: str) -> None:
    """The folder is exchanged whole, so it must be for the output alone."""
    before = tree(root)
    ran = run(root, "synth", "--out", str(root / out))
    assert ran.status == 2
    assert "holds the project's own files" in ran.err
    assert tree(root) == before
