"""Data keys and recipients change without a pod having to roll."""

from __future__ import annotations

from datetime import timedelta

import pytest

from k8sgen.errors import UsageError
from k8sgen.secrets.contract.freshness import is_stale
from k8sgen.secrets.contract.keys import combined_revision
from k8sgen.secrets.files import identity
from k8sgen.secrets.files.encrypted import Encrypted
from k8sgen.secrets.files.open import open_keys
from k8sgen.secrets.files.store import revisions
from k8sgen.secrets.rotation.rotate import (
    due,
    named,
    new_data_keys,
    new_recipients,
    older_than,
    turn_back,
)
from tests.k8sgen.secrets.kit import NOW, Site, given, keys, needs_of

DAY = timedelta(days=1)


def rolled(site: Site) -> str | None:
    """Return what is in the annotation of a pod that uses every key."""
    return combined_revision(
        site.needs.every_key(), revisions(site.store, lambda error: pytest.fail(str(error)))
    )


class TestDataKey:
    """A new data key of SOPS."""

    def test_changes_every_ciphertext_and_no_value(self, ready: Site) -> None:
        """And no pod rolls."""
        before, old, annotation = ready.values(), ready.store.read("web"), rolled(ready)
        with ready.store.changing() as staging:
            written = new_data_keys(staging, ready.store)
        new = ready.store.read("web")
        assert [path.name for path in written] == ["database.sops.yaml", "web.sops.yaml"]
        assert all(old.values[key] != new.values[key] for key in old.values)
        assert ready.values() == before
        assert rolled(ready) == annotation
        assert new.changed("session") == NOW

    def test_a_rotation_afterwards_rolls_again(self, ready: Site) -> None:
        """What is noted does not outlive the value."""
        with ready.store.changing() as staging:
            new_data_keys(staging, ready.store)
        annotation = rolled(ready)
        ready.generate(rotate=["web/session"], now=NOW + DAY)
        assert rolled(ready) != annotation

    def test_by_plain_sops_cannot_be_told_apart(self, ready: Site) -> None:
        """Nobody has seen both sides, so pods roll once, and the values count as changed."""
        annotation = rolled(ready)
        ready.sops("rotate", "--in-place", ready.path("web"))
        assert rolled(ready) != annotation
        assert ready.store.read("web").changed("session") > NOW


class TestTurnBack:
    """A rotation that is given up."""

    def test_all_is_as_before(self, ready: Site) -> None:
        """Values, dates and revisions, so that no pod has to roll that has not rolled."""
        names = ("changed", "revision", "is_recorded")
        before, annotation = ready.values(), rolled(ready)
        facts = [getattr(ready.store.read("web"), n)("database-url") for n in names]
        ready.generate(rotate=["database/password"], now=NOW + DAY)
        turn(ready)
        assert (ready.values(), rolled(ready)) == (before, annotation)
        assert [getattr(ready.store.read("web"), n)("database-url") for n in names] == facts
        assert not is_stale(ready.needs.secrets["web"].keys["database-url"], files(ready))
        assert len(open_keys(ready.store)) == 3

    @pytest.mark.slow
    def test_what_came_later_stays(self, ready: Site) -> None:
        """A key that was made meanwhile is no part of it."""
        ready.generate(rotate=["database/password"], now=NOW + DAY)
        ready.needs = needs_of([*keys(), given()], recipients=ready.needs.recipients)
        ready.generate(given={"web/api-key": "mine"}, now=NOW + DAY)
        turn(ready)
        assert ready.values()["web/api-key"] == "mine"


def turn(site: Site) -> None:
    """Put the values in use in the place of the open ones."""
    with site.store.changing() as staging:
        turn_back(staging, site.store)


def files(site: Site) -> dict[str, Encrypted]:
    """Read all files."""
    return {name: site.store.read(name) for name in site.store.names()}


class TestRecipients:
    """Other readers."""

    @pytest.fixture
    def other(self, ready: Site) -> str:
        """
        The public key of somebody else, who is here too.
        """
        return identity.ensure("other", root=ready.root, known=()).recipient

    def test_values_keep_their_ciphertext(self, ready: Site, other: str) -> None:
        """So that no pod rolls, and the change shows who was let in and nothing else."""
        old = ready.store.read("web")
        with ready.store.changing() as staging:
            new_recipients(staging, ready.store, [*ready.needs.recipients, other])
        new = ready.store.read("web")
        assert new.recipients == {*ready.needs.recipients, other}
        assert (new.values, new.records, new.modified) == (old.values, old.records, old.modified)

    def test_who_is_out_is_out(self, ready: Site, other: str) -> None:
        """The file no longer opens with the first identity."""
        with ready.store.changing() as staging:
            new_recipients(staging, ready.store, [other])
        assert ready.store.read("web").recipients == {other}

    def test_a_second_run_writes_nothing(self, ready: Site, other: str) -> None:
        """What is right already keeps every byte."""
        for _ in range(2):
            before = ready.text("web")
            with ready.store.changing() as staging:
                written = new_recipients(staging, ready.store, [*ready.needs.recipients, other])
        assert written == []
        assert ready.text("web") == before

    def test_orphans_follow(self, ready: Site, other: str) -> None:
        """They hold secrets too."""
        ready.needs = needs_of([], recipients=[other])
        with ready.store.changing() as staging:
            assert len(new_recipients(staging, ready.store, [other])) == 2

    def test_nobody_can_lock_themselves_out(self, ready: Site) -> None:
        """A file that none of the identities here could open again does not take its place."""
        before = ready.text("web")
        stranger = "age1z5vgktkl97tkhfcz7frtsx34kyc3eecgt9yk3as25dw5h8wf4arqfscx93"
        with pytest.raises(Exception, match="age"), ready.store.changing() as staging:
            new_recipients(staging, ready.store, [stranger])
        assert ready.text("web") == before


class TestChoice:
    """Which keys are rotated."""

    def test_named_ones(self) -> None:
        """One key, or all of a Secret that are made by chance."""
        needs = needs_of([*keys(), given()])
        assert [k.name for k in named(needs, ["web/api-key"])] == ["web/api-key"]
        assert [k.name for k in named(needs, ["web"])] == ["web/session"]
        with pytest.raises(UsageError, match="no key 'web/sesion'") as error:
            named(needs, ["web/sesion"])
        assert "web/session" in error.value.hint

    def test_those_that_are_due(self, ready: Site) -> None:
        """After the days that the contract says."""
        names = [key.name for key in due(ready.needs, ready.store, NOW + 31 * DAY)]
        assert names == ["web/session"]

    def test_those_that_are_older(self, ready: Site) -> None:
        """What derives from others follows them anyway."""
        found = older_than(ready.needs, ready.store, 5 * DAY, NOW + 6 * DAY)
        assert [key.name for key in found] == ["database/password", "web/session"]
        assert older_than(ready.needs, ready.store, 5 * DAY, NOW + 4 * DAY) == []
