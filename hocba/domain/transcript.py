"""A transcript's life: facts, the status they add up to, and the moves they permit.

Each move reads the facts and either returns the one event it causes or raises a
``Refusal``.  ``evolve`` is the only way a transcript changes::

    event = sign(transcript, actor, Step.LEADER, certificate=…)
    transcript = evolve(transcript, event)

The order of signing is the order of ``Step``: a step opens when every slot of the steps
before it is filled; within a step signers go in any order.  ISSUE has two halves, the
school's signature on the XML and the seal on the PDF that shows it: only with both is the
transcript SIGNED.

::

    AWAITING_SIGNATURES ── last signature and seal ──> SIGNED ── complete ──> COMPLETED
         │    ^                                         │  ^                      │
      propose │ refuse                               propose└────── reopen ───────┘
         v    │                                         │
        RETURNED  <─────────────────────────────────────┘
         │
      approve ──> CANCELLED

"Refuse the cancellation, signing goes on where it stood" remembers no earlier state: what
is signed says where it stood.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from hocba.domain import entries
from hocba.domain.errors import Code, Refusal
from hocba.domain.events import (
    Cancelled,
    CancelProposed,
    CancelRefused,
    Completed,
    Event,
    Reopened,
    Sealed,
    SignatureAdded,
)
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission, Scope
from hocba.domain.values import (
    ClassId,
    PersonId,
    SchoolId,
    Slot,
    SlotKey,
    Status,
    Step,
    TranscriptId,
)

WITHHELD = frozenset({Status.RETURNED, Status.CANCELLED})
"""The states in which no file of a transcript goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Everything the rules need to know about one transcript.

    :ivar version: how many events it has had; the next event is ``version + 1``.
    :ivar slots: the signing plan, in the order of the steps.
    :ivar proposed_by: who proposed to cancel it, while it is RETURNED.
    """

    id: TranscriptId
    school: SchoolId
    class_: ClassId
    version: int
    slots: tuple[Slot, ...]
    signed: frozenset[SlotKey] = frozenset()
    sealed: bool = False
    proposed_by: PersonId | None = None
    completed: bool = False
    cancelled: bool = False

    @property
    def missing(self) -> tuple[Slot, ...]:
        """Slots nobody has filled yet, in the order of the plan."""
        return tuple(slot for slot in self.slots if slot.key not in self.signed)

    @property
    def open_step(self) -> Step | None:
        """The earliest step with something missing; ISSUE until the seal is stored."""
        for slot in self.slots:
            if slot.key not in self.signed:
                return slot.step
        return None if self.sealed else Step.ISSUE

    @property
    def status(self) -> Status:
        """Derived, never set.  The stored column is a copy for queries."""
        if self.cancelled:
            return Status.CANCELLED
        if self.proposed_by is not None:
            return Status.RETURNED
        if self.completed:
            return Status.COMPLETED
        return Status.SIGNED if self.open_step is None else Status.AWAITING_SIGNATURES

    def slot(self, key: SlotKey) -> Slot:
        """The slot called ``key``.

        :raises KeyError: when the plan has none.
        """
        for slot in self.slots:
            if slot.key == key:
                return slot
        raise KeyError(key)


def may_see(transcript: Transcript, actor: Actor) -> bool:
    """Whether ``actor`` may read it: his classes, and for an ISSUER what all others have signed."""
    if actor.may_in(Permission.TRANSCRIPT_VIEW, transcript.school, transcript.class_):
        return True
    if transcript.school != actor.school:
        return False
    if actor.may(Permission.TRANSCRIPT_SIGN) and any(slot.signer == actor.id for slot in transcript.slots):
        return True
    others = all(slot.step is Step.ISSUE for slot in transcript.missing)
    return Scope.SIGNED in actor.scopes(Permission.TRANSCRIPT_VIEW) and others


def must_see(transcript: Transcript, actor: Actor) -> None:
    """:raises Refusal: NOT_FOUND: what one may not see is not found."""
    if not may_see(transcript, actor):
        raise Refusal(Code.NOT_FOUND)


def own_slot(transcript: Transcript, actor: Actor, step: Step) -> Slot:
    """The slot that ``actor`` may fill at ``step``, and fill now.

    :raises Refusal: NOT_A_SIGNER, NOT_PERMITTED, ALREADY_SIGNED, NOT_YOUR_TURN, WRONG_STATUS.
    """
    must_see(transcript, actor)
    actor.must(Permission.TRANSCRIPT_ISSUE if step is Step.ISSUE else Permission.TRANSCRIPT_SIGN)
    slot = next((s for s in transcript.slots if s.step is step and s.signer in (actor.id, None)), None)
    if slot is None:
        raise Refusal(Code.NOT_A_SIGNER, step=step.value)
    status = transcript.status
    if status is Status.SIGNED or (slot.key in transcript.signed and step is not Step.ISSUE):
        raise Refusal(Code.ALREADY_SIGNED, step=step.value)
    if status is not Status.AWAITING_SIGNATURES:
        raise Refusal(Code.WRONG_STATUS, status=status)
    if step is not (opened := transcript.open_step):
        raise Refusal(Code.NOT_YOUR_TURN, open_step=opened)
    return slot


def sign(transcript: Transcript, actor: Actor, step: Step, *, certificate: str) -> SignatureAdded:
    """Fill the actor's slot at ``step`` (D5, D6).

    :param certificate: SHA-256 of the certificate that signed, hex.
    :raises Refusal: as ``own_slot``; ALREADY_SIGNED too when only the seal is missing.
    """
    slot = own_slot(transcript, actor, step)
    if slot.key in transcript.signed:
        raise Refusal(Code.ALREADY_SIGNED, step=step.value)
    return SignatureAdded(slot.key, certificate)


def seal(transcript: Transcript, actor: Actor, *, pdf_sha256: str, xml_sha256: str) -> Sealed:
    """Store the sealed PDF: the second half of ISSUE.

    :raises Refusal: NOT_FULLY_SIGNED before the school's signature, ALREADY_SIGNED after the seal.
    """
    own_slot(transcript, actor, Step.ISSUE)
    if transcript.missing:
        raise Refusal(Code.NOT_FULLY_SIGNED, missing=len(transcript.missing))
    return Sealed(pdf_sha256, xml_sha256)


def propose_cancel(transcript: Transcript, actor: Actor, reason: str) -> CancelProposed:
    """Hand the transcript back because something on it is wrong (D8).

    Every signer of it may, an ISSUER for what he may see, and ADMIN.

    :raises Refusal: NOT_PERMITTED, WRONG_STATUS, and as ``entries.reason``.
    """
    must_see(transcript, actor)
    signs = any(slot.signer == actor.id for slot in transcript.slots)
    if not signs and actor.scopes(Permission.CANCELLATION_PROPOSE) <= {Scope.OWN}:
        raise Refusal(Code.NOT_PERMITTED, needs=Permission.CANCELLATION_PROPOSE.value)
    _must_be(transcript, Status.AWAITING_SIGNATURES, Status.SIGNED)
    return CancelProposed(entries.reason(reason))


def refuse_cancel(transcript: Transcript, actor: Actor, reason: str = "") -> CancelRefused:
    """Find no mistake: signing goes on where it stood (D9).  A reason may be given.

    :raises Refusal: NOT_PERMITTED, WRONG_STATUS, and as ``entries.reason``.
    """
    must_see(transcript, actor)
    actor.must(Permission.CANCELLATION_DECIDE)
    _must_be(transcript, Status.RETURNED)
    return CancelRefused(entries.reason(reason, required=False))


def approve_cancel(transcript: Transcript, actor: Actor) -> Cancelled:
    """Agree with the proposal.  Final (D9).  Nobody approves his own proposal.

    :raises Refusal: NOT_PERMITTED, NOT_YOUR_OWN, WRONG_STATUS.
    """
    must_see(transcript, actor)
    actor.must(Permission.CANCELLATION_DECIDE)
    _must_be(transcript, Status.RETURNED)
    if transcript.proposed_by == actor.id:
        raise Refusal(Code.NOT_YOUR_OWN)
    return Cancelled()


def complete(transcript: Transcript, actor: Actor, *, at: datetime) -> Completed:
    """Confirm a fully signed transcript (D10).

    :raises Refusal: NOT_PERMITTED, NOT_FULLY_SIGNED, WRONG_STATUS.
    """
    must_see(transcript, actor)
    actor.must(Permission.TRANSCRIPT_COMPLETE)
    if transcript.status is Status.AWAITING_SIGNATURES:
        raise Refusal(Code.NOT_FULLY_SIGNED, missing=len(transcript.missing))
    _must_be(transcript, Status.SIGNED)
    return Completed(at)


def reopen(transcript: Transcript, actor: Actor) -> Reopened:
    """Undo the confirmation before sending (D10).  :raises Refusal: NOT_PERMITTED, WRONG_STATUS."""
    must_see(transcript, actor)
    actor.must(Permission.TRANSCRIPT_COMPLETE)
    _must_be(transcript, Status.COMPLETED)
    return Reopened()


def evolve(transcript: Transcript, event: Event, *, by: PersonId) -> Transcript:
    """The transcript after ``event``, which ``by`` caused."""
    changed: dict[str, Any]
    match event:
        case SignatureAdded(slot=slot):
            changed = {"signed": transcript.signed | {slot}}
        case Sealed():
            changed = {"sealed": True}
        case CancelProposed():
            changed = {"proposed_by": by}
        case CancelRefused():
            changed = {"proposed_by": None}
        case Cancelled():
            changed = {"cancelled": True}
        case Completed():
            changed = {"completed": True}
        case Reopened():
            changed = {"completed": False}
        case _:
            assert_never(event)
    return replace(transcript, version=transcript.version + 1, **changed)


def _must_be(transcript: Transcript, *allowed: Status) -> None:
    if transcript.status not in allowed:
        raise Refusal(Code.WRONG_STATUS, status=transcript.status)
