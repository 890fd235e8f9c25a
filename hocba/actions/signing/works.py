"""Purpose of a request -> what signing is for it.  A new purpose is a new line here."""

from collections.abc import Mapping

from hocba.actions.signing.on_challenges import CHALLENGES
from hocba.actions.signing.on_transcripts import TRANSCRIPTS
from hocba.actions.signing.work import Work
from hocba.domain.signing import Purpose

WORKS: Mapping[Purpose, Work] = {Purpose.SLOT: TRANSCRIPTS, Purpose.CHALLENGE: CHALLENGES}


def work_of(purpose: str) -> Work:
    """The work of a request with this purpose."""
    return WORKS[Purpose(purpose)]
