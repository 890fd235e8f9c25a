"""The audit log: what happened, and who read what.  For ADMIN of his school, for AUTHORITY of its area.

Nobody else is given an empty log: he is refused, so that he does not take silence for peace.  Events
that concern no school (the operator's own) are the operator's to read.
"""

from dataclasses import replace
from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions.handles import decode
from hocba.actions.people import Asking
from hocba.domain.access import AccessKind
from hocba.domain.permissions import Permission, Scope
from hocba.schema.context import Info, asking_of
from hocba.schema.docs import describe, describe_enum
from hocba.schema.errors import BadUserInputError
from hocba.schema.ids import global_id, local_id, maybe_id
from hocba.schema.moments import with_zone
from hocba.schema.pages import Connection, connection, page_of
from hocba.store.reads import audit as reads
from hocba.store.reads.organisations import Schools
from hocba.words.events import RECORDS, event_label, record_label

MOST_KINDS = 50
_NODES = {
    "print_configuration": "PrintConfiguration",
    "role_grant": "RoleGrant",
    "signing_account": "SigningAccount",
}

describe_enum(
    AccessKind, "What was read.", {kind: f"{RECORDS[kind][0]} ({RECORDS[kind][1]})" for kind in AccessKind}
)


@describe
@strawberry.type
class AuditEvent:
    """Something that happened to anything.

    :ivar kind: What happened, in the past tense: SignatureAdded, UserCreated, …
    :ivar kind_label: What users call that.
    :ivar object_id: To what: a transcript, a class, a user, …
    :ivar school_id: In which school.
    :ivar reason: Why, where a reason was given.
    :ivar at: When.
    :ivar actor_id: Who did it; null for the server itself, or the operator.
    :ivar actor_name: Who did it, by name.
    """

    id: strawberry.ID
    kind: str
    kind_label: str
    object_id: strawberry.ID
    school_id: strawberry.ID | None
    reason: str | None
    at: datetime
    actor_id: strawberry.ID | None
    actor_name: str | None

    @classmethod
    def of(cls, row: reads.Entry, language: words.Lang) -> Self:
        """From its row."""
        kind = _NODES.get(row.aggregate, row.aggregate.capitalize())
        return cls(
            id=global_id("Event", row.id),
            kind=row.kind,
            kind_label=event_label(row.kind, language),
            object_id=global_id(kind, row.aggregate_id),
            school_id=maybe_id("School", row.school_id),
            reason=row.reason or None,
            at=row.at,
            actor_id=maybe_id("Person", row.actor_id),
            actor_name=row.actor_name or None,
        )


@describe
@strawberry.type
class Access:
    """Somebody read a pupil's record.

    :ivar kind: What of it.
    :ivar kind_label: What users call that.
    :ivar object_id: The pupil, or the transcript.
    :ivar person_id: Who read it.
    :ivar person_name: Who read it, by name.
    :ivar at: When.
    """

    id: strawberry.ID
    kind: AccessKind
    kind_label: str
    object_id: strawberry.ID
    person_id: strawberry.ID | None
    person_name: str | None
    at: datetime

    @classmethod
    def of(cls, row: reads.Access, language: words.Lang) -> Self:
        """From its row."""
        return cls(
            id=global_id("Access", row.id),
            kind=row.kind,
            kind_label=record_label(row.kind, language),
            object_id=global_id("Student" if row.kind is AccessKind.STUDENT else "Transcript", row.object_id),
            person_id=maybe_id("Person", row.person_id),
            person_name=row.person_name or None,
            at=row.at,
        )


@describe
@strawberry.input
class AuditFilter:
    """Which events are wanted.

    :ivar object_id: Only of this object, of any kind.
    :ivar actor_id: Only what this person did.
    :ivar from_: From this moment on.
    :ivar to: Before this moment.
    :ivar kinds: Only these kinds.
    """

    object_id: strawberry.ID | None = None
    actor_id: strawberry.ID | None = None
    from_: datetime | None = strawberry.field(name="from", default=None)
    to: datetime | None = None
    kinds: list[str] | None = None

    def read(self) -> reads.AuditFilter:
        """The filter of the store.  :raises BadUserInputError: for a time without zone, or too many kinds."""
        if self.kinds is not None and len(self.kinds) > MOST_KINDS:
            raise BadUserInputError(f"at most {MOST_KINDS} kinds")
        return reads.AuditFilter(
            object_id=decode(self.object_id)[1] if self.object_id else None,
            actor_id=local_id("Person", self.actor_id) if self.actor_id else None,
            since=with_zone(self.from_),
            until=with_zone(self.to),
            kinds=self.kinds,
        )


@describe
@strawberry.type
class AuditQueries:
    """Reading what happened."""

    @strawberry.field
    async def audit_log(
        self,
        info: Info,
        *,
        filter: AuditFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[AuditEvent]:
        """What happened, newest first: in one's school for ADMIN, in its area for AUTHORITY."""
        schools = _schools(asking_of(info))
        page = page_of(info, first, after, last, before)
        found = await reads.log(schools, (filter or AuditFilter()).read(), page)
        return connection(found, lambda row: AuditEvent.of(row, info.context.language))

    @strawberry.field
    async def access_log(
        self,
        info: Info,
        *,
        object_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Access]:
        """Who read a pupil's record, newest first: his profile, his results, his transcripts and their files.

        :param object_id: The pupil, or one transcript.
        """
        schools = _schools(asking_of(info))
        page = page_of(info, first, after, last, before)
        found = await reads.accesses(schools, decode(object_id)[1], page)
        return connection(found, lambda row: Access.of(row, info.context.language))


def _schools(asking: Asking) -> Schools:
    """The schools whose log he may read.  :raises Refusal: NOT_PERMITTED when there can be none."""
    asking.actor.must(Permission.AUDIT_VIEW)
    scopes = asking.actor.scopes(Permission.AUDIT_VIEW)
    return replace(
        asking.supervised,
        ids=[asking.actor.school] if Scope.SCHOOL in scopes else [],
        organisations=asking.organisations if Scope.AREA in scopes else [],
    )
