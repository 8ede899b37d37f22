"""What the operating system refuses: told in two lines, with the old tree intact."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from k8sgen.errors import K8sgenError, OutputError
from k8sgen.output.header import File
from k8sgen.output.write import write
from tests.k8sgen.output.trees import UNMANAGED, beside, content, everything, generation, put


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A tree of the first generation, with unmanaged files in it."""
    put(tmp_path / "dist", UNMANAGED)
    write(tmp_path / "dist", generation(1), owns=everything)
    return tmp_path / "dist"


def test_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    """
    A file where the output folder should be stays, and the message says what to do.
    """
    dist = tmp_path / "dist"
    dist.write_text("a file\n")
    with pytest.raises(OutputError, match="Move that file away, or choose another"):
        write(dist, generation(1), owns=everything)
    assert dist.read_text() == "a file\n"


def test_folder_is_not_replaced_under_its_own_feet(
    dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Run from inside, or with the project itself as output, a write would pull the rug away.
    """
    monkeypatch.chdir(dist / "base")
    before = content(dist)
    with pytest.raises(OutputError, match="from inside"):
        write(Path(".."), generation(2), owns=everything)
    assert before == content(dist)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for locked in (folder, folder / "dist", folder / "dist/private"):
        locked.chmod(0o777)
    shutil.rmtree(folder)


def apart(task: Callable[[], None]) -> str:
    """
    Run *task* in a process of its own and give the error that it raised.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        try:
            task()
            sender.send("")
        except K8sgenError as error:
            sender.send(str(error))

    process = context.Process(target=run)
    process.start()
    sender.close()
    process.join()
    return str(receiver.recv())


def unprivileged() -> None:
    """Become a user whom permissions hold back."""
    if os.geteuid() == 0:
        os.setuid(65534)


@pytest.mark.parametrize("locked", ["", "dist", "dist/private"])
def test_unwritable_folder_is_an_error(public: Path, locked: str) -> None:
    """
    Whether the folder above, the folder itself or one in it: the old tree stays, and nothing else.
    """
    dist = public / "dist"

    def first() -> None:
        unprivileged()
        write(dist, generation(1), owns=everything)

    def second() -> None:
        unprivileged()
        write(dist, generation(2), owns=everything)

    assert apart(first) == ""
    put(dist, {"private/x": b"x"})
    shutil.copytree(dist, public / "before")
    (public / locked).chmod(0o555)
    message = apart(second)
    if locked == "dist/private" and os.geteuid() != 0:
        assert message == ""  # one's own folder can be replaced, its mode kept
        return
    assert "cannot be written: Permission denied" in message
    assert "Make it and the folder above it writable, or choose another with --out." in message
    assert content(dist) == content(public / "before")
    assert beside(dist) == ["before"]


def test_full_disk_leaves_the_old_tree(dist: Path) -> None:
    """
    An error in the midst of staging leaves the old tree and nothing beside it.
    """
    before = content(dist)

    def task() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        big = {"base/big.yaml": File("a" * 2000 + "\n", "s.py")}
        write(dist, generation(2) | big, owns=everything)

    assert "cannot be written: File too large" in apart(task)
    assert before == content(dist)
    assert beside(dist) == []


pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
NEEDS_UNSHARE = pytest.mark.skipif(
    shutil.which("unshare") is None, reason="needs unshare: apt-get install util-linux"
)
MOUNTED = """
import sys
from pathlib import Path
from k8sgen.errors import OutputError
from k8sgen.output.header import File
from k8sgen.output.write import write
try:
    files = {f"{i}.yaml": File("a\\n" * 3000, "s.py") for i in range(int(sys.argv[2]))}
    write(Path(sys.argv[1]), files, owns=lambda _: True)
except OutputError as error:
    print(error)
print(*(p.name for p in sorted(Path(sys.argv[1]).parent.iterdir())))
"""


def mounted(folder: Path, dist: str, *, count: int) -> str:
    """
    Write *count* files to *dist* below *folder*, a small file system mounted for this purpose.
    """
    script = textwrap.dedent(f"""
        mount -t tmpfs -o size=256k tmpfs "$1" 2>/dev/null || exit 77
        shift; exec "{sys.executable}" -c "$@"
    """)
    shell = ["sh", "-c", script, "sh", str(folder)]
    command = ["unshare", "--user", "--map-root-user", "--mount", *shell]
    arguments = [MOUNTED, str(folder / dist), str(count)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or done.returncode == 77:
        pytest.skip("needs user namespaces: sysctl kernel.unprivileged_userns_clone=1")
    assert done.stderr == ""
    return done.stdout


@NEEDS_UNSHARE
def test_mount_point_is_an_error(tmp_path: Path) -> None:
    """
    A mounted output folder cannot be exchanged, and the message says what to mount instead.
    """
    (tmp_path / "dist").mkdir()
    shown = mounted(tmp_path / "dist", "", count=1)
    assert "cannot be written: Device or resource busy" in shown
    assert "mount the folder above, or choose another with --out" in shown
    assert shown.splitlines()[-1] == "dist"


@NEEDS_UNSHARE
def test_full_file_system_leaves_no_leftover(tmp_path: Path) -> None:
    """
    Where the space ends, no tree and no part of one is left.
    """
    (tmp_path / "small").mkdir()
    shown = mounted(tmp_path / "small", "dist", count=200)
    assert "cannot be written: No space left on device" in shown
    assert "Free some space and run again." in shown
    assert shown.splitlines()[-1] == ""


@NEEDS_UNSHARE
def test_small_tree_fits(tmp_path: Path) -> None:
    """
    On the same file system a smaller tree is written, so it was the space.
    """
    (tmp_path / "small").mkdir()
    assert mounted(tmp_path / "small", "dist", count=5) == "dist\n"
