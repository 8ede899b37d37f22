"""What is noted beside the values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8sgen.errors import K8sgenError
from k8sgen.secrets.files.record import (
    Record,
    digest,
    parse_age,
    read_records,
    write_records,
)

DIGESTS = st.text("0123456789abcdef", min_size=12, max_size=12)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
RECORDS = st.builds(
    Record,
    changed=MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    ciphertext=DIGESTS,
    revision=DIGESTS,
    foreign=st.booleans(),
)
NAMES = st.from_regex(r"[-._a-zA-Z0-9]{1,40}", fullmatch=True)


@given(st.dictionaries(NAMES, RECORDS))
def test_what_is_written_is_read(records: dict[str, Record]) -> None:
    """The annotation keeps every record, in the order of the keys."""
    text = write_records(records)
    assert read_records(text) == records
    assert text.splitlines() == sorted(text.splitlines(), key=lambda line: line.split()[0])


@given(st.text())
def test_anything_else_counts_for_nothing(text: str) -> None:
    """An annotation that somebody broke is no error."""
    assert all(isinstance(record, Record) for record in read_records(text).values())


@pytest.mark.parametrize(("text", "seconds"), [("90d", 7776000), ("12w", 7257600), ("36h", 129600)])
def test_ages_are_read(text: str, seconds: int) -> None:
    """Hours, days and weeks."""
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "90", "-1d", "1.5d", "90 d", "1y"])
def test_what_is_no_age_is_refused(text: str) -> None:
    """The hint shows one."""
    with pytest.raises(K8sgenError, match="not an age"):
        parse_age(text)


def test_digest_is_of_the_ciphertext() -> None:
    """Twelve hexadecimal digits."""
    assert digest("ENC[a]") != digest("ENC[b]")
    assert len(digest("ENC[a]")) == 12
