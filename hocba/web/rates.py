"""How often somebody may ask, in this process: generous to people, and an end to floods.

Each person who is signed in, and each address from which strangers ask, has a bucket that holds a
minute's worth of requests and is filled again all the time.  What keeps a processor busy
(``limits.RATED``: passwords, verifying, importing, the schema) has smaller buckets of its own.  All
the computers of a school may share one address, and their agents ask every few seconds without being
signed in: so the numbers are large.

To take from a bucket costs about a microsecond, before anything is parsed.
"""

import math
import time
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from starlette.exceptions import HTTPException

from hocba.actions.throttle import shared
from hocba.settings import Settings

REMEMBERED = 10_000
"""Buckets kept; the one that was not asked for longest is forgotten first, which fills it."""


class Buckets:
    """One bucket each, of ``per_minute``."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = float(per_minute), clock
        self._left: dict[object, tuple[float, float]] = {}

    def take(self, who: object, amount: int = 1) -> float:
        """Take ``amount``, or nothing when there is less; the seconds to wait then, else 0."""
        now = self._clock()
        left, since = self._left.pop(who, (self._size, now))
        left = min(self._size, left + (now - since) * self._size / 60)
        missing = min(amount, self._size) - left
        self._left[who] = (left if missing > 0 else left - amount, now)
        if len(self._left) > REMEMBERED:
            del self._left[next(iter(self._left))]
        return missing * 60 / self._size if missing > 0 else 0.0


class Rates:
    """What is left to everybody."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._strangers = Buckets(settings.rate_strangers, clock=clock)
        self._signed_in = Buckets(settings.rate_signed_in, clock=clock)
        self._costly = Buckets(settings.rate_costly, clock=clock)

    def request(self, person: UUID | None, address: str) -> float:
        """One request of a person's, or of a stranger's at ``address``: the seconds to wait, or 0."""
        if person is not None:
            return self._signed_in.take(person)
        return self._strangers.take(shared(address))

    def costly(self, person: UUID | None, address: str, amount: int) -> float:
        """So much of what is costly: the seconds to wait, or 0."""
        return self._costly.take(person or shared(address), amount)

    def must_be_left(self, person: UUID | None, address: str) -> None:
        """Take one request.  :raises HTTPException: 429 when there is none left."""
        if wait := self.request(person, address):
            raise too_many(wait)


def too_many(wait: float) -> HTTPException:
    """The answer to whoever asks too often."""
    return HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": str(math.ceil(wait))})
