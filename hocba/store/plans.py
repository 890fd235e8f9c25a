"""Signing plans.

A plan is frozen when its transcript is made: its slots are read once and kept, the plans of some
thousand transcripts at a time.  Every signer of a class needs the same ones.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from hocba.domain.values import Slot
from hocba.store.models import SlotRow
from hocba.store.transcript_rows import slot

KEPT = 4096
"""Plans in memory: a large school and a half, about 30 MB."""

_PLANS: dict[UUID, tuple[Slot, ...]] = {}

_COLUMNS = ("transcript_id", "key", "step", "person_id", "name", "identity", "title", "subjects", "basis")


async def slots(transcripts: Sequence[UUID]) -> Mapping[UUID, tuple[Slot, ...]]:
    """The plan of each of these transcripts.  One statement, or none."""
    known = {each: _PLANS[each] for each in transcripts if each in _PLANS}
    unknown = [each for each in transcripts if each not in known]
    return known | await _read(unknown) if unknown else known


async def _read(transcripts: Sequence[UUID]) -> dict[UUID, tuple[Slot, ...]]:
    rows = await SlotRow.filter(transcript_id__in=transcripts).order_by("position").values(*_COLUMNS)
    found: defaultdict[UUID, list[Slot]] = defaultdict(list)
    for row in rows:
        found[row["transcript_id"]].append(slot(row))
    plans = {transcript: tuple(found[transcript]) for transcript in transcripts}
    if len(_PLANS) + len(plans) > KEPT:
        _PLANS.clear()
    _PLANS.update({transcript: plan for transcript, plan in plans.items() if plan})
    return plans
