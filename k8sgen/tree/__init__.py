"""
The files of `dist/`: ours by their header, compared, and written whole or not at all.

This room knows paths and text; it does not know what a manifest is.
"""

from k8sgen.tree.compare import Changes, compare
from k8sgen.tree.header import File, Files, strip_header, with_header
from k8sgen.tree.write import EditedError, write

__all__ = [
    "Changes",
    "EditedError",
    "File",
    "Files",
    "compare",
    "strip_header",
    "with_header",
    "write",
]
