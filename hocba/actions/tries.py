"""Count wrong guesses, and stop listening after some.

Kept in memory: a code of 8 characters of 32 that lives for ten minutes cannot be guessed in the few
tries that a restart gives back.
"""

from datetime import datetime, timedelta

from hocba.domain.errors import Code, Refusal

WINDOW = timedelta(minutes=10)
"""How long a wrong guess is remembered."""

LIMIT = 5
"""Wrong guesses in the window."""

REMEMBERED = 10_000
"""Most guessers kept in mind; the one longest silent is forgotten first."""


class Tries:
    """Wrong guesses of late, by who guessed."""

    def __init__(self) -> None:
        self._wrong: dict[str, list[datetime]] = {}

    def must_be_left(self, *guessers: str, now: datetime) -> None:
        """:raises Refusal: TOO_MANY_ATTEMPTS when one of ``guessers`` has used up his tries."""
        for guesser in guessers:
            if len(self._recent(guesser, now)) >= LIMIT:
                raise Refusal(Code.TOO_MANY_ATTEMPTS)

    def wrong(self, *guessers: str, now: datetime) -> None:
        """Count a wrong guess for each of ``guessers``."""
        for guesser in guessers:
            recent = self._recent(guesser, now)
            self._wrong.pop(guesser, None)
            self._wrong[guesser] = [*recent, now]
        while len(self._wrong) > REMEMBERED:
            self._wrong.pop(next(iter(self._wrong)))

    def _recent(self, guesser: str, now: datetime) -> list[datetime]:
        return [at for at in self._wrong.get(guesser, ()) if at > now - WINDOW]
