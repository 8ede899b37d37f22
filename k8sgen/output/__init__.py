"""
The files of `dist/`: ours by their header, compared, and written whole or not at all.

This room knows paths and text; it does not know what a manifest is.
"""
