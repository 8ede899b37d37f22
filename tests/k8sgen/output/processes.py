"""Processes that meddle with themselves in the midst of a write."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

AUDITED = ("open", "os.", "shutil.", "fcntl.", "ctypes.")


class Steps:
    """
    Counts the audited operating-system calls of this process and acts at one of them.

    Args:
        act: What to do.
        at: Which call to do it before, counted from 1 where *event* begins its name.
        event: The start of the event names that count.
    """

    def __init__(
        self, act: Callable[[], None], *, at: int, event: str | tuple[str, ...] = AUDITED
    ) -> None:
        self.act, self.at, self.event, self.count, self.busy = act, at, event, 0, False
        sys.addaudithook(self.hook)

    def hook(self, event: str, _: object) -> None:
        """Count; the calls that *act* itself makes do not count."""
        if self.busy or not event.startswith(self.event):
            return
        self.count += 1
        if self.count == self.at:
            self.busy = True
            self.act()
            self.busy = False


def die() -> None:
    """Kill this process as no handler can catch."""
    os.kill(os.getpid(), signal.SIGKILL)


def start(task: Callable[[], None]) -> int:
    """
    Run *task* in a process of its own, and give its id.
    """
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        task()
        status = 0
    finally:
        os._exit(status)


def end(pid: int) -> bool:
    """
    Wait for a process, and tell whether it was killed rather than done.
    """
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    assert os.WEXITSTATUS(status) == 0
    return False
