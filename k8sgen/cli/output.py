"""How commands print: JSON for programs, tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

UNFOLDED = 10_000  # columns

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
environments = click.argument("environments", metavar="[ENV]...", nargs=-1)


def print_json(value: Any) -> None:
    """Print *value* as JSON, keys in their order."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print *rows* in columns under *head*; only a terminal folds what is too wide for it."""
    from rich.console import Console  # noqa: PLC0415  (most commands print no table)
    from rich.table import Table  # noqa: PLC0415

    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else UNFOLDED
    Console(width=width, highlight=False, markup=False).print(table)
