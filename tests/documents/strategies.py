"""Generated records of every profile and level: whatever a school may enter, and the rules let through."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from hocba.documents.formats import nfc
from hocba.documents.shape import Shape
from hocba.domain.record import (
    HistoryRow,
    Kind,
    Levels,
    PrimarySummary,
    Printing,
    Relative,
    SubjectResult,
    Summary,
    TranscriptRecord,
)
from hocba.domain.values import SchoolYear
from tests.documents import levels

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
).map(nfc)
MAYBE = st.just("") | TEXTS
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
FLAGS = st.none() | st.booleans()
NUMBERS = st.decimals(0, 999, places=2)


def some(names: tuple[str, ...], values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    """A value for each of ``names``."""
    return st.fixed_dictionaries(dict.fromkeys(names, values))


def _levels() -> st.SearchStrategy[Levels]:
    level = st.none() | st.sampled_from(["T", "K", "Đ", "CĐ"])
    return st.builds(Levels, term1=level, term2=level, year=level, after=level)


def secondary_years() -> st.SearchStrategy[Summary]:
    return st.builds(
        Summary,
        learning=_levels(),
        conduct=_levels(),
        absences=st.none() | st.integers(0, 400),
        promoted=FLAGS,
        completed_level=FLAGS,
        certificates=st.lists(TEXTS, max_size=3).map(tuple),
        contests=st.lists(TEXTS, max_size=3).map(tuple),
        awards=MAYBE,
        homeroom_comment=MAYBE,
        summer_comment=MAYBE,
        principal_approval=MAYBE,
        unassessed=st.booleans(),
    )


@st.composite
def primary_years(draw: st.DrawFn) -> PrimarySummary:
    trait = st.sampled_from(["T", "Đ", "C"])
    base = levels.primary_summary()
    unassessed = draw(st.booleans())
    abilities = draw(some(tuple(base.abilities), trait))
    left_out = set(abilities) if unassessed else draw(st.sets(st.sampled_from(["CONG_NGHE", "TIN_HOC"])))
    return replace(
        base,
        overall=None if unassessed else draw(st.sampled_from(["HTXS", "HTT", "HT", "CHT"])),
        qualities={} if unassessed else draw(some(tuple(base.qualities), trait)),
        abilities={code: level for code, level in abilities.items() if code not in left_out},
        qualities_comment=draw(TEXTS),
        general_abilities_comment="" if unassessed else draw(TEXTS),
        absences_with_leave=draw(st.integers(0, 300)),
        height=draw(NUMBERS),
        weight=draw(NUMBERS),
        promoted=draw(st.booleans()),
        completed_grade=draw(FLAGS) if unassessed else draw(st.booleans()),
        completed_level=draw(FLAGS),
        completion=draw(MAYBE),
        awards=draw(MAYBE),
        sudden_awards=draw(MAYBE),
        homeroom_comment=draw(TEXTS),
        unassessed=unassessed,
    )


@st.composite
def secondary_rows(draw: st.DrawFn, code: str) -> SubjectResult:
    kind = draw(st.sampled_from(Kind))
    score, level = st.decimals(0, 10, places=1), st.sampled_from(["Đ", "CĐ"])
    mark = st.none() | (score if kind is Kind.SCORE else level)
    return SubjectResult(
        subject=code,
        name=draw(TEXTS),
        kind=kind,
        term1=draw(mark),
        term2=draw(mark),
        year=draw(mark),
        reassessed=draw(mark),
        comment=draw(MAYBE),
        exempt=draw(st.booleans()),
    )


@st.composite
def primary_rows(draw: st.DrawFn, code: str, *, unassessed: bool) -> SubjectResult:
    test = draw(st.none() | st.integers(0, 10).map(Decimal))
    exempt = not unassessed and draw(st.booleans())
    missing = exempt or (unassessed and draw(st.booleans()))
    return SubjectResult(
        subject=code,
        name=draw(TEXTS),
        kind=Kind.COMMENT if test is None else Kind.SCORE,
        year=None if missing else draw(st.sampled_from(["T", "H", "C"])),
        test=test,
        comment=draw(MAYBE),
        exempt=exempt,
    )


def _relatives() -> st.SearchStrategy[Relative]:
    return st.builds(Relative, name=MAYBE, occupation=MAYBE)


def _history() -> st.SearchStrategy[tuple[HistoryRow, ...]]:
    year = st.integers(1990, 2090).map(lambda first: SchoolYear(f"{first}-{first + 1}"))
    row = st.builds(HistoryRow, year=year, class_name=TEXTS, school_name=TEXTS, since=DAYS)
    return st.lists(row, max_size=4).map(tuple)


@st.composite
def records(draw: st.DrawFn, shape: Shape) -> TranscriptRecord:
    """A record for ``shape`` with every mandatory field."""
    base = levels.record(levels.name_of(shape))
    year = draw(primary_years() if shape.primary else secondary_years())
    codes = draw(st.sets(st.sampled_from([row.subject for row in base.results]), min_size=1))
    row = (lambda code: primary_rows(code, unassessed=year.unassessed)) if shape.primary else secondary_rows
    written_on = draw(DAYS)
    return replace(
        base,
        school=replace(base.school, name=draw(TEXTS), district=draw(MAYBE)),
        student=replace(
            base.student,
            full_name=draw(TEXTS),
            birth_date=draw(DAYS),
            sex=draw(st.sampled_from(["Nam", "Nữ"])),
            home_town=draw(TEXTS),
            policy_group=draw(MAYBE),
            father=draw(_relatives()),
            mother=draw(st.builds(Relative, name=TEXTS, occupation=MAYBE)),
            guardian=draw(_relatives()),
        ),
        history=draw(_history()),
        results=tuple(draw(row(code)) for code in sorted(codes)),
        summary=year,
        printing=Printing(place=draw(TEXTS), written_on=written_on),
    )
