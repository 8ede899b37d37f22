"""The command `synth`, killed while it replaces an older tree of the shop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.k8sgen.output.trees import beside, content
from tests.projects import run, shop

ROOT = Path(__file__).parents[2]
STEP = 20
"""Every so many system calls of the write one run is killed."""

SYNTH = [sys.executable, "-m", "k8sgen", "synth"]
FROM_HERE = {**os.environ, "PYTHONPATH": str(ROOT)}  # wherever a command runs

AT_A_STEP = """
import sys
import k8sgen.cli.synth as synth
from k8sgen.cli import main
from tests.k8sgen.output.processes import Steps, die

write = synth.write

def counted(*arguments, **options):
    Steps(die, at=int(sys.argv[1]))
    return write(*arguments, **options)

synth.write = counted
sys.exit(main(["--project", sys.argv[2], "synth"]))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """
    The shop with its output, and an unmanaged file in its tree.
    """
    root = shop(tmp_path / "shop")
    assert run(root, "synth").status == 0
    (root / "dist/notes.txt").write_text("mine\n")
    return root


def turned(project: Path) -> Iterator[int]:
    """Change what the base of the storefront is, back and forth."""
    file = project / "services/storefront.py"
    text = file.read_text("utf-8")
    number = 0
    while True:
        number += 1
        other = text.replace("drain=5", f"drain={5 + number % 2}")
        file.write_text(other, "utf-8")
        yield number


def trees(project: Path) -> list[dict[str, bytes]]:
    """Write both trees, the one with `drain=5` last, and give their contents."""
    seen = []
    for _, _ in zip(range(2), turned(project), strict=False):
        subprocess.run(SYNTH, cwd=project, env=FROM_HERE, check=True)
        seen.append(content(project / "dist"))
    return seen


@pytest.mark.slow
def test_a_kill_at_any_step_of_the_write_leaves_one_whole_tree(copy: Path) -> None:
    """The tree is the old or the new one to the byte, and the next run leaves nothing beside."""
    both = trees(copy)
    kills = 0
    for number in turned(copy):
        at = [sys.executable, "-c", AT_A_STEP, str(1 + (number - 1) * STEP), str(copy)]
        status = subprocess.run(at, env=FROM_HERE, check=False).returncode
        assert content(copy / "dist") in both
        if status != -signal.SIGKILL:
            break
        kills += 1
    assert status == 0
    assert kills > 10
    assert beside(copy / "dist") == ["environments", "services"]


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_one_whole_tree(copy: Path) -> None:
    """Many kills, from the start of the process to its end."""
    both = trees(copy)
    for number, _ in zip(range(25), turned(copy), strict=False):
        running = subprocess.Popen(SYNTH, cwd=copy, env=FROM_HERE, stdout=subprocess.DEVNULL)
        time.sleep(0.3 + number * 0.04)
        running.kill()
        running.wait()
        assert content(copy / "dist") in both
    subprocess.run(SYNTH, cwd=copy, env=FROM_HERE, check=True)
    assert content(copy / "dist") in both
    assert beside(copy / "dist") == ["environments", "services"]
