"""What people enter is kept in one form, or refused."""

from datetime import date

import pytest

from hocba.domain import entries
from hocba.domain.errors import Code, Refusal


def refused(rule, *given, **options):
    with pytest.raises(Refusal) as no:
        rule(*given, **options)
    return no.value.code, no.value.facts["field"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Phường An Hải", "Phường An Hải"),
        ("  Phường An Hải\r\n", "Phường An Hải"),
        ("Phu\u031bo\u031b\u0300ng", "Phường"),
        ("\ufeffAn\u200b Hải\u00ad", "An Hải"),
        ("An\u00a0Hải", "An\u00a0Hải"),
        ("điểm 8,5 → 9,0 (“sai”) 😀", "điểm 8,5 → 9,0 (“sai”) 😀"),
    ],
)
def test_a_text_is_kept_composed_and_without_what_shows_nothing(given, kept):
    assert entries.text(given, field="reason", limit=100) == kept


@pytest.mark.parametrize(
    "sign",
    ["\0", "\a", "\b", "\t", "\n", "\r", "\r\n", "\x1b[31m", "\x7f", "\x85", "\x9b", "\u2028", "\u2029",
     "\u202e", "\u2066", "\ue000", "\ud800"],
    ids=ascii,
)  # fmt: skip
def test_what_steers_a_terminal_or_breaks_a_line_is_refused(sign):
    found = refused(entries.text, f"An{sign}Hải", field="printing.place", limit=100)
    assert found == (Code.CHARACTER_NOT_ALLOWED, "printing.place")
    assert refused(entries.reason, f"Sai{sign}điểm") == (Code.CHARACTER_NOT_ALLOWED, "reason")


def test_a_text_is_as_long_as_it_may_be_once_it_is_composed():
    decomposed = "e\u0302\u0323" * 10
    assert entries.text(f" {decomposed} ", field="reason", limit=10) == "ệ" * 10
    assert refused(entries.text, "ệ" * 11, field="reason", limit=10) == (Code.INVALID_VALUE, "reason")


@pytest.mark.parametrize("nothing", ["", "  ", "\n", "\u200b", "\ufeff \r\n"])
def test_nothing_is_no_text_where_one_is_required(nothing):
    assert refused(entries.text, nothing, field="reason", limit=10) == (Code.INVALID_VALUE, "reason")
    assert entries.text(nothing, field="reason", limit=10, required=False) == ""
    assert refused(entries.reason, nothing) == (Code.REASON_REQUIRED, "reason")
    assert entries.reason(nothing, required=False) == ""


def test_a_reason_has_at_most_a_thousand_characters():
    assert entries.reason("a" * 1000) == "a" * 1000
    assert refused(entries.reason, "a" * 1001, required=False) == (Code.INVALID_VALUE, "reason")


def test_a_day_lies_between_1900_and_2100():
    for day in (date(1900, 1, 1), date(2026, 5, 29), date(2100, 12, 31)):
        assert entries.day(day, field="printing.written_on") == day
    for day in (date.min, date(1899, 12, 31), date(2101, 1, 1), date.max):
        assert refused(entries.day, day, field="printing.written_on")[0] is Code.INVALID_VALUE


def test_a_school_year_is_two_years_in_a_row():
    assert entries.school_year("2025-2026") == "2025-2026"
    assert refused(entries.school_year, "2025-2027") == (Code.INVALID_VALUE, "year")


def test_an_organisation_is_named_by_its_tax_code():
    for given in ("MST:0100000001", "MST:0100000001-001"):
        assert entries.organisation_id(given) == given
    for given in ("", "MST:", "MST:--------", "MST:010000000", "MST:٠١٠٠٠٠٠٠٠١", "VATVN-0100000001"):
        assert refused(entries.organisation_id, given) == (Code.INVALID_VALUE, "school.identity")


def test_a_person_is_named_by_twelve_digits():
    assert entries.personal_id("001185000001") == "001185000001"
    for given in ("", "00118500000", "0011850000011", "00118500000a", "001185000001\n"):
        assert refused(entries.personal_id, given) == (Code.INVALID_VALUE, "staff.personal_id")
