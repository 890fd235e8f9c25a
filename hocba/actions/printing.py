"""What is printed on the transcripts of a year, and how: *Cấu hình in học bạ* (7.4.5, B4).

It goes into the signed data when a transcript is made: those that are there keep what they have.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.transactions import in_transaction

from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.domain.record import PROFILES
from hocba.domain.values import Level, Profile, SchoolYear
from hocba.store import histories, ids
from hocba.store.models import PrintConfigurationRow
from hocba.store.reads.school import school_levels

MAX_PLACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintConfigured:
    """What is printed was set."""

    place: str
    written_on: str
    primary_profile: str


async def set_print_configuration(
    actor: Actor,
    year: SchoolYear,
    *,
    place: str,
    written_on: date,
    primary_profile: Profile | None = None,
    now: datetime,
) -> bool:
    """Set what is printed on the transcripts of a year; whether that changed anything.

    :param primary_profile: how primary transcripts are written; left out, it stays as it is.
    :raises Refusal: NOT_PERMITTED; INVALID_VALUE, CHARACTER_NOT_ALLOWED.
        A school without primary classes has no profile to choose.
    """
    actor.must(Permission.PRINTING_SET)
    entries.school_year(year)
    entries.day(written_on, field="printing.written_on")
    text = entries.text(place, field="printing.place", limit=MAX_PLACE)
    if primary_profile and Level.TH not in await school_levels(actor.school):
        raise Refusal(Code.INVALID_VALUE, field="printing.primary_profile")
    async with in_transaction():
        row = await PrintConfigurationRow.get_or_none(school_id=actor.school, year=year)
        kept = row.primary_profile if row else ""
        chosen = kept if primary_profile is None else _stored(primary_profile)
        if row is not None and (row.place, row.written_on, kept) == (text, written_on, chosen):
            return False
        if row is None:
            row = PrintConfigurationRow(id=ids.new(), school_id=actor.school, year=year)
        row.place, row.written_on, row.primary_profile = text, written_on, chosen
        await row.save()
        event = PrintConfigured(place=text, written_on=written_on.isoformat(), primary_profile=chosen)
        await histories.add("print_configuration", row.id, event, by=actor.id, school=actor.school, at=now)
    return True


def _stored(profile: Profile) -> str:
    """The usual one is kept as nothing, as the workbook keeps it."""
    return "" if profile is PROFILES[Level.TH] else profile.value
