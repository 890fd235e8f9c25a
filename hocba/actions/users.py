"""Users: how the staff of a school get and change their passwords (A1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from hocba.actions import outcomes, passwords, throttle
from hocba.actions.house import House
from hocba.actions.outcomes import Result
from hocba.actions.people import Asking
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import PersonId, Role, SchoolId
from hocba.plugin_api import Secret
from hocba.store import histories, ids
from hocba.store.models import PersonRow, RoleGrantRow, SchoolRow, SessionRow, UserRow
from hocba.store.reads.actors import Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordIssued:
    """An initial password was made for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """The user chose another password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One result, and what to hand over with it."""

    result: Result
    username: str = ""
    password: Secret | None = field(default=None, repr=False)


async def issue_initial_passwords(house: House, actor: Actor, person_ids: Sequence[UUID]) -> list[Issued]:
    """Make passwords for the staff of the actor's school; each is shown once.

    Whoever had a password before has a new one now, his sessions end, and he chooses another one when
    he signs in.  But nobody makes his own (NOT_YOUR_OWN), nor that of another ADMIN who has one
    (PASSWORD_KEPT): two ADMINs watch each other, and whoever knows both passwords is both.

    :raises Refusal: NOT_PERMITTED unless he is ADMIN.
    """
    actor.must_hold(Role.ADMIN)
    wanted = list(dict.fromkeys(person_ids))
    people = {row.id: row for row in await PersonRow.filter(id__in=wanted, school_id=actor.school)}
    school = await SchoolRow.get(id=actor.school)
    protected = await _protected(actor, list(people))
    issued = {}
    for person_id, person in people.items():
        if refusal := protected.get(person_id):
            issued[person_id] = Issued(result=outcomes.refused(person_id, refusal))
        else:
            issued[person_id] = await _issue(house, actor, person, school.code)
    return [
        issued.get(each) or Issued(result=outcomes.refused(each, Refusal(Code.NOT_FOUND)))
        for each in person_ids
    ]


async def change_password(house: House, asking: Asking, old: Secret, new: Secret) -> None:
    """Choose another password; every other session of the user ends.

    :raises Refusal: SIGN_IN_FAILED for a wrong old one, PASSWORD_WEAK, PASSWORD_REUSED, TOO_MANY_ATTEMPTS.
    """
    holder, now = asking.holder, house.clock()
    passwords.must_be_strong(new, username=holder.username)
    await must_know(house, holder, old)
    if new.reveal() == old.reveal():
        raise Refusal(Code.PASSWORD_REUSED)
    kept = await passwords.hash_(new)
    async with in_transaction():
        await UserRow.filter(id=holder.user).update(password_hash=kept, must_change=False)
        others = SessionRow.filter(user_id=holder.user, revoked_at__isnull=True).exclude(id=holder.session)
        await others.update(revoked_at=now)
        await histories.add(
            "user", holder.user, PasswordChanged(), by=holder.person, school=holder.home, at=now
        )


async def must_know(house: House, holder: Holder, password: Secret | None) -> None:
    """The user who is signed in gives his password once more.

    :raises Refusal: SIGN_IN_FAILED when it is missing or wrong; TOO_MANY_ATTEMPTS.
    """
    guesser = own_guesser(holder.user)
    await throttle.reserve(house, guesser)
    user = await UserRow.get(id=holder.user)
    if password is None or not await passwords.matches(password, user.password_hash):
        raise Refusal(Code.SIGN_IN_FAILED)
    await throttle.right(house, guesser)


def own_guesser(user: UUID) -> throttle.Guesser:
    """Whoever guesses the password of a user who is signed in."""
    return throttle.Guesser(throttle.OWN_PASSWORD, str(user))


async def set_password(
    person: UUID,
    username: str,
    password: Secret,
    *,
    by: PersonId | None,
    school: SchoolId,
    at: datetime,
    first: bool = False,
) -> UUID:
    """Let ``person`` sign in as ``username`` with ``password``, and end what was open before.

    :param first: whether he must choose another one before he does anything else.
    :returns: the user.
    """
    kept = await passwords.hash_(password)
    async with in_transaction():
        user = await UserRow.get_or_none(person_id=person)
        if user is None:
            user = await UserRow.create(id=ids.new(), person_id=person, username=username)
        await UserRow.filter(id=user.id).update(password_hash=kept, must_change=first)
        await SessionRow.filter(user_id=user.id, revoked_at__isnull=True).update(revoked_at=at)
        await histories.add("user", user.id, PasswordIssued(), by=by, school=school, at=at)
    return user.id


async def _protected(actor: Actor, person_ids: Sequence[UUID]) -> dict[UUID, Refusal]:
    """Those whose password the actor must not make, and why."""
    admins = RoleGrantRow.filter(person_id__in=list(person_ids), role=Role.ADMIN, valid_to__isnull=True)
    held = await admins.values_list("person_id", flat=True)
    users = UserRow.filter(person_id__in=list(held), password_hash__isnull=False)
    found = {
        UUID(str(each)): Refusal(Code.PASSWORD_KEPT)
        for each in await users.values_list("person_id", flat=True)
    }
    return {**found, **({actor.id: Refusal(Code.NOT_YOUR_OWN)} if actor.id in person_ids else {})}


async def _issue(house: House, actor: Actor, person: PersonRow, school_code: str) -> Issued:
    user = await UserRow.get_or_none(person_id=person.id)
    username = user.username if user else f"{school_code}.{person.code}".casefold()
    password = passwords.make()
    by, school, now = actor.id, actor.school, house.clock()
    id_ = await set_password(person.id, username, password, by=by, school=school, at=now, first=True)
    await throttle.forget(house, passwords.guesser_of(username), own_guesser(id_))
    return Issued(result=outcomes.done(person.id), username=username, password=password)
