"""The command line of the demo."""

import sys
from pathlib import Path

import click

from hocba.demo import run
from hocba.demo.school import make_school
from hocba.domain.values import GRADES, Level

_LEVELS = {level.value: (level,) for level in Level} | {"all": tuple(Level)}
_WITHOUT_ID = 1


@click.command("demo")
@click.option("--level", default="thcs", show_default=True, type=click.Choice(list(_LEVELS)), help="Cấp học.")
@click.option("--students", default=160, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--classes", type=click.IntRange(1, 500), help="One for each grade when left out.")
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same school.")
@click.option("--folder", default="var/demo", show_default=True, type=click.Path(path_type=Path))
@click.option("--port", type=int, help="The server's port; a free one when left out.")
def main(
    *, level: str, students: int, classes: int | None, seed: int, folder: Path, port: int | None
) -> None:
    """Play a school's year: import, create, sign, issue, confirm, export, verify.

    Each level has one pupil more than asked for, who has no personal id yet and so no transcript.
    """
    levels = _LEVELS[level]
    classes = classes or sum(len(GRADES[each]) for each in levels)
    if students < classes:
        raise click.UsageError("a class needs at least one pupil")
    if classes < len(levels):
        raise click.UsageError("a level needs at least one class")
    school = make_school(seed=seed, classes=classes, students=students, levels=levels, without_id=_WITHOUT_ID)
    try:
        code = run.run(school, folder=folder, port=port)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)
