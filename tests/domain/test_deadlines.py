"""Until when transcripts are due: data by school year."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hocba.domain import deadlines, regulations
from hocba.domain.regulations import RegulationError
from hocba.domain.values import SchoolYear, year_before

THIS = SchoolYear("2025-2026")
OTHER = """
[[deadline]]
id = "ours"
source = "a decision"
since = "2026-2027"
every = "06-15"
reassessed = "08-10"
"""


@pytest.fixture(autouse=True)
def _as_packaged() -> Iterator[None]:
    yield
    regulations.install({})


def test_a_years_transcripts_are_due_at_the_end_of_30_june() -> None:
    due = datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC)

    assert deadlines.submission(THIS) == due
    assert deadlines.holds_through(due, THIS)
    assert not deadlines.holds_through(due - timedelta(seconds=1), THIS)


def test_it_has_its_source_and_says_what_is_not_verified() -> None:
    found = regulations.deadline(THIS)
    assert found is not None
    assert found.about.source == "QĐ 1789/QĐ-SGDĐT Đ21"
    assert (found.about.unverified, bool(found.about.note)) == (True, True)
    assert found.reassessed.within(2026).isoformat() == "2026-08-15"


def test_an_operators_file_sets_another_day_from_a_year_on() -> None:
    regulations.install({"ours.toml": OTHER})

    days = [deadlines.submission(SchoolYear(year)) for year in ("2025-2026", "2026-2027", "2027-2028")]
    assert [f"{each:%Y-%m-%d}" for each in days if each] == ["2026-06-30", "2027-06-15", "2028-06-15"]


def test_before_there_was_a_rule_nothing_is_due() -> None:
    assert deadlines.submission(SchoolYear("2019-2020")) is None
    assert deadlines.holds_through(datetime(2020, 1, 1, tzinfo=UTC), SchoolYear("2019-2020"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (OTHER.replace("06-15", "02-29"), "every: is no day"),
        (OTHER.replace("06-15", "15 June"), "every: is no day"),
        (OTHER.replace("2026-2027", "2026"), "since: is no school year"),
        (OTHER.replace("2026-2027", "2024-2025"), "two deadlines begin in the same school year"),
        (OTHER.replace("source", "sauce"), "there is no such name here"),
    ],
)
def test_a_deadline_that_does_not_fit_stops_the_start(wrong: str, why: str) -> None:
    with pytest.raises(RegulationError, match=why):
        regulations.install({"ours.toml": wrong})


def test_the_year_before() -> None:
    assert year_before(THIS) == "2024-2025"
