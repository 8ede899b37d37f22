"""Values made and rotated with the real sops: what must change does, and nothing else."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import attrs
import pytest

from k8sgen.secrets.contract.keys import Derived, SecretKey
from k8sgen.secrets.errors import KeyMissingError, SecretsError
from k8sgen.secrets.files import identity, sops
from k8sgen.secrets.files.open import close
from k8sgen.secrets.rotation.change import missing, present
from tests.k8sgen.secrets.kit import NOW, Site, given, keys, needs_of

LATER = NOW + timedelta(days=100)
ALL = ("database/login", "database/password", "web/database-url", "web/session")


def lines(text: str) -> dict[str, str]:
    """Return the encrypted values of a file by key."""
    pairs = (line.split(": ", 1) for line in text.splitlines() if ": ENC[" in line)
    return {key.strip(): value for key, value in pairs if key.strip() != "mac"}


class TestGenerate:
    """Making what is missing."""

    def test_makes_every_key(self, site: Site) -> None:
        """And the derived ones hold what they are derived from."""
        outcome = site.generate()
        values = site.values()
        assert outcome.made == tuple(sorted(values)) == ALL
        url = urlsplit(values["web/database-url"])
        assert unquote(str(url.password)) == values["database/password"]
        assert url.username == values["database/login"] == "app-a"

    def test_a_second_run_changes_no_byte(self, ready: Site) -> None:
        """Ciphertext differs with every encryption, so nothing may be encrypted again."""
        before = {name: ready.text(name) for name in ready.store.names()}
        assert ready.generate(now=LATER).files == ()
        assert {name: ready.text(name) for name in ready.store.names()} == before

    def test_a_new_key_leaves_the_others_as_they_are(self, ready: Site) -> None:
        """Only its own line of the file, the note and the checksum are new."""
        before = lines(ready.text("web"))
        ready.needs = needs_of([*keys(), given()], recipients=ready.needs.recipients)
        assert ready.generate(given={"web/api-key": "x"}).made == ("web/api-key",)
        after = lines(ready.text("web"))
        assert {key: after[key] for key in before} == before
        assert ready.values()["web/api-key"] == "x"

    def test_an_edit_from_elsewhere_is_respected(self, ready: Site) -> None:
        """What somebody set with sops stays, and what is derived from it follows."""
        ready.set("database", "password", "by hand")
        outcome = ready.generate(now=LATER)
        values = ready.values()
        assert values["database/password"] == "by hand"
        assert ":by%20hand@" in values["web/database-url"]
        assert "database/password" not in outcome.renewed

    def test_an_edited_password_turns_the_login(self, site: Site) -> None:
        """Or else the old password would be gone with nobody told."""
        site.generate(now=NOW - timedelta(days=1))
        site.set("database", "password", "by hand")
        site.generate()
        assert site.values()["database/login"] == "app-b"
        assert site.generate(now=LATER).files == ()

    def test_an_edited_derived_value_is_kept(self, ready: Site) -> None:
        """Until something that it comes from changes; and it is said."""
        ready.set("web", "database-url", "by hand")
        for _ in range(2):
            assert ready.generate(now=LATER).kept == ("web/database-url",)
            assert ready.values()["web/database-url"] == "by hand"
        ready.generate(rotate=["web/session"], now=LATER)
        assert ready.generate().kept == ("web/database-url",)
        ready.generate(rotate=["database/password"], now=LATER)
        assert ready.values()["web/database-url"].startswith("postgres://app-b:")

    def test_a_new_template_is_followed(self, ready: Site) -> None:
        """What k8sgen derived is derived again when the contract says it differently."""
        password, login, url, session = keys()
        assert isinstance(url.recipe, Derived)
        recipe = attrs.evolve(url.recipe, template=url.recipe.template.replace("5432", "6432"))
        changed = [password, login, attrs.evolve(url, recipe=recipe), session]
        ready.needs = needs_of(changed, recipients=ready.needs.recipients)
        assert ready.generate(now=LATER).renewed == ("web/database-url",)
        assert "6432" in ready.values()["web/database-url"]

    def test_orphans_stay(self, ready: Site) -> None:
        """A key and a Secret that no service declares any more keep their values."""
        before = ready.values()
        password, login, url, _ = keys()
        ready.needs = needs_of([password, login, url], recipients=ready.needs.recipients)
        ready.generate(rotate=["database/password"], now=LATER)
        assert ready.values()["web/session"] == before["web/session"]
        ready.needs = needs_of([password], recipients=ready.needs.recipients)
        ready.generate(rotate=["database/password"], now=LATER)
        assert ready.values().keys() == before.keys()

    def test_a_given_value_is_never_made(self, site: Site) -> None:
        """Nothing at all is written without it."""
        site.needs = needs_of([*keys(), given()], recipients=site.needs.recipients)
        with pytest.raises(SecretsError, match="web/api-key has to be given"):
            site.generate()
        assert site.store.names() == []
        assert [key.name for key in missing(site.store, site.needs)] == [*ALL_DECLARED]

    def test_values_in_data_are_left_there(self, ready: Site) -> None:
        """A file that somebody wrote with base64 is kept in that form."""
        text = ready.sops("decrypt", ready.path("web")).replace("stringData:", "data:")
        for key, value in ready.values().items():
            if key.startswith("web/"):
                text = text.replace(value, base64.b64encode(value.encode()).decode())
        rules = ["--age", ready.needs.recipients[0], "--encrypted-regex", sops.ENCRYPTED_REGEX]
        options = ["--input-type=yaml", "--output-type=yaml", "--filename-override=x.yaml"]
        ready.write(
            "web", ready.sops("--config=/dev/null", "encrypt", *rules, *options, typed=text)
        )
        before = present_values(ready)
        ready.generate(rotate=["web/session"], now=LATER)
        after = present_values(ready)
        assert "\nstringData:" not in ready.text("web")
        assert after["web/database-url"] == before["web/database-url"]
        first, following = before["web/session"].split(",")
        assert after["web/session"].startswith(f"{following},")
        assert after["web/session"].endswith(f",{first}")


ALL_DECLARED = (
    "database/password",
    "database/login",
    "web/database-url",
    "web/session",
    "web/api-key",
)


def present_values(site: Site) -> dict[str, str]:
    """Decrypt all values, those in base64 too."""
    found = {}
    for name in site.store.names():
        values = sops.decrypt(site.store.path(name), file=site.store.shown(name))
        found.update({f"{name}/{key}": value for key, value in values.items()})
    return found


class TestRotate:
    """Making values anew."""

    def test_all_that_derives_from_it_follows(self, ready: Site) -> None:
        """In the same change, in every file."""
        before = ready.values()
        outcome = ready.generate(rotate=["database/password"], now=LATER)
        after = ready.values()
        changed = ("database/login", "database/password", "web/database-url")
        assert outcome.renewed == changed
        assert {name for name in ALL if before[name] != after[name]} == set(changed)
        assert (
            unquote(str(urlsplit(after["web/database-url"]).password)) == after["database/password"]
        )

    def test_what_has_to_be_taken_over_changes_once(self, ready: Site) -> None:
        """A second value would forget the one that is in use, by whatever way it comes."""
        password, session = "database/password", "web/session"
        ready.generate(rotate=[password, session], now=LATER)
        before = ready.values()
        for ways in ({"rotate": [session]}, {"given": {password: "by hand"}}):
            with pytest.raises(SecretsError, match="is open yet") as error:
                ready.generate(now=LATER, **ways)
            assert "--abandon" in error.value.hint
            assert ready.values() == before
        close(ready.store)
        assert password in ready.generate(rotate=[password], now=LATER).renewed

    def test_what_nobody_has_to_take_over_may_change_again(self, site: Site) -> None:
        """A token that a person brings is as good as the one before."""
        site.needs = needs_of([*keys(), given()], recipients=site.needs.recipients)
        for value in ("first", "second", "third"):
            site.generate(given={"web/api-key": value})
        assert site.values()["web/api-key"] == "third"

    def test_the_revision_of_what_did_not_change_stays(self, ready: Site) -> None:
        """So that only the pods roll that have to."""
        before = ready.store.read("web")
        ready.generate(rotate=["web/session"], now=LATER)
        after = ready.store.read("web")
        assert after.revision("session") != before.revision("session")
        assert after.revision("database-url") == before.revision("database-url")
        assert (after.changed("session"), after.changed("database-url")) == (LATER, NOW)

    def test_a_list_keeps_the_previous_values(self, ready: Site) -> None:
        """The one that was announced goes first, and a new one is announced."""
        first, following = ready.values()["web/session"].split(",")
        ready.generate(rotate=["web/session"], now=LATER)
        current, new, previous = ready.values()["web/session"].split(",")
        assert (current, previous) == (following, first)
        assert new not in (first, following)


class TestFailures:
    """Nothing is lost when something is missing."""

    def test_without_an_identity_nothing_is_written(self, ready: Site) -> None:
        """Because nobody could verify what was written."""
        before = {name: ready.text(name) for name in ready.store.names()}
        identity.key_file().unlink()
        with pytest.raises(KeyMissingError, match="no age identity") as error:
            ready.generate(rotate=["database/password"])
        assert str(identity.key_file()) in error.value.hint
        assert {name: ready.text(name) for name in ready.store.names()} == before

    def test_a_file_that_does_not_decrypt_to_its_values_is_not_taken(
        self, ready: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A sops that writes something else does not get at the old file."""
        before = {name: ready.text(name) for name in ready.store.names()}
        put = sops.put_value

        def other(path, old, key, value, **file):  # type: ignore[no-untyped-def]
            put(path, old, key, f"{value}x", **file)

        monkeypatch.setattr(sops, "put_value", other)
        with pytest.raises(SecretsError, match="does not decrypt to what was encrypted"):
            ready.generate(rotate=["database/password"])
        assert {name: ready.text(name) for name in ready.store.names()} == before

    def test_foreign_settings_of_sops_add_no_reader(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only the recipients of the environment can read a new file."""
        other = identity.ensure("other", root=site.root, known=()).recipient
        monkeypatch.setenv("SOPS_AGE_RECIPIENTS", other)
        monkeypatch.setenv("SOPS_PGP_FP", "85D77543B3D624B63CEA9E6DBC17301B491B3F21")
        site.generate()
        assert site.store.read("web").recipients == frozenset(site.needs.recipients)


def test_no_value_is_in_what_is_shown(site: Site) -> None:
    """What a debugger or a log shows of the objects holds no plaintext."""
    outcome = site.generate()
    shown = repr(present(site.store, site.needs)) + repr(outcome)
    assert not any(value in shown for value in site.values().values() if len(value) > 8)


def test_every_awkward_value_survives(site: Site) -> None:
    """Through JSON, YAML and the pipes of sops."""
    awkward = {
        "lines": "a\nb\n\n",
        "spaces": "  x  ",
        "yaml": "- a: *b\n#c",
        "control": "\t\x07",
        "unicode": "ü€😀",
        "number": "0123",
        "bool": "true",
        "long": "x" * 70000,
        "enc": "ENC[AES256_GCM,data:x]",
    }
    declared = [SecretKey(secret="web", key=name, recipe=given().recipe) for name in awkward]
    site.needs = needs_of(declared, recipients=site.needs.recipients)
    site.generate(given={f"web/{name}": value for name, value in awkward.items()})
    assert site.values() == {f"web/{name}": value for name, value in awkward.items()}
    changed = {f"web/{name}": f"{value}'" for name, value in awkward.items()}
    site.generate(given=changed, now=LATER)
    assert site.values() == changed
