"""The command line of the demo."""

import sys
from pathlib import Path

import click

from hocba.demo import run


@click.command("demo")
@click.option("--students", default=160, show_default=True, type=click.IntRange(1, 20_000))
@click.option("--classes", default=4, show_default=True, type=click.IntRange(1, 500))
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same school.")
@click.option("--folder", default="var/demo", show_default=True, type=click.Path(path_type=Path))
@click.option("--port", type=int, help="The server's port; a free one when left out.")
def main(*, students: int, classes: int, seed: int, folder: Path, port: int | None) -> None:
    """Play a school's year: import, create, sign, issue, confirm, export, verify."""
    if students < classes:
        raise click.UsageError("a class needs at least one pupil")
    try:
        code = run.run(students=students, classes=classes, seed=seed, folder=folder, port=port)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(code)
