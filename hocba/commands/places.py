"""Schools and the authorities above them, as an operator adds them from the shell."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from hocba.actions import bootstrap, organisations
from hocba.commands import do
from hocba.domain import entries
from hocba.domain.errors import Refusal
from hocba.domain.organisations import OrganisationKind
from hocba.domain.values import Level, Ownership
from hocba.store.reads import organisations as reads


@click.group()
def school() -> None:
    """Schools."""


_DAY = click.DateTime(["%Y-%m-%d"])
_LEVELS = click.Choice([level.value for level in Level])
_IDENTITY = "MST:<tax code>, as the school's certificate carries it."
_FACTS = {
    "--department-code": "Mã Sở GDĐT.",
    "--department": "Sở GDĐT.",
    "--commune": "Xã/Phường/Đặc khu.",
    "--province": "Tỉnh/Thành phố.",
}


def _identity(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """An organisation id, or exit 2 with how one is written."""
    try:
        return entries.organisation_id(given) if given else None
    except Refusal:
        raise click.BadParameter("MST: and the tax code, like MST:0123456789 or MST:0123456789-001") from None


def _facts(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what else is known of a school; a transcript needs all of them."""
    for name, told in reversed(_FACTS.items()):
        command = click.option(name, help=told)(command)
    kinds = click.Choice([each.value for each in Ownership])
    told = "Công lập, ngoài công lập; public at first."
    return click.option("--ownership", type=kinds, help=told)(command)


@school.command("add")
@click.option("--code", required=True, help="Mã trường.")
@click.option("--name", required=True, help="Tên trường.")
@click.option(
    "--level", "levels", required=True, multiple=True, type=_LEVELS,
    help="Cấp học; once for each, when the school has several.",
)  # fmt: skip
@click.option("--identity", required=True, callback=_identity, help=_IDENTITY)
@_facts
def school_add(levels: Sequence[str], **given: str | None) -> None:
    """Add a school."""
    known: dict[str, Any] = {name: text for name, text in given.items() if text is not None}
    new = bootstrap.NewSchool(levels=tuple({Level(level): None for level in levels}), **known)
    click.echo(do(bootstrap.add_school(new, now=datetime.now(UTC))))


@school.command("set")
@click.option("--code", required=True, help="Mã trường; it stays.")
@click.option("--name", help="Tên trường.")
@click.option("--level", "levels", multiple=True, type=_LEVELS, help="Cấp học that it has from now on too.")
@click.option("--identity", callback=_identity, help=_IDENTITY)
@click.option(
    "--since", type=_DAY,
    help="From which day it is so, today when left out: years before keep what held then.",
)  # fmt: skip
@_facts
def school_set(code: str, levels: Sequence[str], since: datetime | None, **given: str | None) -> None:
    """Change what is known of a school; what is not named stays, and so does what transcripts hold."""
    known = {name: text for name, text in given.items() if text is not None}
    more, day, now = list(map(Level, levels)), since.date() if since else None, datetime.now(UTC)
    click.echo(do(bootstrap.change_school(code, known, more, since=day, now=now)))


@click.group()
def organisation() -> None:
    """Authorities: Bộ, Sở, Phòng, UBND xã."""


@organisation.command("add")
@click.option("--code", required=True, help="Mã cơ quan.")
@click.option("--name", required=True, help="Tên cơ quan.")
@click.option("--kind", required=True, type=click.Choice([each.value for each in OrganisationKind]))
def organisation_add(code: str, name: str, kind: str) -> None:
    """Add an authority."""
    click.echo(do(organisations.add(code, name, OrganisationKind(kind), now=datetime.now(UTC))))


@organisation.command("list")
@click.option("--on", "day", type=_DAY, help="On this day; today when left out.")
def organisation_list(day: datetime | None) -> None:
    """Print each authority: code, kind, the code of the one above, how many schools right below, name."""
    for each in do(reads.everything((day or datetime.now(UTC)).date())):
        own = each.organisation
        click.echo(f"{own.code} {own.kind} {each.above or '-'} {each.schools} {own.name}")


@organisation.command("supervise")
@click.option("--parent", required=True, help="Code of the authority above.")
@click.option("--child", required=True, help="Code of the school or the authority right below it.")
@click.option("--from", "since", type=_DAY, help="First day; today when left out.")
@click.option("--to", "until", type=_DAY, help="First day on which it holds no longer.")
def organisation_supervise(parent: str, child: str, since: datetime | None, until: datetime | None) -> None:
    """Let an authority stand right above a school or another authority, from a day on or until one.

    Said again of the same two with --to, it ends on another day.
    """
    days = (since.date() if since else None, until.date() if until else None)
    do(organisations.supervise(parent, child, since=days[0], until=days[1], now=datetime.now(UTC)))
