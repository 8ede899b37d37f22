"""The comment on a pull request."""

from __future__ import annotations

import re
from typing import Any

import pytest

from k8sgen.changes.compare import Changes, compare
from k8sgen.changes.markdown import LIMIT, MARK, markdown
from tests.k8sgen.changes.cases import BODIES, change

BODY = BODIES["Deployment"]
CONFIG = BODIES["ConfigMap"]


def _changes(name: str, *pairs: tuple[dict[str, Any], dict[str, Any]]) -> Changes:
    return compare(name, [old for old, _ in pairs], {"web": [new for _, new in pairs]})


@pytest.fixture(name="rolling")
def _rolling() -> tuple[dict[str, Any], dict[str, Any]]:
    return BODY, change(BODY, "spec.template.spec.containers.0.image", "web:2")


def test_the_table_counts_resources_by_consequence(rolling: Any) -> None:
    """
    One row an environment, one column a consequence, the worst first.
    """
    claim = BODIES["PersistentVolumeClaim"]
    lost = claim, change(claim, "spec.storageClassName", "hdd")
    text = markdown([_changes("production", rolling, lost), _changes("local")])
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [cell.strip(" ·🛑🔓🧱⚠️🔄") for cell in rows[0].strip("|").split("|")][:3] == [
        "environment",
        "loses data",
        "widens access",
    ]
    assert rows[2].replace(" ", "") == "|production|1||||1||"
    assert rows[3].replace(" ", "") == "|local|||||||"


def test_what_must_not_be_missed_stands_above_the_fold(rolling: Any) -> None:
    """
    The worst consequences are told before the details, once for all environments.
    """
    claim = BODIES["PersistentVolumeClaim"]
    lost = claim, change(claim, "spec.storageClassName", "hdd")
    text = markdown([_changes(name, rolling, lost) for name in ("production", "staging")])
    head, _, details = text.partition("<details>")
    assert head.count("**loses data**") == 1
    assert "(production, staging)" in head
    assert "rolls pods" in details
    assert text.count("<details>") == 1, "both change alike"


def test_a_later_comment_finds_the_earlier_one() -> None:
    """
    The first line marks the comment as ours.
    """
    assert markdown([]).startswith(MARK)


@pytest.mark.parametrize("count", [10, 800, 1500])
def test_the_comment_fits_into_github(count: int) -> None:
    """
    However much changes, the comment is short enough, and says what it leaves out.
    """
    text = "".join(f"line {n}\n" for n in range(count))
    pairs = [
        (change(before, "data", {"app.conf": text}), change(before, "data", {"app.conf": text * 2}))
        for n in range(count // 10)
        for before in [change(CONFIG, "metadata.name", f"web-{n}")]
    ]
    found = markdown([_changes("production", *pairs)])
    assert len(found.encode()) <= LIMIT
    assert found.count("<details>") == found.count("</details>")
    assert count == 10 or "k8sgen diff" in found.replace(MARK, "")


def test_what_stands_in_values_cannot_break_out() -> None:
    """
    Backticks, HTML and pipes in a value stay text.
    """
    evil = "a\n```\n</details><script>|\n"
    pair = change(CONFIG, "data", {"x": "a\n"}), change(CONFIG, "data", {"x": evil})
    text = markdown([_changes("production", pair)])
    fence = re.search(r"^(`{4,})diff$", text, re.MULTILINE)
    assert fence
    inside = text.split(fence[0])[1].split(f"\n{fence[1]}\n")[0]
    assert "</details><script>" in inside


def test_names_cannot_break_the_table() -> None:
    """
    What Markdown would take for its own is escaped.
    """
    assert "a\\|b\\*" in markdown([_changes("a|b*")])
