"""What has happened to a transcript, a pupil, or a class.  Past tense, immutable, append-only.

Every event is stored as ``(transcript, version)`` with its actor and time beside it, so no
event repeats them.  Folding the events with ``hocba.domain.transcript.evolve`` gives the
stored row again.
"""

from dataclasses import dataclass
from datetime import datetime

from hocba.domain.values import SlotKey, TranscriptId


@dataclass(frozen=True, slots=True)
class Created:
    """The transcript was made (D2).  Its history begins so, at version 0: it is not folded."""

    replaces: TranscriptId | None
    """The cancelled transcript whose place it takes."""


@dataclass(frozen=True, slots=True)
class SignatureAdded:
    """One slot was filled (D5, D6)."""

    slot: SlotKey
    certificate: str
    """SHA-256 of the certificate, hex."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The PDF carries the school's seal and is stored: the transcript is issued (D6)."""

    pdf_sha256: str
    xml_sha256: str


@dataclass(frozen=True, slots=True)
class CancelProposed:
    """Somebody found a mistake and handed the transcript back: *Trả lại* (D8)."""

    reason: str


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """No mistake was found: signing goes on where it stood (D9)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The transcript was cancelled: *Hủy*.  There is no way back (D9)."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The fully signed transcript was confirmed: *Xác nhận hoàn thành* (D10)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reopened:
    """The confirmation was undone before sending (D10)."""


Event = SignatureAdded | Sealed | CancelProposed | CancelRefused | Cancelled | Completed | Reopened
"""What changes a transcript."""


@dataclass(frozen=True, slots=True)
class StudentLeft:
    """A pupil was taken out of his class: wrongly entered, or moved away (B1)."""

    year: str
    left_on: str
    """ISO."""
    reason: str


@dataclass(frozen=True, slots=True)
class StudentRestored:
    """He is in it again (B1)."""

    year: str
    reason: str


@dataclass(frozen=True, slots=True)
class YearConfirmed:
    """A class's year end was confirmed (B5)."""


@dataclass(frozen=True, slots=True)
class YearReopened:
    """The confirmation of a class's year end was undone (B5)."""
