"""Passwords: how they are kept, compared, chosen and made.

argon2id with 19 MiB, 2 passes, 1 lane: 71 ms, in a thread, and few at a time, so that strangers
who guess do not take the memory and the processors of those who work.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from hocba.actions import throttle
from hocba.domain.errors import Code, Refusal
from hocba.domain.names import search_key
from hocba.plugin_api import Secret

MIN_LENGTH = 10
MAX_LENGTH = 200
"""Characters of a password."""

COMMON = frozenset({
    "abc", "abcd", "abcdef", "admin", "administrator", "anhyeuem", "asdfghjkl", "emyeuanh", "giaovien",
    "hocba", "hocbaso", "iloveyou", "letmein", "matkhau", "nhatruong", "passwd", "password", "qwerty",
    "qwertyuiop", "truonghoc", "vietnam", "welcome",
})  # fmt: skip
"""Words that are no password, whatever digits and marks stand around them."""

MAX_WAITING = 64
"""Most comparisons that wait their turn; one more is refused at once."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: it is read from paper
_NOBODY = _hasher.hash(secrets.token_urlsafe())

T = TypeVar("T")


class Queue:
    """At most two at a time, and not too many behind them."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(2)
        self._waiting = 0

    async def run(self, work: Callable[..., T], *given: object) -> T:
        """Run ``work`` in a thread.  :raises Refusal: TOO_MANY_ATTEMPTS when too many wait."""
        if self._waiting >= MAX_WAITING:
            raise Refusal(Code.TOO_MANY_ATTEMPTS)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


_queue = Queue()


async def hash_(password: Secret) -> str:
    """What is kept of a password."""
    return await _queue.run(_hasher.hash, password.reveal())


async def matches(password: Secret, kept: str | None) -> bool:
    """Whether ``password`` is the one that ``kept`` was made of.

    Without anything kept the answer is no, after the same time.
    """
    right = await _queue.run(_matches, password.reveal(), kept or _NOBODY)
    return right and kept is not None


def plain(username: str) -> str:
    """A user name as it is kept."""
    return username.strip().casefold()


def guesser_of(username: str) -> throttle.Guesser:
    """Whoever guesses the password of ``username``, whether somebody has that name or not."""
    return throttle.Guesser(throttle.PASSWORD, plain(username))


def must_be_strong(password: Secret, *, username: str) -> None:
    """:raises Refusal: PASSWORD_WEAK when it is short, monotonous, common, digits only or the user's name."""
    text = password.reveal()
    plain = search_key(text)
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH or len(set(plain)) < MIN_LENGTH // 2:
        raise Refusal(Code.PASSWORD_WEAK, limit=MIN_LENGTH)
    letters = "".join(filter(str.isalpha, plain))
    if not letters or letters in COMMON or search_key(username) in plain:
        raise Refusal(Code.PASSWORD_WEAK, limit=MIN_LENGTH)


def make() -> Secret:
    """A password to hand over on paper: 12 characters in threes, 59 bits."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return Secret("-".join("".join(letters[at : at + 3]) for at in range(0, 12, 3)))


def _matches(text: str, kept: str) -> bool:
    try:
        return _hasher.verify(kept, text)
    except (VerifyMismatchError, InvalidHashError):
        return False
