"""What an ADMIN does with the users of his school (A1): finds, makes, shuts out, unlocks them.

Nobody does any of it to himself: an ADMIN who is locked out has another one, or the operator, who
does the same from the shell (``hocba user``).
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from hocba.actions import outcomes, passwords, second_factor, throttle, users
from hocba.actions.house import House
from hocba.actions.outcomes import Result
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.values import PersonId, Role, SchoolId, SchoolYear
from hocba.plugin_api import Secret
from hocba.store import histories, ids
from hocba.store.models import PersonRow, SchoolRow, SessionRow, UserRow
from hocba.store.reads import users as reads
from hocba.store.reads.pages import Page, Slice

_USERNAME = re.compile(r"[a-z0-9._@-]{3,100}")
"""As in the workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated:
    """Somebody of the staff can sign in from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserShutOut:
    """The user can sign in no longer, and his sessions are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLetIn:
    """The user can sign in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUnlocked:
    """Wrong guesses are forgotten: the user is listened to again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorReset:
    """The user's second factor was taken away, and his sessions are over."""


Event = UserShutOut | UserLetIn | UserUnlocked | SecondFactorReset


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which users; what is left out does not matter."""

    name: str = ""
    active: bool | None = None
    locked: bool | None = None
    role: Role | None = None


async def find(house: House, actor: Actor, year: SchoolYear, wanted: Wanted, page: Page) -> Slice[reads.User]:
    """The users of the actor's school, by name; none to whoever may not manage them."""
    if not actor.may(Permission.USER_MANAGE):
        return Slice(rows=(), keys=(), has_next=False, has_previous=False, total=0)
    people: set[UUID] | None = None
    if wanted.role is not None:
        people = await reads.holding(wanted.role, actor.school, year, house.clock())
    if wanted.locked is not None:
        known = await reads.usernames(actor.school)
        locked = await _locked(house, known)
        chosen = locked if wanted.locked else set[UUID](known) - locked
        people = chosen if people is None else people & chosen
    chosen_by = reads.Wanted(name=wanted.name, active=wanted.active, people=people)
    return await reads.users(actor.school, chosen_by, page, house.clock())


async def locked(house: House, shown: Sequence[reads.User]) -> set[UUID]:
    """The people of ``shown`` who are not listened to now.  One statement."""
    return await _locked(house, {PersonId(each.person.id): (each.id, each.username) for each in shown})


async def create_user(house: House, actor: Actor, person_id: UUID, username: str = "") -> users.Issued:
    """Let somebody of the staff sign in, with a password that is shown once.

    :param username: made of the school's code and the staff code when it is empty.
    :raises Refusal: NOT_PERMITTED, NOT_FOUND, ALREADY_EXISTS when he can, USERNAME_TAKEN, INVALID_VALUE.
    """
    actor.must(Permission.USER_MANAGE)
    person = await PersonRow.get_or_none(id=person_id, school_id=actor.school)
    if person is None:
        raise Refusal(Code.NOT_FOUND)
    if await UserRow.exists(person_id=person_id):
        raise Refusal(Code.ALREADY_EXISTS)
    school = await SchoolRow.get(id=actor.school)
    name = _username(username or f"{school.code}.{person.code}", must_fit=bool(username))
    password = passwords.make()
    kept, now = await passwords.hash_(password), house.clock()
    try:
        async with in_transaction():
            user = await UserRow.create(
                id=ids.new(), person_id=person_id, username=name, password_hash=kept, must_change=True
            )
            await histories.add("user", user.id, UserCreated(), by=actor.id, school=actor.school, at=now)
    except IntegrityError:
        raise Refusal(Code.USERNAME_TAKEN, field="username") from None
    return users.Issued(result=outcomes.done(person_id), username=name, password=password)


async def set_active(house: House, actor: Actor, people: Sequence[UUID], *, active: bool) -> list[Result]:
    """Let people sign in, or shut them out: their sessions end at once.

    :raises Refusal: NOT_PERMITTED.
    """

    async def change(user: UserRow) -> Event | None:
        if user.active is active:
            return None
        await UserRow.filter(id=user.id).update(active=active)
        if not active:
            await _end_sessions(house, user)
        return UserLetIn() if active else UserShutOut()

    return await _each(house, actor, people, change)


async def unlock(house: House, actor: Actor, people: Sequence[UUID]) -> list[Result]:
    """Listen again to people who guessed too often.  :raises Refusal: NOT_PERMITTED."""

    async def change(user: UserRow) -> Event | None:
        return UserUnlocked() if await throttle.forget(house, *_guessers(user.id, user.username)) else None

    return await _each(house, actor, people, change)


