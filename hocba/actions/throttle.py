"""Count wrong guesses, and stop listening after some.

The counts are rows, so that several processes count together.  A row knows its guesser by a keyed
hash only: no name and no address is in it, and a name that nobody has is counted like any other.

A try is counted before the guess is compared, and given back when it was right: a hundred at once
are a hundred.  Who has used up his tries is not listened to for a while, and after each further
wrong guess for twice as long.
"""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from hocba.actions.house import House
from hocba.domain.errors import Code, Refusal
from hocba.store import ids
from hocba.store.models import ThrottleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many wrong guesses are listened to.

    :ivar kind: what is guessed, and by whom.
    :ivar tries: wrong guesses until nobody listens.
    :ivar within: how long after the first of them they are remembered.
    :ivar locked: for how long nobody listens the first time; twice as long each further time.
    :ivar longest: for how long at most.
    :ivar forgives: whether a right guess makes the wrong ones forgotten.
    """

    kind: str
    tries: int = 5
    within: timedelta = timedelta(days=1)
    locked: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=12)
    forgives: bool = True


PASSWORD = Limit(kind="password")
"""Passwords, by the user name."""

OWN_PASSWORD = Limit(kind="own password")
"""Passwords, by the user who is signed in: strangers cannot keep him from changing it."""

ONE_TIME_CODE = Limit(kind="code")
"""Codes of the second factor, by the user."""

ADDRESS = Limit(
    kind="address",
    tries=100,
    within=timedelta(minutes=10),
    longest=timedelta(minutes=10),
    forgives=False,
)
"""Passwords, by the address: all the computers of a school share one."""

PAIRING = Limit(kind="pairing", within=timedelta(minutes=10), longest=timedelta(minutes=10), forgives=False)
"""Pairing codes, by the person."""

PAIRING_ADDRESS = replace(ADDRESS, kind="pairing address")
"""Pairing codes, by the address: a staff room pairs its computers on the same morning."""

REMEMBERED = 100_000
"""Most guessers kept; the ones counted longest ago are forgotten first."""

SWEPT = 1_000
"""Most of those that one sweep forgets: more than come until the next."""

SWEEP_ONE_IN = 64
"""Every how many tries, about, what is over is swept out."""


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who guesses: a user name, a user's id, an address."""

    limit: Limit
    who: str

    @property
    def text(self) -> str:
        """What the keyed hash is made of."""
        return f"{self.limit.kind}:{self.who}"


def from_address(limit: Limit, address: str) -> Guesser:
    """Whoever guesses at ``address``."""
    return Guesser(limit, shared(address))


def shared(address: str) -> str:
    """What stands for all whom ``address`` may stand for: of IPv6 its /64, for a computer has all of that."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Network((int(found), 64), strict=False)  # type: ignore[assignment]
    return str(found)


async def reserve(house: House, *guessers: Guesser) -> None:
    """Count a try of each of ``guessers``, before the guess is compared.

    :raises Refusal: TOO_MANY_ATTEMPTS, with nothing counted, when one of them is not listened to.
    """
    if not guessers:
        return
    now = house.clock()
    limits = {house.secrets.pepper(each.text): each.limit for each in guessers}
    if random.randbelow(SWEEP_ONE_IN) == 0:
        await sweep(now)
    async with in_transaction():
        # In one order, so that two who wait for each other's rows do not wait for ever.
        new = [ThrottleRow(id=ids.new(), guesser=each, since=now) for each in sorted(limits)]
        await ThrottleRow.bulk_create(new, ignore_conflicts=True)
        for row in await _locked_rows(sorted(limits)):
            _count(row, limits[row.guesser], now)
            await row.save(update_fields=["failures", "since", "locked_until"])


async def right(house: House, *guessers: Guesser) -> None:
    """The guess was right: give the try back, or forget the wrong ones before it too."""
    forgiven = [key for each in guessers if each.limit.forgives for key in house.secrets.peppers(each.text)]
    if forgiven:
        await ThrottleRow.filter(guesser__in=forgiven).delete()
    for each in guessers:
        if not each.limit.forgives:
            await _give_back(house.secrets.pepper(each.text), each.limit)


async def forget(house: House, *guessers: Guesser) -> bool:
    """Listen to each of ``guessers`` again; whether one was not listened to."""
    rows = ThrottleRow.filter(
        guesser__in=[key for each in guessers for key in house.secrets.peppers(each.text)]
    )
    was_locked = await rows.filter(locked_until__gt=house.clock()).exists()
    await rows.delete()
    return was_locked


async def is_first(house: House, once: str) -> bool:
    """Whether ``once`` is seen for the first time; what is swept out could be seen again."""
    row = ThrottleRow(id=ids.new(), guesser=house.secrets.pepper(f"once:{once}"), since=house.clock())
    try:
        async with in_transaction():
            await row.save(force_create=True)
    except IntegrityError:
        return False
    return True


async def locked(house: House, guessers: Sequence[Guesser]) -> dict[Guesser, datetime]:
    """Those of ``guessers`` who are not listened to, and until when.  One statement."""
    keys = {key: each for each in guessers for key in house.secrets.peppers(each.text)}
    rows = await ThrottleRow.filter(guesser__in=list(keys), locked_until__gt=house.clock())
    return {keys[row.guesser]: row.locked_until for row in rows if row.locked_until}


async def sweep(now: datetime) -> None:
    """Delete what no limit remembers, and what is more than we keep."""
    over = now - max(each.within for each in (PASSWORD, ONE_TIME_CODE, ADDRESS, PAIRING))
    idle = Q(locked_until__isnull=True) | Q(locked_until__lte=now)
    await ThrottleRow.filter(idle, since__lte=over).delete()
    surplus = await ThrottleRow.all().order_by("-since").offset(REMEMBERED).limit(SWEPT).values("id")
    if surplus:
        await ThrottleRow.filter(id__in=[row["id"] for row in surplus]).delete()


def _count(row: ThrottleRow, limit: Limit, now: datetime) -> None:
    """One try more.  :raises Refusal: TOO_MANY_ATTEMPTS."""
    if row.locked_until and row.locked_until > now:
        raise Refusal(Code.TOO_MANY_ATTEMPTS)
    if row.since + limit.within <= now:
        row.failures, row.since = 0, now
    row.failures += 1
    further = row.failures - limit.tries
    row.locked_until = None if further < 0 else now + min(limit.locked * 2 ** min(further, 16), limit.longest)


async def _give_back(guesser: str, limit: Limit) -> None:
    async with in_transaction():
        for row in await _locked_rows([guesser]):
            row.failures = max(row.failures - 1, 0)
            row.locked_until = None if row.failures < limit.tries else row.locked_until
            await row.save(update_fields=["failures", "locked_until"])


async def _locked_rows(guessers: Sequence[str]) -> list[ThrottleRow]:
    return await ThrottleRow.filter(guesser__in=guessers).order_by("guesser").select_for_update()
