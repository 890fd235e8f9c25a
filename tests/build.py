"""Small factories for tests: what they do not name has a plausible value.

People made here are synthetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from hocba.actions import creation, lifecycle
from hocba.domain.curriculum import Subject, subjects
from hocba.domain.events import Event, Sealed, SignatureAdded
from hocba.domain.names import search_key, sort_key
from hocba.domain.people import Actor
from hocba.domain.permissions import ADMINISTRATION
from hocba.domain.record import Kind
from hocba.domain.transcript import Transcript, approve_cancel, propose_cancel
from hocba.domain.values import (
    ClassId,
    Level,
    PersonId,
    Role,
    SchoolId,
    SchoolYear,
    SlotKey,
    StudentId,
    Term,
    TranscriptId,
)
from hocba.store import ids
from hocba.store import transcripts as store
from hocba.store.models import (
    AssignmentRow,
    ClassRow,
    EnrolmentRow,
    EventRow,
    OrganisationRow,
    PersonRow,
    PrintConfigurationRow,
    ResultRow,
    RoleGrantRow,
    SchoolRow,
    StudentRow,
    SummaryRow,
    SupervisionRow,
)
from hocba.store.transcripts import NewSignature
from tests.documents.samples import TAUGHT

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""A moment at which tests happen: 08:00 in Việt Nam, at the end of the school year 2025-2026."""

SCHOOL = SchoolId(uuid4())
"""The school of everybody whose school is not named."""


def actor(*roles: Role, school: SchoolId = SCHOOL, **given: Any) -> Actor:
    """Somebody with ``roles``; a MANAGER has the administration delegated when nothing else is said."""
    held = {"delegated": ADMINISTRATION} if Role.MANAGER in roles else {}
    return Actor(id=PersonId(ids.new()), school=school, roles=frozenset(roles), **(held | given))


def elsewhere() -> SchoolId:
    """Another school."""
    return SchoolId(uuid4())


def event(version: int = 1, **given: object) -> EventRow:
    """A row of the history, not stored."""
    facts: dict[str, object] = {
        "id": ids.new(),
        "aggregate": "transcript",
        "aggregate_id": ids.new(),
        "version": version,
        "kind": "Cancelled",
        "data": {},
        "actor_id": None,
        "at": NOW,
    }
    return EventRow(**(facts | given))


YEAR = SchoolYear("2025-2026")


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A lower secondary school with one confirmed class of grade 6, everything entered.

    :ivar homeroom: also teaches TOAN and TIN, so he is ``teachers[0]`` too.
    """

    id: SchoolId
    class_id: ClassId
    students: tuple[StudentId, ...]
    admin: Actor
    other_admin: Actor
    manager: Actor
    leader: Actor
    issuer: Actor
    homeroom: Actor
    teachers: tuple[Actor, ...]


async def school(db: None = None, *, students: int = 3, name: str = "6A1") -> School:
    """A school that is ready to have its transcripts made."""
    id_ = SchoolId(ids.new())
    number = next(_numbers)
    await SchoolRow.create(
        id=id_,
        code=f"0100{number:04d}",
        name="Trường THCS Hoa Sen",
        levels="thcs",
        department_code="01",
        department="Sở Giáo dục và Đào tạo Hà Nội",
        commune="Phường Ba Đình",
        province="Thành phố Hà Nội",
        identity=f"MST:01{number:08d}",
    )
    await PrintConfigurationRow.create(
        id=ids.new(), school_id=id_, year=YEAR, place="Hà Nội", written_on=date(2026, 5, 29)
    )
    class_id = ClassId(ids.new())
    admin, other_admin, manager, issuer = [
        await person(id_, role, title="Viên chức")
        for role in (Role.ADMIN, Role.ADMIN, Role.MANAGER, Role.ISSUER)
    ]
    leader = await person(id_, Role.LEADER, title="Hiệu trưởng", led=frozenset({class_id}))
    own = frozenset({class_id})
    homeroom = await person(id_, Role.SUBJECT_TEACHER, Role.HOMEROOM_TEACHER, taught=own, homeroom=own)
    others = [await person(id_, Role.SUBJECT_TEACHER, taught=own) for _ in TAUGHT[1:]]
    made = School(
        id=id_,
        class_id=class_id,
        students=tuple([await student(id_, class_id) for _ in range(students)]),
        admin=admin,
        other_admin=other_admin,
        manager=manager,
        leader=leader,
        issuer=issuer,
        homeroom=homeroom,
        teachers=(homeroom, *others),
    )
    await _class(made, name)
    return made


async def person(school: SchoolId, *roles: Role, title: str = "Giáo viên", **scope: Any) -> Actor:
    """A member of the staff, in the database; roles that are granted are granted."""
    id_ = PersonId(ids.new())
    number = next(_numbers)
    name = f"Nguyễn Thị {_GIVEN[number % len(_GIVEN)]}"
    identity = f"0011850{number:05d}"
    await PersonRow.create(
        id=id_,
        school_id=school,
        code=f"GV{number:04d}",
        full_name=name,
        sort_key=sort_key(name),
        personal_id=identity,
        title=title,
    )
    made = actor(*roles, school=school, identity=f"CCCD:{identity}", **scope)
    for role in set(roles) & {Role.ADMIN, Role.MANAGER, Role.ISSUER}:
        await RoleGrantRow.create(
            id=ids.new(),
            person_id=id_,
            school_id=school,
            role=role,
            permissions=",".join(sorted(made.delegated)) if role is Role.MANAGER else "",
            valid_from=NOW - timedelta(days=300),
        )
    return replace(made, id=id_)


async def authority(*schools: SchoolId, until: date | None = None) -> Actor:
    """Somebody of an authority that stands above ``schools``, acting at home, where no school is."""
    number = next(_numbers)
    organisation = await OrganisationRow.create(id=ids.new(), code=f"SO{number}", name="Sở GDĐT", kind="so")
    for each in schools:
        await SupervisionRow.create(
            id=ids.new(),
            child_id=each,
            parent_id=organisation.id,
            valid_from=date(2020, 1, 1),
            valid_to=until,
        )
    made = await person(SchoolId(organisation.id), title="Chuyên viên")
    await RoleGrantRow.create(
        id=ids.new(),
        person_id=made.id,
        organisation_id=organisation.id,
        role=Role.AUTHORITY,
        valid_from=NOW - timedelta(days=300),
    )
    return replace(made, roles=frozenset({Role.AUTHORITY}), staff=False)


async def student(school: SchoolId, class_id: ClassId, **given: object) -> StudentId:
    """A pupil of a class with his results and his summary; ``given`` are columns of his profile."""
    number = next(_numbers)
    name = f"Trần Văn {_GIVEN[number % len(_GIVEN)]}"
    profile: dict[str, Any] = {
        "full_name": name,
        "code": f"HS{number:06d}",
        "personal_id": f"001214{number:06d}",
        "birth_date": date(2014, 3, 8),
        "sex": "Nam",
        "birthplace": "Hà Nội",
        "home_town": "Nam Định",
        "address": "Phường Ba Đình, Hà Nội",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
        "father": "Trần Văn Cha",
        "father_occupation": "Kỹ sư",
        "mother": "Lê Thị Mẹ",
        "mother_occupation": "Y tá",
        "register_number": f"{number}/THCS",
    } | given
    name = profile["full_name"]
    row = await StudentRow.create(
        id=ids.new(), school_id=school, sort_key=sort_key(name), search_key=search_key(name), **profile
    )
    enrolment = await EnrolmentRow.create(
        id=ids.new(), student_id=row.id, class_id=class_id, year=YEAR, since=date(2025, 9, 5)
    )
    taught = {code for codes in TAUGHT for code in codes}
    form = [subject for subject in subjects(Level.THCS, 6, YEAR) if subject.code in taught]
    await ResultRow.bulk_create([_result(enrolment.id, subject) for subject in form])
    levels = {
        f"{what}_{when}": "T" for what in ("learning", "conduct") for when in ("term1", "term2", "year")
    }
    await SummaryRow.create(
        id=ids.new(),
        enrolment_id=enrolment.id,
        **levels,
        absences=2,
        promoted=True,
        awards="Học sinh Giỏi",
        homeroom_comment="Chăm ngoan, học tốt.",
    )
    return StudentId(row.id)


async def transcripts(made: School) -> list[TranscriptId]:
    """The transcripts of a school's pupils, created by its administrator."""
    results = await creation.create(made.admin, made.students, YEAR, now=NOW)
    return [TranscriptId(result.made) for result in results if result.made]


