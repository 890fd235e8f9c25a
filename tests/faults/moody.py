"""A vendor that misbehaves by chance, and the diary of a trial."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from hocba.plugin_api import Login, LoginUrl, Needs, Order, Outcome, SecretName
from hocba.testing import FakeVendor, Fault
from tests.faults.moves import Cell


@dataclass(slots=True)
class Diary:
    """What was done.

    :ivar visited: how often each cell was.
    :ivar broken: what went wrong in the trial itself.
    :ivar failed: how often an action met no answer, or an error.
    """

    file: Path
    visited: Counter[Cell] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    vendor: Counter[str] = field(default_factory=Counter)
    broken: list[Exception] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def note(self, text: str) -> None:
        with self.file.open("a") as file:
            file.write(f"{time.monotonic() - self.since:8.2f} {text}\n")


class Moody(FakeVendor):
    """It misbehaves by chance until it is told to be good; it may want more first, or ring a telephone."""

    def __init__(self, chance: Random, diary: Diary) -> None:
        super().__init__(cards={}, patience=timedelta(seconds=0.5))
        self._chance, self._diary = chance, diary
        self.good = False

    def be_good(self) -> None:
        self.good, self.phone = True, False
        self.faults.clear()

    def before(self, asked: str) -> timedelta:
        """What its mood is now, and how long it takes to come to the telephone."""
        chance = self._chance
        if self.good:
            return timedelta(0)
        if asked == "start":
            self.phone = chance.random() < 0.4
            self.faults[:] = [chance.choice(list(Fault))] if chance.random() < 0.25 else []
            self._diary.vendor.update(each.value for each in self.faults)
        if asked == "poll" and chance.random() < 0.3:
            self.press(yes=chance.random() < 0.85)
        return timedelta(seconds=chance.choice((0, 0.05, 0.3, 1)))

    async def start(self, order: Order, login: Login) -> Outcome:
        wanted = 1.0 if self.good else self._chance.random()
        if wanted > 0.16:
            return await super().start(order, login)
        self._diary.vendor["wants more"] += 1
        return Outcome(
            rest=Needs((SecretName.OTP,)) if wanted < 0.08 else LoginUrl("https://vendor.example/")
        )
