"""People, sessions and passwords as clients see them, and what they send about them (A1)."""

from datetime import date, datetime
from typing import Self

import strawberry

from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code
from hocba.domain.permissions import Permission, Scope
from hocba.domain.values import Level, Role
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe
from hocba.schema.ids import global_id
from hocba.schema.refusals import Refusal
from hocba.schema.scalars import Secret
from hocba.store.reads import people as reads


@describe
@strawberry.type
class Person:
    """A member of a school's staff, or of an authority's.

    :ivar code: The staff code.
    :ivar full_name: Họ và tên.
    :ivar title: The position that is printed: Giáo viên, Hiệu trưởng, …
    :ivar personal_id: Số định danh cá nhân; shown to oneself and ADMIN, null to others.
    :ivar left_on: Since when he no longer works here.
    """

    id: strawberry.ID
    code: str
    full_name: str
    title: str
    personal_id: str | None
    left_on: date | None

    @classmethod
    def of(cls, row: reads.Person, info: Info) -> Self:
        """From its row, with what whoever asks may see."""
        actor = actor_of(info)
        shown = row.id == actor.id or actor.may(Permission.USER_MANAGE)
        return cls(
            id=global_id("Person", row.id),
            code=row.code,
            full_name=row.full_name,
            title=row.title,
            personal_id=row.personal_id if shown else None,
            left_on=row.left_on,
        )


@describe
@strawberry.type
class SchoolName:
    """A school in which one may act; name its code in the header Hocba-School.

    :ivar code: Mã trường.
    :ivar name: Tên trường.
    """

    id: strawberry.ID
    code: str
    name: str


@describe
@strawberry.type
class HeldRole:
    """A role that one holds in the school and year of this request.

    :ivar role: The role.
    :ivar role_label: What users call it.
    """

    role: Role
    role_label: str


@describe
@strawberry.type
class HeldPermission:
    """What one may do in the school and year of this request, and how far.

    :ivar permission: What may be done.
    :ivar label: What users call it.
    :ivar scope: How far; the same permission stands here once for each, unless it is the whole school.
    :ivar scope_label: What users call that.
    """

    permission: Permission
    label: str
    scope: Scope
    scope_label: str


@describe
@strawberry.type
class Viewer:
    """Whoever is signed in, and what he may do in the school and year of this request.

    :ivar person: The person.
    :ivar username: The name he signs in with.
    :ivar roles: The roles he holds.
    :ivar permissions: What these roles, and what was delegated to him, let him do.
    :ivar school: The school of this request: his own, or the one that Hocba-School names; null for the
        staff of an authority until they name one.
    :ivar schools: The schools where he works; an authority finds those below it with schools.
    :ivar level: The level chosen at sign-in, or the school's only one; null when neither is.
    :ivar level_label: Quản lý THCS.
    :ivar school_year: The year of this request: the school's latest, or Hocba-School-Year.
    :ivar class_ids: The classes that are his as a teacher, homeroom teacher or leader.
    :ivar second_factor: Whether signing in asks him for a one-time code.
    :ivar needs: What he must do before anything else, PASSWORD_CHANGE_REQUIRED or SECOND_FACTOR_REQUIRED;
        until then he has no roles and no permissions.
    """

    person: Person
    username: str
    roles: list[HeldRole]
    permissions: list[HeldPermission]
    school: SchoolName | None
    schools: list[SchoolName]
    level: Level | None
    level_label: str | None
    school_year: str
    class_ids: list[strawberry.ID]
    second_factor: bool
    needs: Code | None


@describe
@strawberry.type
class Session:
    """A signed-in browser or phone.

    :ivar device: What it called itself.
    :ivar created_at: When it signed in.
    :ivar seen_at: When it was last used, to the minute.
    :ivar expires_at: When it ends by itself.
    :ivar current: Whether it is the one that asks.
    """

    id: strawberry.ID
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool


@describe
@strawberry.input
class SignInInput:
    """Sign in with a user name and a password.

    :ivar username: The user name.
    :ivar password: The password.
    :ivar otp: The one-time code of the phone, or a recovery code; for whoever has a second factor.
    :ivar school_code: The school to act in; one's own when it is left out. Hocba-School overrides it.
    :ivar level: The level of that school: Quản lý TH, THCS, THPT.
    """

    username: str
    password: Secret
    otp: Secret | None = None
    school_code: str | None = None
    level: Level | None = None


@describe
@strawberry.type
class SignInPayload:
    """The session, or why there is none.

    :ivar token: Send it as ``Authorization: Bearer``; browsers get it as a cookie too.
    :ivar expires_at: When the session ends by itself.
    :ivar needs: What must be done in it before anything else, PASSWORD_CHANGE_REQUIRED or
        SECOND_FACTOR_REQUIRED.
    """

    token: str | None
    expires_at: datetime | None
    needs: Code | None
    refusal: Refusal | None


@describe
@strawberry.type
class SignInWays:
    """How one may sign in here.

    :ivar password: With a user name and a password: signIn.
    :ivar oidc_url: At an identity provider: send the browser there, with ``?school=`` and ``&level=`` as
        in signIn; it comes back with the session's cookie. Null where there is none.
    """

    password: bool
    oidc_url: str | None


@describe
@strawberry.type
class SignOutPayload:
    """The session is over.

    :ivar signed_out: Whether there was one.
    """

    signed_out: bool


@describe
@strawberry.input
class RevokeSessionInput:
    """End one of one's own sessions.

    :ivar session_id: Which one.
    """

    session_id: strawberry.ID


@describe
@strawberry.type
class RevokeSessionPayload:
    """What became of the session.

    :ivar outcome: UNCHANGED when it was over already.
    """

    outcome: Outcome
    refusal: Refusal | None
