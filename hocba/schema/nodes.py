"""Any object by its global id, and the history of any object."""

from typing import Annotated
from uuid import UUID

import strawberry

from hocba.actions.handles import NOWHERE, decode
from hocba.domain.access import AccessKind
from hocba.domain.permissions import Permission
from hocba.domain.values import SchoolId
from hocba.schema.account_types import SigningAccount
from hocba.schema.classes import Class
from hocba.schema.context import Info, actor_of, asking_of
from hocba.schema.docs import describe
from hocba.schema.events import Event, history, with_changes
from hocba.schema.people_types import Person
from hocba.schema.school import School
from hocba.schema.selection import asks
from hocba.schema.signing_types import SigningRequest
from hocba.schema.student_types import Student
from hocba.schema.students import StudentFilter
from hocba.schema.transcript_types import Transcript
from hocba.store.reads import accounts, people, school, signing, students, transcripts
from hocba.store.reads import events as event_reads
from hocba.store.reads.changes import changes
from hocba.store.reads.organisations import supervised
from hocba.store.reads.pages import Page

Node = Annotated[
    School | Class | Person | Student | Transcript | SigningAccount | SigningRequest,
    strawberry.union("Node", description="Any object that has a global id of its own."),
]
"""What ``node`` may find."""

Found = School | Class | Person | Student | Transcript | SigningAccount | SigningRequest | None
ONE = Page(size=1)


@describe
@strawberry.type
class NodeQueries:
    """Any object."""

    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """The object with this id, with its plain fields; null for what one may not see."""
        actor_of(info)
        kind, uuid = decode(id)
        return await _find(info, kind, uuid)

    @strawberry.field
    async def events(self, info: Info, id: strawberry.ID) -> list[Event]:
        """The history of a transcript, class, pupil or signing account, oldest first, with what it changed.

        :param id: The object.
        """
        actor_of(info)
        kind, uuid = decode(id)
        if kind not in ("Transcript", "Class", "Student", "SigningAccount") or uuid == NOWHERE:
            return []
        found = await _find(info, kind, uuid)
        events = (await event_reads.histories([uuid])).get(uuid, ()) if found else ()
        shown = history(events, info.context.language)
        if not events or not asks(info, "changes") or (isinstance(found, Student) and not found.profile):
            return shown
        if isinstance(found, Student):
            info.context.shows(AccessKind.STUDENT, [uuid])
        return with_changes(shown, events, await changes(uuid))


async def _find(info: Info, kind: str, id: UUID) -> Found:  # noqa: PLR0911 -- one for each kind
    match kind:
        case "School":
            return await _school(info, id)
        case "Class":
            wanted = school.ClassFilter(ids=[id])
            classes = await school.classes(actor_of(info), wanted, ONE, people=True, sizes=True)
            return Class.of(classes.rows[0]) if classes.rows else None
        case "Person":
            staff = await people.staff(actor_of(info), ONE, ids=[id])
            return Person.of(staff.rows[0], info) if staff.rows else None
        case "Student":
            return await _student(info, id)
        case "Transcript":
            found = await transcripts.by_ids(actor_of(info), [id], slots=True)
            return Transcript.of(found[id], info.context.language) if id in found else None
        case "SigningAccount":
            return await _account(info, id)
        case "SigningRequest":
            request = await signing.request(actor_of(info), id)
            return SigningRequest.of(request, info.context.language) if request else None
        case _:
            return None


async def _school(info: Info, id: UUID) -> School | None:
    asking = asking_of(info)
    own = id in asking.schools or await supervised(asking.organisations, [SchoolId(id)], asking.day)
    rows = await school.schools([id]) if own else []
    return School.of(rows[0], info) if rows else None


async def _student(info: Info, id: UUID) -> Student | None:
    wanted = StudentFilter().read(info, ids=[id])
    rows = await students.students(actor_of(info), wanted, ONE, transcripts=True)
    if asks(info, "profile"):
        info.context.shows(AccessKind.STUDENT, [row.id for row in rows.rows if row.private])
    return Student.plain(rows.rows[0], info.context.language) if rows.rows else None


async def _account(info: Info, id: UUID) -> SigningAccount | None:
    """A person's to himself, ADMIN and MANAGER; the school's to them, ISSUER and AUTHORITY."""
    asking = asking_of(info)
    account = (await accounts.by_ids([id])).get(id)
    if account is None:
        return None
    may = asking.actor.everywhere
    if account.person_id == asking.actor.id:
        seen = True
    elif account.person_id is not None:
        seen = account.school_id == asking.actor.school and may(Permission.ACCOUNT_VIEW)
    elif account.school_id == asking.actor.school:
        seen = may(Permission.SCHOOL_CERTIFICATE_VIEW)
    else:
        seen = bool(await supervised(asking.organisations, [SchoolId(account.school_id)], asking.day))
    return SigningAccount.of(account, info.context.language) if seen else None