async def reset_second_factor(house: House, actor: Actor, people: Sequence[UUID]) -> list[Result]:
    """Take the second factor of people away: whoever must have one sets it up anew.

    :raises Refusal: NOT_PERMITTED.
    """

    async def change(user: UserRow) -> Event | None:
        return await _reset_second_factor(house, user)

    return await _each(house, actor, people, change)


class Operator:
    """The same from the shell, for the first ADMIN: by user name, and with nobody's permission."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def unlock(self, username: str) -> bool:
        """Whether he was locked.  :raises Refusal: NOT_FOUND."""
        user, school = await _known(username)
        was_locked = await throttle.forget(self._house, *_guessers(user.id, user.username))
        if was_locked:
            await _tell(self._house, user, UserUnlocked(), None, school)
        return was_locked

    async def reset_second_factor(self, username: str) -> bool:
        """Whether he had one.  :raises Refusal: NOT_FOUND."""
        user, school = await _known(username)
        async with in_transaction():
            event = await _reset_second_factor(self._house, user)
            if event is not None:
                await _tell(self._house, user, event, None, school)
        return event is not None

    async def reset_password(self, username: str) -> Secret:
        """A password that he must change at once.  :raises Refusal: NOT_FOUND."""
        user, school = await _known(username)
        password, now = passwords.make(), self._house.clock()
        await users.set_password(
            user.person_id, user.username, password, by=None, school=school, at=now, first=True
        )
        await throttle.forget(self._house, *_guessers(user.id, user.username))
        return password


async def _each(
    house: House,
    actor: Actor,
    people: Sequence[UUID],
    change: Callable[[UserRow], Awaitable[Event | None]],
) -> list[Result]:
    """``change`` each user of the actor's school; ``None`` says that it was so already."""
    actor.must(Permission.USER_MANAGE)
    staff = await PersonRow.filter(id__in=list(set(people)), school_id=actor.school).values_list(
        "id", flat=True
    )
    results: dict[UUID, Result] = {}
    for user in await UserRow.filter(person_id__in=list(staff)).order_by("id"):
        person: UUID = user.person_id
        if person == actor.id:
            results[person] = outcomes.refused(person, Refusal(Code.NOT_YOUR_OWN))
            continue
        async with in_transaction():
            locked_row = await UserRow.filter(id=user.id).select_for_update().get()
            event = await change(locked_row)
            if event is not None:
                await _tell(house, user, event, actor.id, actor.school)
        results[person] = outcomes.unchanged(person) if event is None else outcomes.done(person)
    return outcomes.in_order(people, results)


async def _reset_second_factor(house: House, user: UserRow) -> Event | None:
    if user.totp_secret is None:
        return None
    await second_factor.turn_off(user)
    await throttle.forget(house, second_factor.guesser_of(user.id))
    await _end_sessions(house, user)
    return SecondFactorReset()


async def _tell(house: House, user: UserRow, event: Event, by: PersonId | None, school: SchoolId) -> None:
    await histories.add("user", user.id, event, by=by, school=school, at=house.clock())


async def _end_sessions(house: House, user: UserRow) -> None:
    await SessionRow.filter(user_id=user.id, revoked_at__isnull=True).update(revoked_at=house.clock())


async def _known(username: str) -> tuple[UserRow, SchoolId]:
    """The user with this name, and where he works.  :raises Refusal: NOT_FOUND."""
    user = await UserRow.get_or_none(username=passwords.plain(username)[:100])
    if user is None:
        raise Refusal(Code.NOT_FOUND)
    return user, SchoolId((await PersonRow.get(id=user.person_id)).school_id)


async def _locked(house: House, known: dict[PersonId, tuple[UUID, str]]) -> set[UUID]:
    guessers = {each: person for person, named in known.items() for each in _guessers(*named)}
    return {guessers[each] for each in await throttle.locked(house, list(guessers))}


def _guessers(user: UUID, username: str) -> list[throttle.Guesser]:
    """Everybody who guesses what ``username`` knows."""
    return [passwords.guesser_of(username), users.own_guesser(user), second_factor.guesser_of(user)]


def _username(given: str, *, must_fit: bool) -> str:
    """``given`` as it is kept.  :raises Refusal: INVALID_VALUE when somebody typed what none can be."""
    name = passwords.plain(given)
    if must_fit and not _USERNAME.fullmatch(name):
        raise Refusal(Code.INVALID_VALUE, field="username")
    return name
