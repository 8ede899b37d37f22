"""
The generated files of `dist/`: known by their header, compared, and written whole or not at all.

This package knows paths and text; it does not know what a manifest is.
"""
