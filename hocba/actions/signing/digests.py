"""The digests of the signed data, kept for a while.

The data of a transcript never changes, and every one of its dozen signers needs the same digests.
"""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from hocba.documents import signing as xml
from hocba.store import papers
from hocba.store.papers import Paper

KEPT = 4096
"""Transcripts whose digests are in memory, about 2 KB each."""

Digests = Mapping[str, str]

_DIGESTS: dict[UUID, Digests] = {}


async def of(transcripts: Sequence[UUID]) -> dict[UUID, Digests]:
    """The digests of these transcripts' data; those that are unknown are left out."""
    known = {each: _DIGESTS[each] for each in transcripts if each in _DIGESTS}
    unknown = [each for each in transcripts if each not in known]
    if not unknown:
        return known
    found = await asyncio.to_thread(_made, await papers.load(unknown))
    if len(_DIGESTS) + len(found) > KEPT:
        _DIGESTS.clear()
    _DIGESTS.update(found)
    return known | found


def _made(found: Mapping[UUID, Paper]) -> dict[UUID, Digests]:
    return {each: xml.digests(paper.data) for each, paper in found.items()}
