"""What is printed on the transcripts of a year: *Cấu hình in học bạ* (7.4.5, B4).

It goes into the signed data when a transcript is made: those that are there keep what they have.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.transactions import in_transaction

from hocba.domain import entries
from hocba.domain.people import Actor
from hocba.domain.values import Role, SchoolYear
from hocba.store import histories, ids
from hocba.store.models import PrintConfigurationRow

MAX_PLACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintConfigured:
    """What is printed was set."""

    place: str
    written_on: str


async def set_print_configuration(
    actor: Actor, year: SchoolYear, *, place: str, written_on: date, now: datetime
) -> bool:
    """Set the place and the date that are printed; whether that changed anything.

    :raises Refusal: NOT_PERMITTED unless ADMIN or MANAGER; INVALID_VALUE, CHARACTER_NOT_ALLOWED.
    """
    actor.must_hold(Role.ADMIN, Role.MANAGER)
    entries.school_year(year)
    entries.day(written_on, field="printing.written_on")
    text = entries.text(place, field="printing.place", limit=MAX_PLACE)
    async with in_transaction():
        row = await PrintConfigurationRow.get_or_none(school_id=actor.school, year=year)
        if row is not None and (row.place, row.written_on) == (text, written_on):
            return False
        if row is None:
            row = PrintConfigurationRow(id=ids.new(), school_id=actor.school, year=year)
        row.place, row.written_on = text, written_on
        await row.save()
        event = PrintConfigured(place=text, written_on=written_on.isoformat())
        await histories.add("print_configuration", row.id, event, by=actor.id, at=now)
    return True
