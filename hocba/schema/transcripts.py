"""Reading transcripts: lists, one with everything, what waits for me (D3, D5-D7, D10)."""

from collections.abc import Sequence

import strawberry

from hocba import words
from hocba.actions import links, reading
from hocba.domain import transcript as domain
from hocba.domain.access import AccessKind
from hocba.domain.errors import Refusal as DomainRefusal
from hocba.domain.people import Actor
from hocba.domain.transcript import Transcript as Facts
from hocba.domain.values import ClassId, PersonId, Role, Slot, SlotKey, Status, Step, TranscriptId
from hocba.schema.context import Info, actor_of, now_of
from hocba.schema.docs import describe
from hocba.schema.enums import FileKind, TranscriptOrder
from hocba.schema.events import history
from hocba.schema.ids import local_id
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.schema.selection import asked
from hocba.schema.transcript_types import CanSign, Transcript, TranscriptFile, TranscriptFilter
from hocba.store.reads import events as event_reads
from hocba.store.reads import transcripts as reads
from hocba.store.reads.pages import Page

NEED_SLOTS = ("slots", "signatures", "canSign", "blockers", "nextActors")


@describe
@strawberry.type
class TranscriptQueries:
    """Reading transcripts."""

    @strawberry.field
    async def transcripts(
        self,
        info: Info,
        *,
        filter: TranscriptFilter | None = None,
        order_by: TranscriptOrder = TranscriptOrder.NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Transcript]:
        """The transcripts that one may read."""
        found = await reads.transcripts(
            actor_of(info),
            (filter or TranscriptFilter()).read(info),
            page_of(info, first, after, last, before),
            order=reads.NEWEST if order_by is TranscriptOrder.NEWEST else reads.BY_NAME,
            slots=_needs_slots(info, "edges.node."),
        )
        shown = await shaped(info, found.rows, "edges.node.")
        return connection(found.of(shown), lambda row: row)

    @strawberry.field
    async def transcript(
        self, info: Info, id: strawberry.ID | None = None, lookup_code: str | None = None
    ) -> Transcript | None:
        """One transcript, by its id or its look-up code.

        :param lookup_code: Mã tra cứu.
        """
        wanted = TranscriptFilter(lookup_code=lookup_code).read(info)
        if id is not None or lookup_code is None:
            wanted = reads.TranscriptFilter(ids=[local_id("Transcript", id or "")])
        found = await reads.transcripts(actor_of(info), wanted, Page(size=1), slots=_needs_slots(info, ""))
        shown = await shaped(info, found.rows, "")
        return await _with_documents(info, shown[0], found.rows[0]) if shown else None

    @strawberry.field
    async def signable(
        self,
        info: Info,
        *,
        step: Step,
        filter: TranscriptFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Transcript]:
        """What waits for the signature of whoever asks, by name.

        :param step: At which step.
        """
        found = await reads.signable(
            actor_of(info),
            step,
            (filter or TranscriptFilter()).read(info),
            page_of(info, first, after, last, before),
            slots=_needs_slots(info, "edges.node."),
        )
        shown = await shaped(info, found.rows, "edges.node.")
        return connection(found.of(shown), lambda row: row)


async def shaped(info: Info, rows: Sequence[reads.Transcript], prefix: str) -> list[Transcript]:
    """Transcripts with what was asked for about them, fetched for all at once."""
    wanted, language = asked(info), info.context.language
    shown = [Transcript.of(row, language) for row in rows]
    if f"{prefix}events" in wanted:
        histories = await event_reads.histories([row.id for row in rows])
        for transcript, row in zip(shown, rows, strict=True):
            transcript.events = history(histories.get(row.id, ()), language)
    if f"{prefix}files" in wanted:
        hashes = await reads.pdf_hashes([row.id for row in rows])
        for transcript, row in zip(shown, rows, strict=True):
            transcript.files = files(info, row, hashes.get(row.id))
    if any(f"{prefix}{name}" in wanted for name in ("canSign", "blockers", "nextActors")):
        for transcript, row in zip(shown, rows, strict=True):
            _say_who_moves(transcript, row, actor_of(info), language)
    return shown


def files(info: Info, row: reads.Transcript, pdf_sha256: str | None) -> list[TranscriptFile]:
    """What can be downloaded of a transcript: by those who need nothing personal, a page without it."""
    if row.status in domain.WITHHELD:
        return []
    actor, hashes = actor_of(info), {FileKind.XML: row.xml_sha256, FileKind.PDF: pdf_sha256}
    kinds = {FileKind.HTML: "masked"}
    if reading.may_see_all(actor, row.class_id):
        shown = [FileKind.XML, FileKind.HTML, *([FileKind.PDF] if pdf_sha256 else [])]
        kinds = {kind: kind.value for kind in shown}

    def url(kind: str) -> str:
        link = links.Link(kind=kind, id=row.id.hex, person=actor.id)
        return links.make(info.context.house, link, now=now_of(info))

    return [TranscriptFile(kind=kind, url=url(link), sha256=hashes.get(kind)) for kind, link in kinds.items()]


async def _with_documents(info: Info, shown: Transcript, row: reads.Transcript) -> Transcript:
    wanted = asked(info)
    if not wanted.isdisjoint({"content", "html"}):
        info.context.shows(AccessKind.TRANSCRIPT, [row.id])
    whole = reading.may_see_all(actor_of(info), row.class_id)
    if "content" in wanted and whole:
        shown.content = await reading.content(row.id)
    if "html" in wanted:
        shown.html = await reading.html(row.id, masked=not whole)
    return shown


def _needs_slots(info: Info, prefix: str) -> bool:
    wanted = asked(info)
    return any(prefix + name in wanted for name in NEED_SLOTS)


def _say_who_moves(shown: Transcript, row: reads.Transcript, actor: Actor, language: words.Lang) -> None:
    facts = _facts(row, actor)
    shown.can_sign = _can_sign(facts, actor, language)
    if facts.status is Status.AWAITING_SIGNATURES and facts.open_step:
        waiting = [slot for slot in facts.missing if slot.step is facts.open_step]
        shown.next_actors = [slot.name for slot in waiting if slot.signer] or [
            words.label(Role.ISSUER, language)
        ]
        step = words.label(facts.open_step, language)
        shown.blockers = [f"{step}: {name}" for name in shown.next_actors]
    elif waits := words.waits(facts.status, language):
        shown.next_actors = [words.label(Role.ADMIN, language)]
        shown.blockers = [waits]


def _can_sign(facts: Facts, actor: Actor, language: words.Lang) -> CanSign:
    step = facts.open_step or Step.ISSUE
    try:
        domain.own_slot(facts, actor, step)
    except DomainRefusal as refusal:
        return CanSign(ok=False, step=facts.open_step, refusal=Refusal.of(refusal, language))
    return CanSign(ok=True, step=step, refusal=None)


def _facts(row: reads.Transcript, actor: Actor) -> Facts:
    """The rules' own view of a row that has its slots."""
    return Facts(
        id=TranscriptId(row.id),
        school=actor.school,
        class_=ClassId(row.class_id),
        version=row.version,
        slots=tuple(
            Slot(
                key=SlotKey(slot.key),
                step=slot.step,
                signer=PersonId(slot.person_id) if slot.person_id else None,
                name=slot.name,
                identity="",
            )
            for slot in row.slots
        ),
        signed=frozenset(SlotKey(slot.key) for slot in row.slots if slot.signature),
        sealed=row.sealed,
        proposed_by=PersonId(row.proposed_by) if row.proposed_by else None,
        completed=row.completed_at is not None,
        cancelled=row.status is Status.CANCELLED,
    )
