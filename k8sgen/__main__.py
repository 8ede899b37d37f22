"""`python -m k8sgen`, and the program that pip installs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType


def run() -> int:
    """
    Run the command line as a process of its own, which Ctrl-C ends without a traceback.

    Returns:
        The exit status; 130 after Ctrl-C.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while there is nothing to tidy up
    from k8sgen.cli import main  # noqa: PLC0415

    signal.signal(signal.SIGINT, _interrupt)
    status = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # while Node and its folder are tidied up
    return status


def _interrupt(_: int, __: FrameType | None) -> None:
    """Stop; Node gets the same signal, and what it says of that helps nobody."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run())
