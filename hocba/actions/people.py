"""Who sends a request (A1).

Who holds a session, and what he may do, is asked anew for each request.  Whose password somebody
else made, or who still lacks the second factor that his role needs, may do nothing but mend that:
he has no roles, and ``Asking.needs`` says what he must do first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hocba.actions.house import House
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from hocba.domain.values import Level, Role, SchoolId, SchoolYear, day_of, year_on
from hocba.store.models import SessionRow
from hocba.store.reads import actors
from hocba.store.reads.actors import Grant, Holder
from hocba.store.reads.organisations import Schools, supervised

TOKEN_PREFIX = "hs_"  # noqa: S105 -- tells a session's token from an agent's
LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
WITH_SECOND_FACTOR = frozenset({Role.ADMIN, Role.ISSUER, Role.AUTHORITY})
"""Who must have a second factor, where the setting ``require_second_factor`` says so."""

NO_YEAR = SchoolYear("0000-0000")
"""The year of a school that has no class yet."""


class NoSchoolYearError(Exception):
    """Somebody asks to act in what is no school year."""


class ForeignSchoolError(Exception):
    """Somebody asks to act in a school in which he may do nothing, or which there is not."""


class NotReadyError(Exception):
    """Somebody asks for more than he may before he has done what he must do first.

    :ivar needs: PASSWORD_CHANGE_REQUIRED or SECOND_FACTOR_REQUIRED.
    """

    def __init__(self, needs: Code) -> None:
        super().__init__(needs.value)
        self.needs = needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whoever sends a request: the person, what he may do, and in which school and year.

    :ivar day: the day of the request, in Việt Nam.
    :ivar grants: his given roles, wherever they are.
    :ivar level: the level that he chose when he signed in, of the school of this request.
    :ivar needs: what he must do before anything else: PASSWORD_CHANGE_REQUIRED, SECOND_FACTOR_REQUIRED.
    """

    holder: Holder
    actor: Actor
    year: SchoolYear
    day: date
    grants: tuple[Grant, ...]
    level: Level | None = None
    needs: Code | None = None

    @property
    def schools(self) -> tuple[SchoolId, ...]:
        """The schools where he works; an AUTHORITY's are ``supervised``."""
        home = (self.holder.home,) if self.holder.of_school else ()
        return tuple(dict.fromkeys((*home, *_granted(self.grants))))

    @property
    def organisations(self) -> tuple[UUID, ...]:
        """The authorities for which he acts."""
        return _organisations(self.grants)

    @property
    def supervised(self) -> Schools:
        """The schools whose AUTHORITY he is: those below his organisations today."""
        return Schools(day=self.day, organisations=self.organisations)

    def as_authority_of(self, school: SchoolId) -> Actor:
        """The same person as the AUTHORITY of ``school``, which the caller knows to be below him."""
        return actors.authority(self.holder, school, self.grants)


async def asking_of_token(
    house: House, token: str, *, school_code: str | None = None, year: SchoolYear | None = None
) -> Asking | None:
    """Who sends ``token``, in the school and year he asks for; his own school and its latest year else.

    :raises ForeignSchoolError: when the school he asks for is none of his.
    """
    now = house.clock()
    hashes = house.secrets.peppers(token) if token.startswith(TOKEN_PREFIX) else ()
    holder = await actors.holder(hashes, now) if hashes else None
    if holder is None:
        return None
    if now - holder.seen_at > SEEN_EVERY:
        await SessionRow.filter(id=holder.session).update(seen_at=now)
    return await acting(house, holder, school_code=school_code, year=year)


async def acting(
    house: House, holder: Holder, *, school_code: str | None = None, year: SchoolYear | None = None
) -> Asking:
    """``holder`` in the school and year he asks for, else in those that he chose when he signed in.

    An AUTHORITY acts in a school below his organisation; without one he is at home, where no school is.

    :raises ForeignSchoolError: when the school he asks for is none of his.
    """
    now = house.clock()
    day, held = day_of(now), await actors.grants(holder.person, now)
    place = await _place(holder, held, school_code, day)
    needs = _needs(house, holder, held)
    at_home = holder.home == place and not holder.of_school
    acting_year = year or (year_on(day) if at_home else await actors.latest_year(place)) or NO_YEAR
    return Asking(
        holder=holder,
        actor=Actor(id=holder.person, school=place, staff=False)
        if needs
        else await _actor(holder, place, acting_year, held),
        year=acting_year,
        day=day,
        grants=() if needs else tuple(held),
        level=holder.level if place == holder.school else None,
        needs=needs,
    )


async def _place(holder: Holder, held: Sequence[Grant], school_code: str | None, day: date) -> SchoolId:
    """Where he acts.  :raises ForeignSchoolError: when the school he names is none of his."""
    wanted = await actors.school_of(school_code) if school_code else holder.school or holder.home
    if wanted == holder.home or wanted in _granted(held):
        return wanted
    if wanted and await supervised(_organisations(held), [wanted], day):
        return wanted
    if school_code:
        raise ForeignSchoolError
    return holder.home


async def _actor(holder: Holder, place: SchoolId, year: SchoolYear, held: Sequence[Grant]) -> Actor:
    if place in _granted(held) or (place == holder.home and holder.of_school):
        return await actors.actor(holder, place, year, held)
    return actors.authority(holder, place, held)


def _granted(held: Sequence[Grant]) -> tuple[SchoolId, ...]:
    return tuple(grant.school for grant in held if grant.school)


def _organisations(held: Sequence[Grant]) -> tuple[UUID, ...]:
    return tuple(grant.organisation for grant in held if grant.organisation)


async def actor_of_token(house: House, token: str) -> Actor | None:
    """What the holder of ``token`` may do in his school's latest year."""
    asking = await asking_of_token(house, token)
    return asking.actor if asking else None


def _needs(house: House, holder: Holder, held: Sequence[Grant]) -> Code | None:
    """What ``holder`` must do before anything else, if something."""
    if holder.must_change:
        return Code.PASSWORD_CHANGE_REQUIRED
    required = house.settings.require_second_factor and any(
        grant.role in WITH_SECOND_FACTOR for grant in held
    )
    if holder.second_factor_shown or not (required or holder.second_factor_on):
        return None
    return Code.SECOND_FACTOR_REQUIRED
