from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from k8sgen.errors import OutputError
from k8sgen.output.header import File, with_header
from k8sgen.output.status import FileChanges, compare
from k8sgen.output.write import write
from tests.k8sgen.output.trees import UNMANAGED, content, everything, generation, put

FILES = {
    "base/a.yaml": File("a: 1\n", "services/a.py"),
    "base/b.yaml": File("b: 1\n", "services/b.py"),
    "c.json": File("{}\n", "services/c.py"),
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder in which `FILES` are written."""
    write(tmp_path / "dist", FILES, owns=everything)
    return tmp_path / "dist"


def drift(dist: Path) -> tuple[str, ...]:
    """Compare with `FILES`."""
    return compare(dist, FILES, owns=everything).drift


def test_missing_folder_is_all_drift(tmp_path: Path) -> None:
    """
    Before the first write everything has to be written, and comparing makes no folder.
    """
    assert {*FILES, "without-header.txt"} == set(drift(tmp_path / "dist"))
    assert list(tmp_path.iterdir()) == []


def test_written_tree_has_no_drift(dist: Path) -> None:
    """
    What was written compares as unchanged.
    """
    changes = compare(dist, FILES, owns=everything)
    assert FileChanges(unchanged=tuple(sorted([*FILES, "without-header.txt"]))) == changes


@pytest.mark.parametrize("path", [*FILES, "without-header.txt"])
@pytest.mark.parametrize("edit", [b"#", b"\n", None])
def test_every_edit_is_drift(dist: Path, path: str, edit: bytes | None) -> None:
    """
    A byte more at the end, a line more at the start, or no file at all: each is listed.
    """
    place = dist / path
    before = place.read_bytes()
    place.unlink()
    if edit is not None:
        place.write_bytes(edit + before if edit == b"\n" else before + edit)
    assert path in drift(dist)


def test_header_alone_makes_a_difference(dist: Path) -> None:
    """
    A file whose header names another source is listed, though its text is right.
    """
    moved = with_header("base/a.yaml", attrs.evolve(FILES["base/a.yaml"], source="services/old.py"))
    (dist / "base/a.yaml").write_text(moved)
    assert drift(dist) == ("base/a.yaml",)
    assert compare(dist, FILES, owns=everything).modified == ()


def test_script_that_cannot_be_run_is_drift(tmp_path: Path) -> None:
    """
    A lost executable bit is a difference.
    """
    dist = tmp_path / "dist"
    write(dist, generation(1), owns=everything)
    (dist / "scripts/run.sh").chmod(0o644)
    assert compare(dist, generation(1), owns=everything).written == ("scripts/run.sh",)


def test_stale_files_are_told_from_those_of_others(dist: Path) -> None:
    """
    What is ours and no longer generated is to be removed; the rest is kept, data uncounted.
    """
    put(dist, UNMANAGED)
    changes = compare(dist, {"base/a.yaml": FILES["base/a.yaml"]}, owns=everything)
    assert changes.removed == ("base/b.yaml", "c.json", "without-header.txt")
    assert changes.unmanaged == ("README.md", "overlays/local/notes.txt")


def test_hand_edited_files_are_named(dist: Path) -> None:
    """
    Edited files are told, whether they are still generated or stale.
    """
    for path in ("base/a.yaml", "base/b.yaml", "c.json"):
        (dist / path).write_text((dist / path).read_text() + "\n")
    changes = compare(dist, {"base/a.yaml": FILES["base/a.yaml"]}, owns=everything)
    assert changes.modified == ("base/a.yaml", "base/b.yaml", "c.json")
    assert changes.written == ("base/a.yaml",)


def test_files_outside_the_scope_are_not_seen(dist: Path) -> None:
    """
    Neither stale nor unmanaged nor modified files outside the scope appear.
    """
    put(dist, {"other/x.txt": b"x"})
    (dist / "base/b.yaml").write_text((dist / "base/b.yaml").read_text() + "\n")
    files = {"base/a.yaml": FILES["base/a.yaml"]}
    changes = compare(dist, files, owns=lambda path: path == "base/a.yaml")
    assert FileChanges(unchanged=("base/a.yaml", "without-header.txt")) == changes


def test_windows_line_ends_are_no_edit_but_some_of_them_are(dist: Path) -> None:
    """
    A checkout that turned all line ends around is as it should be.
    """
    place = dist / "base/a.yaml"
    text = place.read_bytes()
    place.write_bytes(text.replace(b"\n", b"\r\n"))
    assert not compare(dist, FILES, owns=everything).drift
    place.write_bytes(text.replace(b"\n", b"\r\n", 1) + b"\n")
    assert compare(dist, FILES, owns=everything).modified == ("base/a.yaml",)


def test_same_json_is_ours_even_without_the_listing(dist: Path) -> None:
    """
    Where the listing was lost, only the listing has to be written again.
    """
    (dist / "without-header.txt").unlink()
    changes = compare(dist, FILES, owns=everything)
    assert changes.drift == ("without-header.txt",)


@pytest.mark.parametrize(
    ("obstacle", "blocked"),
    [
        ({"base/a.yaml": b"a: by hand\n"}, "base/a.yaml"),
        ({"base/a.yaml/x": b""}, "base/a.yaml"),
        ({"base": b""}, "base/a.yaml"),
        ({"base/a.yaml": b"\xff\xfe"}, "base/a.yaml"),
    ],
)
def test_foreign_file_or_folder_blocks(
    tmp_path: Path, obstacle: dict[str, bytes], blocked: str
) -> None:
    """
    What is not ours and stands where a file is generated is named.
    """
    put(tmp_path, obstacle)
    files = {"base/a.yaml": FILES["base/a.yaml"]}
    changes = compare(tmp_path, files, owns=everything)
    assert changes.blocked == changes.drift == (blocked,)


def test_foreign_link_blocks(dist: Path) -> None:
    """
    A link is somebody else's, even to a file that would fit.
    """
    (dist / "base/a.yaml").rename(dist / "target")
    (dist / "base/a.yaml").symlink_to("../target")
    assert compare(dist, FILES, owns=everything).blocked == ("base/a.yaml",)


def test_file_of_ours_that_sops_encrypted_is_data(dist: Path) -> None:
    """
    Encrypted in place under its old name it is kept, whatever is left of its header.
    """
    place = dist / "base/b.yaml"
    place.write_text(place.read_text().replace("b: 1", "b: ENC[AES256_GCM,data:x]"))
    assert compare(dist, FILES, owns=everything).blocked == ("base/b.yaml",)
    assert compare(dist, {}, owns=everything).unmanaged == ("base/b.yaml",)


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../b", "a//b", "./a", "a/", "secrets/a.sops.yaml"]
)
def test_impossible_path_is_refused(tmp_path: Path, path: str) -> None:
    """
    Nothing is generated outside the folder, under two names, or as encrypted data.
    """
    with pytest.raises(OutputError):
        compare(tmp_path, {path: File("a\n", "s.py")}, owns=everything)


def test_path_cannot_be_file_and_folder(tmp_path: Path) -> None:
    """
    A generated file has no generated files below it.
    """
    files = {"a": File("a\n", "s.py"), "a/b": File("b\n", "s.py")}
    with pytest.raises(OutputError, match="a is generated as a file and as a folder"):
        compare(tmp_path, files, owns=everything)


def test_comparing_with_a_file_is_an_error(tmp_path: Path) -> None:
    """
    A file where the output folder should be is named.
    """
    (tmp_path / "dist").write_text("a file\n")
    with pytest.raises(OutputError, match="dist: Not a directory"):
        compare(tmp_path / "dist", FILES, owns=everything)


def test_comparing_touches_nothing(dist: Path) -> None:
    """
    A comparison reads only.
    """
    put(dist, UNMANAGED)
    before = content(dist), dist.stat().st_mtime_ns
    compare(dist, generation(1), owns=everything)
    assert before == (content(dist), dist.stat().st_mtime_ns)
