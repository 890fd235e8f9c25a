"""Who it is about: the cover, the class, the print configuration, the personal page."""

from collections.abc import Collection, Iterator

from hocba.domain import codes
from hocba.domain.identity import ORGANISATION_ID, PERSONAL_ID, agrees
from hocba.domain.readiness.gaps import Gap, Missing, Place, empties, gap, warning
from hocba.domain.record import UNKNOWN_DATE, TranscriptRecord
from hocba.domain.values import Level

_SCHOOL = ("code", "name", "department_code", "department", "commune", "province")
_STUDENT = ("full_name", "code", "birthplace", "address", "ethnicity", "register_number")
_PRIMARY = ("home_town", "nationality")
"""The form of primary schools shows them, the secondary one does not."""


def school(record: TranscriptRecord) -> Iterator[Missing]:
    """The cover."""
    yield from empties(record.school, "school", _SCHOOL, Place.SCHOOL)
    if not ORGANISATION_ID.fullmatch(record.school.identity):
        yield gap(Gap.FORMAT, "school.identity", Place.SCHOOL, expected="MST:0123456789")


def class_(record: TranscriptRecord) -> Iterator[Missing]:
    """The class, and who signs for all of it."""
    if not record.class_name.strip():
        yield gap(Gap.EMPTY, "class.name", Place.CLASS)
    if record.homeroom is None:
        yield gap(Gap.EMPTY, "class.homeroom", Place.CLASS)
    if record.leader is None:
        yield gap(Gap.EMPTY, "class.leader", Place.CLASS)
    elif not record.leader.title.strip():
        yield gap(Gap.EMPTY, "class.leader_title", Place.STAFF)


def printing(record: TranscriptRecord) -> Iterator[Missing]:
    """The print configuration (B4)."""
    yield from empties(record.printing, "printing", ("place",), Place.PRINTING)
    if record.printing.written_on == UNKNOWN_DATE:
        yield gap(Gap.EMPTY, "printing.written_on", Place.PRINTING)


def student(record: TranscriptRecord) -> Iterator[Missing]:
    """The personal page.  Who has no personal id, as foreigners have none, is not eligible yet."""
    pupil = record.student
    primary = record.school.level is Level.TH
    yield from empties(pupil, "student", _STUDENT + (_PRIMARY if primary else ()), Place.STUDENT)
    for row in record.history:
        yield from empties(row, "history", ("class_name", "school_name"), Place.STUDENT)
    if not pupil.personal_id.strip():
        yield gap(Gap.NOT_ELIGIBLE, "student.personal_id", Place.STUDENT)
    elif not PERSONAL_ID.fullmatch(pupil.personal_id):
        yield gap(Gap.FORMAT, "student.personal_id", Place.STUDENT, expected="012345678901")
    if pupil.birth_date == UNKNOWN_DATE:
        yield gap(Gap.EMPTY, "student.birth_date", Place.STUDENT)
    if pupil.sex not in {"Nam", "Nữ"}:
        yield gap(Gap.FORMAT, "student.sex", Place.STUDENT, expected="Nam/Nữ")
    if primary:
        yield from _official(record)
    elif not (pupil.mother.name.strip() or pupil.guardian.name.strip()):
        yield gap(Gap.EMPTY, "student.relatives", Place.STUDENT)


def _official(record: TranscriptRecord) -> Iterator[Missing]:
    """What CV 2088 makes mandatory: HO_VA_TEN_ME, whoever the guardian is; NGAY_TRANG_THAI_CHUYEN_DEN."""
    if not record.student.mother.name.strip():
        yield gap(Gap.EMPTY, "student.mother", Place.STUDENT)
    for row in record.history:
        if row.since is None:
            yield gap(Gap.EMPTY, "history.since", Place.STUDENT, subject=row.year)


def doubts(record: TranscriptRecord, shared_ids: Collection[str]) -> Iterator[Missing]:
    """What a person should look at on the personal page.

    :param shared_ids: personal ids that several pupils of the school and year have.
    """
    pupil = record.student
    if PERSONAL_ID.fullmatch(pupil.personal_id):
        if pupil.birth_date != UNKNOWN_DATE and not agrees(pupil.personal_id, pupil.sex, pupil.birth_date):
            yield warning(Gap.ID_DIFFERS, "student.personal_id", Place.STUDENT)
        if pupil.personal_id in shared_ids:
            yield warning(Gap.ID_SHARED, "student.personal_id", Place.STUDENT)
    if pupil.ethnicity.strip() and not _is_listed(pupil.ethnicity):
        yield warning(Gap.NOT_IN_LIST, "student.ethnicity", Place.STUDENT, found=pupil.ethnicity)


def _is_listed(ethnicity: str) -> bool:
    names = codes.names("ethnic-groups")
    return ethnicity in names or ethnicity.casefold() in map(str.casefold, names)
