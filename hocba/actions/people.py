"""Who sends a request (A1).

Who holds a session, and what he may do, is asked anew for each request.  Whose password somebody
else made, or who still lacks the second factor that his role needs, may do nothing but mend that:
he has no roles, and ``Asking.needs`` says what he must do first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hocba.actions.house import House
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from hocba.domain.values import Level, Role, SchoolId, SchoolYear
from hocba.store.models import SessionRow
from hocba.store.reads import actors
from hocba.store.reads.actors import Grant, Holder

TOKEN_PREFIX = "hs_"  # noqa: S105 -- tells a session's token from an agent's
LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
WITH_SECOND_FACTOR = frozenset({Role.ADMIN, Role.ISSUER, Role.AUTHORITY})
"""Who must have a second factor, where the setting ``require_second_factor`` says so."""

NO_YEAR = SchoolYear("0000-0000")
"""The year of a school that has no class yet."""


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

    :ivar grants: his given roles in every school.
    :ivar level: the level that he chose when he signed in, of the school of this request.
    :ivar needs: what he must do before anything else: PASSWORD_CHANGE_REQUIRED, SECOND_FACTOR_REQUIRED.
    """

    holder: Holder
    actor: Actor
    year: SchoolYear
    grants: tuple[Grant, ...]
    level: Level | None = None
    needs: Code | None = None

    @property
    def schools(self) -> tuple[SchoolId, ...]:
        """The schools in which he may do anything."""
        return tuple(dict.fromkeys((self.holder.home, *(grant.school for grant in self.grants))))

    @property
    def supervised(self) -> tuple[SchoolId, ...]:
        """The schools whose AUTHORITY he is."""
        return tuple(dict.fromkeys(g.school for g in self.grants if g.role is Role.AUTHORITY))

    def as_authority_of(self, school: SchoolId) -> Actor:
        """The same person as the AUTHORITY of ``school``, if he is; else as he is."""
        if school not in self.supervised:
            return self.actor
        return replace(self.actor, school=school, roles=frozenset({Role.AUTHORITY}))


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

    :raises ForeignSchoolError: when the school he asks for is none of his.
    """
    held = await actors.grants(holder.person, house.clock())
    reach = {holder.home, *(grant.school for grant in held)}
    default = holder.school if holder.school in reach else _default_school(holder, held)
    chosen = await actors.school_of(school_code) if school_code else default
    if chosen is None or chosen not in reach:
        raise ForeignSchoolError
    chosen_year = year or await actors.latest_year(chosen) or NO_YEAR
    needs = _needs(house, holder, held)
    nobody = Actor(id=holder.person, school=chosen, staff=False) if needs else None
    return Asking(
        holder=holder,
        actor=nobody or await actors.actor(holder, chosen, chosen_year, held),
        year=chosen_year,
        grants=() if needs else tuple(held),
        level=holder.level if chosen == holder.school else None,
        needs=needs,
    )


async def actor_of_token(house: House, token: str) -> Actor | None:
    """What the holder of ``token`` may do in his school's latest year."""
    asking = await asking_of_token(house, token)
    return asking.actor if asking else None


def _default_school(holder: Holder, held: list[Grant]) -> SchoolId:
    """His own school; for somebody of an authority, the first that it supervises."""
    supervised = [grant.school for grant in held if grant.role is Role.AUTHORITY]
    return supervised[0] if supervised and holder.home not in supervised else holder.home


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
