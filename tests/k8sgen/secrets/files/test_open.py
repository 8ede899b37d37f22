"""What is open: told from the files as they are in use, which stand beside the new ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from k8sgen.secrets.files.open import close, open_keys
from k8sgen.secrets.rotation.rotate import new_data_keys, new_recipients
from tests.k8sgen.secrets.kit import NOW, Site

LATER = NOW + timedelta(days=1)
LOGIN = ["database/login", "database/password", "web/database-url"]


def test_nothing_is_open_at_first(ready: Site) -> None:
    """What never had another value is in use nowhere."""
    assert open_keys(ready.store) == {}


def test_a_rotation_is_open_with_all_that_follows_from_it(ready: Site) -> None:
    """Since its own date; the others in the same files are not."""
    ready.generate(rotate=["database/password"], now=LATER)
    assert open_keys(ready.store) == dict.fromkeys(LOGIN, LATER)
    close(ready.store)
    assert open_keys(ready.store) == {}


@pytest.mark.slow
def test_other_data_keys_and_recipients_open_nothing_and_close_nothing(
    ready: Site, recipient: str
) -> None:
    """The files in use are encrypted anew with the others."""
    for opened in ([], LOGIN):
        for change in (
            new_data_keys,
            lambda staging, store: new_recipients(staging, store, [recipient]),
        ):
            with ready.store.changing() as staging:
                change(staging, ready.store)
            assert list(open_keys(ready.store)) == opened
        if not opened:
            ready.generate(rotate=["database/password"], now=LATER)


def test_the_first_values_are_those_in_use(ready: Site) -> None:
    """However often one is changed after that, as long as nobody has to take it over."""
    ready.set("web", "session", "first")
    close(ready.store)
    in_use = ready.text("database")
    ready.generate(rotate=["database/password"], now=LATER)
    assert ready.text("in-use/database") == in_use
    ready.generate(given={"web/database-url": "a"}, now=LATER)
    ready.generate(given={"web/database-url": "b"}, now=LATER)
    assert ready.text("in-use/database") == in_use
