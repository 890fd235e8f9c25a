"""The one table: every measure beside its limit and its peers, with the goal and whether it is met."""

import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """At least or at most: ``Goal("≤", 3)``."""

    sign: str
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether ``value`` is on the right side."""
        return value >= self.bound if self.sign == "≥" else value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table.

    :ivar measure: what is measured; lines of one measure stand together.
    :ivar who: whose code, or which quantity.
    :ivar value: in ``unit``; milliseconds are milliseconds of CPU for one operation.
    :ivar ratio: the value against another one, ``of`` says which.
    :ivar goal: for the ratio where there is one, else for the value.
    """

    measure: str
    who: str
    value: float
    unit: str = "ms"
    ratio: float | None = None
    of: str = ""
    goal: Goal | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; nothing without one."""
        if self.goal is None:
            return None
        return self.goal.is_met(self.value if self.ratio is None else self.ratio)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        goal = f"{self.goal.sign} {self.goal.bound:g}" if self.goal else None
        return {
            "measure": self.measure,
            "who": self.who,
            "value": self.value,
            "unit": self.unit,
            "ratio": self.ratio,
            "of": self.of or None,
            "goal": goal,
            "met": self.met,
        }


def table(lines: Iterable[Line]) -> str:
    """The lines as text, measure by measure."""
    written: list[tuple[str, ...]] = [("", "value", "ratio", "", "goal", "")]
    for measure, of_it in groupby(lines, key=lambda line: line.measure):
        written += [(measure, "", "", "", "", ""), *map(_cells, of_it)]
    widths = [max(len(row[column]) for row in written) for column in range(6)]
    return "\n".join(_row(row, widths) for row in written)


def machine() -> dict[str, str]:
    """What it ran on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
    }


def missed(lines: Iterable[Line]) -> list[Line]:
    """The lines whose goal is not reached."""
    return [line for line in lines if line.met is False]


def _cells(line: Line) -> tuple[str, ...]:
    goal = f"{line.goal.sign} {line.goal.bound:g}" if line.goal else ""
    said = {True: "met", False: "MISSED", None: ""}[line.met]
    ratio = "" if line.ratio is None else f"{line.ratio:.2f} ×" if line.ratio < 10 else f"{line.ratio:.0f} ×"
    return (f"  {line.who}", f"{_number(line.value)} {line.unit}", ratio, line.of, goal, said)


def _number(value: float) -> str:
    digits = 3 if value < 10 else 1
    return f"{value:,.{digits}f}"


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    left = (0, 3, 5)
    cells = (
        text.ljust(width) if column in left else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:  # noqa: PTH123 -- not a file, a question
            names = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    except OSError:
        return platform.processor()
    return f"{len(names)} × {names[0]}" if names else platform.processor()
