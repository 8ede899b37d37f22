"""A recipient is added to an override file, and nothing else in it changes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
import yaml

from k8sgen.errors import ProjectError
from k8sgen.secrets.files.recipients import add_recipient, with_recipient

FILE = Path("environments/x.yaml")
OLD, NEW = "age1old", "age1new"
TEXTS = [
    "",
    "# nothing but a comment\n",
    "domain: example.com",
    "domain: example.com  # ours\n\n# the rest\nweb:\n  replicas: 3\n",
    "recipients: []\n",
    "recipients: []  # none yet\nweb:\n  replicas: 3\n",
    "recipients:\nweb:\n  replicas: 3\n",
    f"recipients:\n- {OLD}  # me\n# below\nweb: {{replicas: 3}}\n",
    f"web:\n    replicas: 3\nrecipients:  # who\n    - '{OLD}'",
    f"recipients: [{OLD}]  # me\nweb:\n  replicas: 3\n",
    f"recipients: [  # a\n  {OLD},  # b\n]\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_only_the_recipient_is_added(text: str) -> None:
    """Every comment and every line stays, and the file says the same otherwise."""
    changed = with_recipient(text, [OLD, NEW] if OLD in text else [NEW], FILE)
    before, after = yaml.safe_load(text) or {}, yaml.safe_load(changed)
    assert after.pop("recipients") == [*(before.pop("recipients", None) or []), NEW]
    assert after == before
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert [line.partition("#")[2] for line in changed.splitlines() if "#" in line] == comments
    gone = [x for x in difflib.ndiff(text.splitlines(), changed.splitlines()) if x[0] == "-"]
    assert len(gone) <= 1


@pytest.mark.parametrize("text", ["{}\n", "recipients: &x [age1old]\nweb: *x\n", "a: 1\n...\n"])
def test_what_cannot_be_added_to_is_said(text: str) -> None:
    """An unusual file is left to the person, with what to write."""
    with pytest.raises(ProjectError, match="cannot add to") as error:
        with_recipient(text, [NEW], FILE)
    assert NEW in error.value.hint


def test_recipients_in_python_are_put_down_too(tmp_path: Path) -> None:
    """Because a list in the file takes the place of the one in Python."""
    path = tmp_path / "x.yaml"
    assert add_recipient(path, NEW, present=[OLD], shown=FILE)
    assert yaml.safe_load(path.read_text()) == {"recipients": [OLD, NEW]}


def test_a_recipient_that_is_there_is_not_added(tmp_path: Path) -> None:
    """A second run leaves the file alone."""
    path = tmp_path / "x.yaml"
    assert not add_recipient(path, NEW, present=[NEW], shown=FILE)
    assert not path.exists()


def test_the_mode_of_the_file_stays(tmp_path: Path) -> None:
    """Nobody loses or gains the right to read it, and no other file is left behind."""
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o664)
    add_recipient(path, NEW, present=[], shown=FILE)
    assert path.stat().st_mode & 0o777 == 0o664
    assert list(tmp_path.iterdir()) == [path]
