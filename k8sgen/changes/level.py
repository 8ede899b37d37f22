"""What a change does to what runs: the levels, and the verdict that a rule speaks."""

from __future__ import annotations

from enum import IntEnum

import attrs

from k8sgen.changes.path import Path


class Level(IntEnum):
    """
    The consequences of a change, the mildest first.
    """

    NONE = 0
    ROLLS_PODS = 1
    MAY_INTERRUPT = 2
    NEEDS_RECREATION = 3
    WIDENS_ACCESS = 4
    LOSES_DATA = 5

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")

    @property
    def slug(self) -> str:
        """The name for a command line: `rolls-pods`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, slug: str) -> Level:
        """Find the level that a command line names."""
        return cls[slug.upper().replace("-", "_")]


@attrs.frozen
class Verdict:
    """
    One consequence of a change to one resource.

    Args:
        reason: Why, in a clause that a reviewer can check.
        path: The field that it follows from, with all below it; the whole resource when empty.
    """

    level: Level
    reason: str
    path: Path = ()
