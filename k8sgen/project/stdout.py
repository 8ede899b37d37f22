"""Standard output holds only the answer: what the user's code prints goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

_STDOUT, _STDERR = 1, 2


@contextmanager
def to_stderr() -> Iterator[None]:
    """Send what is printed meanwhile to standard error, even by child processes."""
    with redirect_stdout(sys.stderr), _descriptor_to_stderr():
        yield


@contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    try:
        os.fstat(_STDERR)
        kept = os.dup(_STDOUT)
    except OSError:  # one of them is closed
        yield
        return
    os.dup2(_STDERR, _STDOUT)
    try:
        yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)
