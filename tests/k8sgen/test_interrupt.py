"""Ctrl-C ends a command without a word, whenever it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNT = 12


@pytest.mark.slow
def test_ctrl_c_says_nothing_and_leaves_the_output_alone(tmp_path: Path) -> None:
    """From the first line of k8sgen's own to the last, and to Node, which gets the signal too."""
    command = [sys.executable, "-m", "k8sgen", "synth", "--out", str(tmp_path / "dist")]
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    whole = time.monotonic() - started
    statuses = set()
    for step in range(1, COUNT + 1):
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        time.sleep(0.1 + step * whole / (COUNT + 2))
        os.killpg(running.pid, signal.SIGINT)
        _, err = running.communicate()
        assert err == ""
        statuses.add(running.returncode)
    assert statuses <= {130, -signal.SIGINT, 0}
    assert 130 in statuses
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "0 written" in done.stdout
