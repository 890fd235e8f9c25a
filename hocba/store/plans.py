"""Signing plans, and how much of them is signed.

A plan is frozen when its transcript is made: its slots are read once and kept, the plans of some
thousand transcripts at a time.  Every signer of a class needs the same ones.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from hocba.domain.values import Slot, SlotKey
from hocba.store.models import SlotRow
from hocba.store.reads import sql
from hocba.store.transcript_rows import slot

KEPT = 4096
"""Plans in memory: a large school and a half, about 30 MB."""

_PLANS: dict[UUID, tuple[Slot, ...]] = {}

_COLUMNS = ("transcript_id", "key", "step", "person_id", "name", "identity", "title", "subjects")
_KEYS = {
    "sqlite": "SELECT transcript_id, group_concat(slot_key) AS keys FROM signature"
    " WHERE transcript_id IN (:ids...) GROUP BY transcript_id",
    "postgres": "SELECT transcript_id, string_agg(slot_key, ',') AS keys FROM signature"
    " WHERE transcript_id IN (:ids...) GROUP BY transcript_id",
}


async def slots(transcripts: Sequence[UUID]) -> Mapping[UUID, tuple[Slot, ...]]:
    """The plan of each of these transcripts.  One statement, or none."""
    unknown = [each for each in transcripts if each not in _PLANS]
    if unknown:
        _keep(await _read(unknown))
    return {each: _PLANS.get(each, ()) for each in transcripts}


async def signed(transcripts: Sequence[UUID]) -> Mapping[UUID, frozenset[SlotKey]]:
    """The slots of each that are filled.  One statement."""
    rows = await sql.select(_KEYS[sql.dialect()], ids=transcripts)
    found = {sql.id_(row["transcript_id"]): row["keys"].split(",") for row in rows}
    return {each: frozenset(SlotKey(key) for key in found.get(each, ())) for each in transcripts}


async def _read(transcripts: Sequence[UUID]) -> Mapping[UUID, list[Slot]]:
    rows = await SlotRow.filter(transcript_id__in=transcripts).order_by("position").values(*_COLUMNS)
    found: defaultdict[UUID, list[Slot]] = defaultdict(list)
    for row in rows:
        found[row["transcript_id"]].append(slot(row))
    return found


def _keep(found: Mapping[UUID, Sequence[Slot]]) -> None:
    if len(_PLANS) + len(found) > KEPT:
        _PLANS.clear()
    _PLANS.update({transcript: tuple(plan) for transcript, plan in found.items()})
