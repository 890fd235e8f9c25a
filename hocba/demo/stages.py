"""Stages of the demo: seconds and rates, a progress bar for each, and the table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


@dataclass
class Stage:
    """One finished stage: how many of what in how many seconds."""

    name: str
    count: int
    unit: str
    seconds: float = 0.0


class Bar:
    """One stage's progress."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def add(self, count: int = 1) -> None:
        """``count`` more are done."""
        self._progress.advance(self._task, count)


@dataclass
class Stages:
    """All stages of a run."""

    console: Console = field(default_factory=Console)
    done: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, count: int, unit: str) -> Iterator[Bar]:
        """Time one stage under a progress bar."""
        columns = (
            TextColumn("{task.description:<44}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        begun = time.perf_counter()
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(name, total=count)
            yield Bar(progress, task)
            progress.update(task, completed=count)
        self.done.append(Stage(name, count, unit, time.perf_counter() - begun))

    def table(self) -> Table:
        """What was measured."""
        table = Table(title="What it took")
        for heading in ("stage", "seconds", "what", "a second"):
            table.add_column(heading, justify="left" if heading == "stage" else "right")
        for stage in self.done:
            rate = f"{stage.count / stage.seconds:,.0f}" if stage.seconds > 0 else "–"
            table.add_row(stage.name, f"{stage.seconds:.1f}", f"{stage.count:,} {stage.unit}", rate)
        total = sum(stage.seconds for stage in self.done)
        table.add_row("all", f"{total:.1f}", "", "")
        return table
