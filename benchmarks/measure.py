"""CPU time of small operations, side by side.

The cases of one comparison take turns, round after round, so that a slow moment of the machine meets
all of them.  A figure is the median of the rounds, a ratio the median of the rounds' ratios.  It is
the CPU time of this process, its threads included, other processes not.  Garbage is collected as in the
server, for everybody's code alike.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from typing import TypeVar

GC_THRESHOLDS = (50_000, 50, 100)
"""Python's garbage collector as the server sets it when it has started."""

Thing = TypeVar("Thing")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured; one run does ``of`` operations."""

    run: Callable[[], object]
    of: int = 1


def each_in_turn(things: Sequence[Thing], do: Callable[[Thing], Made]) -> Callable[[], Made]:
    """A run that takes one of ``things`` more each time: nobody profits from what he remembers."""
    turn = cycle(things)
    return lambda: do(next(turn))


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of CPU for one operation, by case and round."""

    rounds: Mapping[str, Sequence[float]]

    def __getitem__(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, *others: str) -> float:
        """How many times as long ``name`` takes as ``others`` together."""
        each = zip(self.rounds[name], *(self.rounds[other] for other in others), strict=True)
        return float(median(first / sum(rest) for first, *rest in each))


def side_by_side(cases: Mapping[str, Case], *, rounds: int = 15, seconds: float = 0.03) -> Spent:
    """What each case takes.

    :param seconds: how long a case runs in one round; at least once.
    """
    times = {name: _repetitions(case, seconds) for name, case in cases.items()}
    spent: dict[str, list[float]] = {name: [] for name in cases}
    thresholds = gc.get_threshold()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, case in cases.items():
            gc.collect()
            spent[name].append(_cpu(case, times[name]) / times[name] / case.of)
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    return Spent(spent)


def _repetitions(case: Case, seconds: float) -> int:
    """How often ``case`` fits into ``seconds``; warms it up on the way."""
    case.run()
    return max(1, int(seconds * 1000 / max(_cpu(case, 1), 1e-3)))


def _cpu(case: Case, times: int) -> float:
    """Milliseconds of CPU."""
    begun = time.process_time_ns()
    for _ in range(times):
        case.run()
    return (time.process_time_ns() - begun) / 1e6
