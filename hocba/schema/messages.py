"""Reminding whoever is waited for, and what became of messages (D14)."""

from datetime import datetime
from typing import Self

import strawberry

from hocba import words
from hocba.actions import reminding
from hocba.actions.outcomes import Outcome, Result
from hocba.domain import errors
from hocba.domain.messages import DeliveryState, MessageKind
from hocba.domain.permissions import Permission
from hocba.domain.values import Step
from hocba.schema.context import Info, actor_of
from hocba.schema.docs import describe, describe_enum
from hocba.schema.ids import global_id, local_ids
from hocba.schema.pages import Connection, connection, page_of
from hocba.schema.refusals import Refusal
from hocba.store.reads import deliveries as reads
from hocba.words.events import RECORDS, record_label

for _enum, _text in (
    (DeliveryState, "Where a message to one endpoint is."),
    (MessageKind, "What an endpoint is told."),
):
    describe_enum(_enum, _text, {each: f"{RECORDS[each][0]} ({RECORDS[each][1]})" for each in _enum})


@describe
@strawberry.type
class WebhookDelivery:
    """A message to one endpoint of the operator's.

    :ivar endpoint: What the operator calls the endpoint.
    :ivar kind: What is told.
    :ivar kind_label: What users call that.
    :ivar state: Where the message is.
    :ivar state_label: What users call that.
    :ivar attempts: How often it was tried.
    :ivar next_at: When it is tried next; null when it is not.
    :ivar answer: The status that came back last, or why there was none.
    :ivar created_at: When it was written down.
    :ivar delivered_at: When it was taken.
    """

    id: strawberry.ID
    endpoint: str
    kind: MessageKind
    kind_label: str
    state: DeliveryState
    state_label: str
    attempts: int
    next_at: datetime | None
    answer: str | None
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, row: reads.Delivery, language: words.Lang) -> Self:
        """From its row."""
        kind = MessageKind(row.kind)
        return cls(
            id=global_id("WebhookDelivery", row.id),
            endpoint=row.endpoint,
            kind=kind,
            kind_label=record_label(kind, language),
            state=row.state,
            state_label=record_label(row.state, language),
            attempts=row.attempts,
            next_at=row.next_at,
            answer=row.answer or None,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
        )


@describe
@strawberry.input
class WebhookDeliveryFilter:
    """Which messages are wanted.

    :ivar state: Only with one of these.
    :ivar kind: Only of one of these.
    :ivar endpoint: Only to this endpoint.
    """

    state: list[DeliveryState] | None = None
    kind: list[MessageKind] | None = None
    endpoint: str | None = None

    def read(self) -> reads.DeliveryFilter:
        """The filter of the store."""
        return reads.DeliveryFilter(
            states=tuple(self.state or ()), kinds=tuple(self.kind or ()), endpoint=self.endpoint or ""
        )


@describe
@strawberry.input
class RemindInput:
    """Whom to remind.

    :ivar class_ids: The classes whose transcripts wait, at most 500.
    :ivar step: Only those who are waited for at this step.
    :ivar person_ids: Only these people.
    """

    class_ids: list[strawberry.ID]
    step: Step | None = None
    person_ids: list[strawberry.ID] | None = None


@describe
@strawberry.type
class RemindResult:
    """What became of one class.

    :ivar id: The class, as it was named.
    :ivar outcome: DONE when somebody was reminded of it now; UNCHANGED when nobody is waited for, or
        all were reminded of late.
    """

    id: strawberry.ID
    outcome: Outcome
    refusal: Refusal | None


@describe
@strawberry.type
class RemindedPerson:
    """What became of one person who is waited for.

    :ivar person_id: Who.
    :ivar outcome: DONE, or UNCHANGED when he was reminded within the last 12 hours.
    :ivar waiting: How many transcripts of those classes wait for him.
    """

    person_id: strawberry.ID
    outcome: Outcome
    waiting: int


@describe
@strawberry.type
class RemindPayload:
    """What came of reminding.

    :ivar people: One for each who is waited for in those classes.
    """

    refusal: Refusal | None
    results: list[RemindResult]
    people: list[RemindedPerson]


@describe
@strawberry.type
class MessageQueries:
    """What became of messages."""

    @strawberry.field
    async def webhook_deliveries(
        self,
        info: Info,
        *,
        filter: WebhookDeliveryFilter | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[WebhookDelivery]:
        """Messages about one's school to the operator's endpoints, newest first; ADMIN only."""
        actor = actor_of(info)
        actor.must(Permission.SYSTEM_VIEW)
        wanted, page = (filter or WebhookDeliveryFilter()).read(), page_of(info, first, after, last, before)
        found = await reads.deliveries(wanted, page, schools=[actor.school])
        return connection(found, lambda row: WebhookDelivery.of(row, info.context.language))


@describe
@strawberry.type
class MessageMutations:
    """Reminding."""

    @strawberry.mutation
    async def remind(self, info: Info, input: RemindInput) -> RemindPayload:
        """Remind those who are waited for, through the operator's endpoints; each once in 12 hours."""
        classes = local_ids("Class", input.class_ids)
        people = None if input.person_ids is None else set(local_ids("Person", input.person_ids))
        try:
            reminded = await reminding.remind(
                info.context.house, actor_of(info), classes, step=input.step, person_ids=people
            )
        except errors.Refusal as refusal:
            said = Refusal.of(refusal, info.context.language)
            return RemindPayload(refusal=said, results=[], people=[])
        return RemindPayload(
            refusal=None,
            results=[
                _result(info, shown, result)
                for shown, result in zip(input.class_ids, reminded.classes, strict=True)
            ],
            people=[
                RemindedPerson(
                    person_id=global_id("Person", result.id),
                    outcome=result.outcome,
                    waiting=reminded.awaited[result.id].waiting,
                )
                for result in reminded.people
            ],
        )


def _result(info: Info, id: strawberry.ID, result: Result) -> RemindResult:
    return RemindResult(
        id=id, outcome=result.outcome, refusal=Refusal.maybe(result.refusal, info.context.language)
    )
