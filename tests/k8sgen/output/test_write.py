from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8sgen.errors import OutputError
from k8sgen.output.header import File, with_header
from k8sgen.output.status import compare, parents
from k8sgen.output.write import ModifiedError, write
from tests.k8sgen.output.trees import UNMANAGED, beside, content, everything, generation, put

PATHS = st.lists(st.sampled_from(["a", "b", "c.yaml", "d.json", "e.sh"]), min_size=1, max_size=3)
NAMES = PATHS.map("/".join)
OURS = (
    st.dictionaries(NAMES, st.sampled_from(["1\n", "2\n", ""]), max_size=8)
    .map(lambda texts: {p: File(t, "s.py", p.endswith(".sh")) for p, t in texts.items()})
    .filter(lambda files: files.keys().isdisjoint(parents(files)))
)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A tree of the first generation, with unmanaged files in it."""
    put(tmp_path / "dist", UNMANAGED)
    write(tmp_path / "dist", generation(1), owns=everything)
    return tmp_path / "dist"


def on_disk(files: dict[str, File]) -> dict[str, bytes]:
    """Return what stands on disk after *files* were written, the listing apart."""
    return {
        path: with_header(path, file).encode() + (b"x" if file.executable else b"")
        for path, file in files.items()
    }


def test_written_tree_is_what_was_generated(dist: Path) -> None:
    """
    Every file is there with its header and its mode, and the unmanaged ones are kept.
    """
    found = {path: text for path, text in content(dist).items() if text != b"a folder"}
    found.pop("without-header.txt")
    assert found == on_disk(generation(1)) | UNMANAGED
    assert beside(dist) == []


def test_second_write_touches_nothing(dist: Path) -> None:
    """
    Where nothing changes, no folder and no file gets another inode or time.
    """
    before = {p: (p.lstat().st_ino, p.lstat().st_mtime_ns) for p in [dist, *dist.rglob("*")]}
    changes = write(dist, generation(1), owns=everything)
    assert not changes.drift
    assert before == {p: (p.lstat().st_ino, p.lstat().st_mtime_ns) for p in before}


def test_unchanged_and_foreign_files_stay_the_same_files(dist: Path) -> None:
    """
    A new tree holds what did not change by the same inode.
    """
    before = {p: p.stat().st_ino for p in dist.rglob("*") if p.is_file()}
    changes = write(dist, generation(2), owns=everything)
    same = [*changes.unchanged, *changes.unmanaged, *(p for p in UNMANAGED if ".sops." in p)]
    assert len(same) > 50
    assert all(before[dist / path] == (dist / path).stat().st_ino for path in same)


def test_stale_files_go_and_take_their_folders_along(dist: Path) -> None:
    """
    A folder that loses its last file goes; one that was empty before stays.
    """
    (dist / "empty/inner").mkdir(parents=True)
    changes = write(dist, generation(2), owns=everything)
    assert "overlays/env1/service0/file0.yaml" in changes.removed
    assert not (dist / "overlays/env1").exists()
    assert (dist / "empty/inner").is_dir()


def test_scope_leaves_other_environments_alone(dist: Path) -> None:
    """
    A write for one environment neither changes nor removes the files of another.
    """
    before = {path: text for path, text in content(dist).items() if "env1" in path}
    files = {p: f for p, f in generation(2).items() if not p.startswith("charts/")}
    changes = write(dist, files, owns=lambda path: path.startswith(("base/", "overlays/env2/")))
    assert changes.removed == ()
    assert before == {path: text for path, text in content(dist).items() if "env1" in path}
    assert "charts/values.json" in (dist / "without-header.txt").read_text()


def test_listing_goes_with_the_last_file_that_it_lists(dist: Path) -> None:
    """
    Though no scope names the listing, it follows the files in it.
    """
    changes = write(dist, {}, owns=lambda path: path.startswith("charts/"))
    assert changes.removed == ("charts/values.json", "without-header.txt")
    assert not (dist / "charts").exists()


def test_links_modes_and_empty_folders_of_others_survive(dist: Path) -> None:
    """
    What is unmanaged looks the same afterwards, whatever it is.
    """
    (dist / "link").symlink_to("base/kustomization.yaml")
    (dist / "dangling").symlink_to("nowhere")
    (dist / "folder-link").symlink_to("base")
    os.mkfifo(dist / "pipe")
    (dist / "README.md").chmod(0o600)
    (dist / "private").mkdir(mode=0o700)
    (dist / "read-only").mkdir()
    put(dist, {"read-only/x": b"x"})
    (dist / "read-only").chmod(0o555)
    paths = ["link", "dangling", "folder-link", "pipe", "README.md", "private", "read-only"]
    before = [(dist / path).lstat().st_mode for path in paths]
    write(dist, generation(2), owns=everything)
    assert before == [(dist / path).lstat().st_mode for path in paths]
    assert (dist / "link").readlink() == Path("base/kustomization.yaml")
    assert beside(dist) == []


def test_hand_edited_files_stop_a_write_until_forced(dist: Path) -> None:
    """
    All of them are named with their sources, and nothing is written before force is given.
    """
    paths = ("base/kustomization.yaml", "overlays/env1/service0/file0.yaml")
    for path in paths:
        (dist / path).write_text((dist / path).read_text() + "# by hand\n")
    before = content(dist)
    with pytest.raises(ModifiedError) as caught:
        write(dist, generation(2), owns=everything)
    assert caught.value.paths == paths
    assert str(caught.value) == (
        f"{dist}: modified by hand: base/kustomization.yaml (from services/stack.py),"
        " overlays/env1/service0/file0.yaml (from environments/production.py)\n"
        "Move the changes to the sources and run again, or overwrite them with --force."
    )
    assert before == content(dist)
    changes = write(dist, generation(2), owns=everything, force=True)
    assert changes.modified == paths
    assert compare(dist, generation(2), owns=everything).drift == ()


def test_a_checkout_with_other_line_ends_is_no_edit(dist: Path) -> None:
    """
    A checkout may end lines in its own way; a script with those would not run, and is written anew.
    """
    ours = [path for path in content(dist) if path in generation(1)]
    for path in ours:
        place = dist / path
        place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    changes = compare(dist, generation(1), owns=everything)
    scripts = [path for path in ours if (dist / path).read_bytes().startswith(b"#!")]
    assert (list(changes.written), changes.unmanaged[:0]) == (scripts, ())
    (dist / ours[0]).write_bytes((dist / ours[0]).read_bytes() + b"edited\n")
    with pytest.raises(ModifiedError):
        write(dist, generation(1), owns=everything)


def test_of_many_edits_the_first_are_named(tmp_path: Path) -> None:
    """
    One line that a person can read; `--check` lists them all.
    """
    files = {f"{number:03}.yaml": File("a: 1\n", "s.py") for number in range(175)}
    write(tmp_path / "many", files, owns=everything)
    for path in files:
        place = tmp_path / "many" / path
        place.write_text(f"{place.read_text()}b: 2\n")
    with pytest.raises(ModifiedError) as caught:
        write(tmp_path / "many", files, owns=everything)
    assert caught.value.problem.endswith("004.yaml (from s.py), and 170 more, which --check lists")
    assert len(caught.value.problem) < 200


def test_conflict_markers_are_an_edit_that_force_resolves(dist: Path) -> None:
    """
    After a merge with conflicts in generated files, a forced write is the resolution.
    """
    place = dist / "base/kustomization.yaml"
    text = place.read_text()
    place.write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n")
    with pytest.raises(ModifiedError):
        write(dist, generation(1), owns=everything)
    write(dist, generation(1), owns=everything, force=True)
    assert place.read_text() == text


@pytest.mark.parametrize("force", [False, True])
def test_foreign_files_are_never_overwritten(tmp_path: Path, force: bool) -> None:
    """
    An unmanaged file where one is generated is an error, forced or not.
    """
    dist = tmp_path / "dist"
    put(dist, {"base/kustomization.yaml": b"by hand\n"})
    with pytest.raises(OutputError) as caught:
        write(dist, generation(1), owns=everything, force=force)
    assert str(caught.value) == (
        f"{dist}: not written by k8sgen, but in the way: base/kustomization.yaml\n"
        "Move or delete what is there and run again; --force does not overwrite it."
    )
    assert list(content(dist)) == ["base", "base/kustomization.yaml"]
    assert beside(dist) == []


def test_encrypted_files_survive_even_force_and_a_header_of_ours(dist: Path) -> None:
    """
    No write ever changes or removes an encrypted file.
    """
    write(dist, {}, owns=everything, force=True)
    left = {path for path, text in content(dist).items() if text != b"a folder"}
    assert left == UNMANAGED.keys()
    assert all((dist / path).read_bytes() == text for path, text in UNMANAGED.items())


@given(OURS, OURS, st.dictionaries(NAMES, st.binary(max_size=3), max_size=4))
@settings(max_examples=100, deadline=None)
def test_any_tree_becomes_any_other(
    old: dict[str, File], new: dict[str, File], foreign: dict[str, bytes]
) -> None:
    """
    After a write ours is what is wanted, the rest is intact, and a second one has nothing to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(folder) / "dist"
        write(dist, old, owns=everything)
        for path, text in foreign.items():
            if not any((dist / p).is_file() for p in Path(path).parents) and not (
                os.path.lexists(dist / path)
            ):
                put(dist, {path: text})
        others = {p: t for p, t in content(dist).items() if foreign.get(p) == t and p not in old}
        try:
            write(dist, new, owns=everything)
            wanted = on_disk(new)
        except OutputError:
            assert compare(dist, new, owns=everything).blocked
            wanted = on_disk(old)
        found = {p: t for p, t in content(dist).items() if t != b"a folder"}
        found.pop("without-header.txt", None)
        assert found == others | wanted
        assert beside(dist) == []
        if wanted == on_disk(new):
            assert write(dist, new, owns=everything).drift == ()


def test_link_to_the_folder_is_followed(dist: Path, tmp_path: Path) -> None:
    """
    Where the output folder is a link, its target gets the tree and the link stays.
    """
    other = tmp_path / "other"
    other.mkdir()
    (other / "dist").symlink_to(dist)
    write(other / "dist", generation(2), owns=everything)
    assert (other / "dist").readlink() == dist
    assert compare(dist, generation(2), owns=everything).drift == ()
    assert list(other.iterdir()) == [other / "dist"]


def test_folders_above_are_made(tmp_path: Path) -> None:
    """
    The first write makes the folders that lead to the output folder.
    """
    write(tmp_path / "a/b/dist", generation(1), owns=everything)
    assert compare(tmp_path / "a/b/dist", generation(1), owns=everything).drift == ()