async def cancelled(made: School, ids_: Sequence[TranscriptId]) -> None:
    """Have these transcripts handed back and cancelled."""
    await lifecycle.apply(made.leader, ids_, partial(propose_cancel, reason="Sai điểm"), now=NOW)
    await lifecycle.apply(made.admin, ids_, approve_cancel, now=NOW)


async def issued(made: School) -> list[TranscriptId]:
    """The transcripts of a school's pupils with every slot filled and the seal recorded.

    The facts only: behind the signature rows stands no real signature.
    """
    found = await store.load(await transcripts(made))
    for slot in found[0].slots:
        rows = [signature(each, slot.key) for each in found]
        event = SignatureAdded(slot.key, "c" * 64)
        found = await _save([(each, event) for each in found], made.admin, rows)
    await _save([(each, Sealed("d" * 64, "e" * 64)) for each in found], made.issuer, [])
    return [each.id for each in found]


def signature(transcript: Transcript, key: SlotKey) -> NewSignature:
    """A signature without a real signature in it."""
    return NewSignature(
        transcript=transcript.id,
        slot_key=key,
        person=PersonId(ids.new()),
        certificate_id=ids.new(),
        signing_time=NOW,
        algorithm="rsa-sha256",
        value=b"value",
    )


async def _save(
    changes: Sequence[tuple[Transcript, Event]], by: Actor, rows: Sequence[NewSignature]
) -> list[Transcript]:
    async with in_transaction():
        return await store.save(changes, by=by.id, at=NOW, signatures=rows)


_numbers = count(1)
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Đạt", "Giang", "Hà", "Hồng", "Khánh", "Lan", "Minh", "Ngọc")


async def _class(made: School, name: str) -> None:
    await ClassRow.create(
        id=made.class_id,
        school_id=made.id,
        year=YEAR,
        name=name,
        grade=6,
        homeroom_id=made.homeroom.id,
        leader_id=made.leader.id,
        confirmed_at=NOW - timedelta(days=1),
        confirmed_by=made.admin.id,
    )
    await AssignmentRow.bulk_create(
        [
            AssignmentRow(id=ids.new(), class_id=made.class_id, subject=code, term=term, person_id=teacher.id)
            for teacher, codes in zip(made.teachers, TAUGHT, strict=True)
            for code in codes
            for term in Term
        ]
    )


def _result(enrolment: UUID, subject: Subject) -> ResultRow:
    mark = "8.5" if subject.kind is Kind.SCORE else "Đ"
    return ResultRow(
        id=ids.new(),
        enrolment_id=enrolment,
        subject=subject.code,
        term1=mark,
        term2=mark,
        year=mark,
        comment="Có tiến bộ, cần phát huy.",
    )
