"""Whatever people do, in whatever order, these things stay true of a transcript."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hocba.domain.errors import Code, Refusal
from hocba.domain.events import Cancelled, Event, SignatureAdded
from hocba.domain.people import Actor
from hocba.domain.transcript import (
    Transcript,
    approve_cancel,
    complete,
    evolve,
    propose_cancel,
    refuse_cancel,
    reopen,
    seal,
    sign,
)
from hocba.domain.values import PersonId, Status, Step
from tests.domain import facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HASH = "0" * 64
Move = Callable[[Transcript, Actor], Event]

ACTIONS: dict[str, Move] = {
    "sign as subject teacher": partial(sign, step=Step.SUBJECT_TEACHERS, certificate=HASH),
    "sign as homeroom teacher": partial(sign, step=Step.HOMEROOM_TEACHER, certificate=HASH),
    "sign as leader": partial(sign, step=Step.LEADER, certificate=HASH),
    "sign for the school": partial(sign, step=Step.ISSUE, certificate=HASH),
    "seal": partial(seal, pdf_sha256=HASH, xml_sha256=HASH),
    "propose": partial(propose_cancel, reason="Sai điểm Toán"),
    "refuse": partial(refuse_cancel, reason="Không sai"),
    "approve": approve_cancel,
    "complete": partial(complete, at=NOW),
    "reopen": reopen,
}

REACHED = ("gvbm", "gvcn", "cbql", "issue", "seal", "signed", "completed", "returned", "cancelled")
"""Where a transcript can be: the open step while signing, else its status."""

FIRST = facts.transcript()

SIGNERS = {
    "gvbm-1": facts.MATHS,
    "gvbm-2": facts.MUSIC,
    "gvcn": facts.HOMEROOM,
    "cbql": facts.LEADER,
    "ky-phat-hanh": facts.ISSUER,
}


def place(transcript: Transcript) -> str:
    if transcript.status is not Status.AWAITING_SIGNATURES:
        return transcript.status.value
    if not transcript.missing:
        return "seal"
    return {
        Step.SUBJECT_TEACHERS: "gvbm",
        Step.HOMEROOM_TEACHER: "gvcn",
        Step.LEADER: "cbql",
        Step.ISSUE: "issue",
    }[transcript.missing[0].step]


def refusal_of(move: Move, transcript: Transcript, who: Actor) -> Code | None:
    try:
        move(transcript, who)
    except Refusal as refusal:
        return refusal.code
    return None


class Life(RuleBasedStateMachine):
    """Anybody tries anything; ``advance`` and ``press_on`` see to it that lives become long."""

    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    judged: ClassVar[set[Transcript]] = set()
    possible: ClassVar[set[tuple[str, str]]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.first = self.now = FIRST
        self.events: list[tuple[PersonId, Event]] = []

    def attempt(self, name: str, who: Actor) -> None:
        before = self.now
        try:
            event = ACTIONS[name](before, who)
        except Refusal:
            assert self.now is before
            return
        self.now = evolve(before, event, by=who.id)
        self.events.append((who.id, event))
        self.judge(before, event, who)

    def judge(self, before: Transcript, event: Event, who: Actor) -> None:
        assert self.now.version == before.version + 1
        assert before.status is not Status.CANCELLED, "a cancelled transcript moved"
        if isinstance(event, SignatureAdded):
            assert event.slot not in before.signed, "a slot was filled twice"
            assert before.slot(event.slot).signer in {who.id, None}, "somebody signed for another"
        if isinstance(event, Cancelled):
            assert before.proposed_by not in {None, who.id}, "somebody approved his own proposal"

    @rule(name=st.sampled_from(sorted(ACTIONS)), who=st.sampled_from(facts.EVERYBODY))
    def anybody_tries_anything(self, name: str, who: Actor) -> None:
        self.attempt(name, who)

    @precondition(lambda self: self.now.status is Status.AWAITING_SIGNATURES)
    @rule(steps=st.sampled_from([1, 1, 2, 3, 4, 6]))
    def advance(self, steps: int) -> None:
        for _ in range(steps):
            if self.now.status is Status.AWAITING_SIGNATURES:
                self.next_signature()

    def next_signature(self) -> None:
        if not self.now.missing:
            self.attempt("seal", facts.ISSUER)
            return
        slot = self.now.missing[0]
        names = dict(zip(Step, list(ACTIONS)[:4], strict=True))
        self.attempt(names[slot.step], SIGNERS[slot.key])

    @precondition(lambda self: self.now.status is Status.SIGNED)
    @rule()
    def press_on_to_completion(self) -> None:
        self.attempt("complete", facts.ADMIN)

    @precondition(lambda self: self.now.status in {Status.AWAITING_SIGNATURES, Status.SIGNED})
    @rule(who=st.sampled_from([facts.MATHS, facts.LEADER, facts.ADMIN]))
    def somebody_finds_a_mistake(self, who: Actor) -> None:
        self.attempt("propose", who)

    @precondition(lambda self: self.now.status is Status.RETURNED)
    @rule(name=st.sampled_from(["refuse", "approve"]))
    def the_proposal_is_decided(self, name: str) -> None:
        self.attempt(name, facts.OTHER_ADMIN)

    @invariant()
    def every_action_has_one_answer_for_everybody(self) -> None:
        """Try all of it, here: whoever may move a transcript, only the moves listed below are there."""
        before = self.now
        if replace(before, version=0) in Life.judged:  # the rules never look at the version
            return
        Life.judged.add(replace(before, version=0))
        for name, move in ACTIONS.items():
            for who in facts.EVERYBODY:
                Life.seen[place(before), name] += 1
                answer = refusal_of(move, before, who)
                if answer is None:
                    Life.possible.add((place(before), name))
                assert answer in EXPECTED or (place(before), name) in ALLOWED
        assert self.now is before

    @invariant()
    def later_steps_wait_for_earlier_ones(self) -> None:
        order = list(Step)
        missing = [order.index(slot.step) for slot in self.now.missing]
        signed = [order.index(self.now.slot(key).step) for key in self.now.signed]
        assert not missing or not signed or max(signed) <= min(missing)

    @invariant()
    def completed_means_fully_signed_and_sealed(self) -> None:
        if self.now.completed or self.now.status is Status.SIGNED:
            assert not self.now.missing
            assert self.now.sealed

    @invariant()
    def sealed_means_fully_signed(self) -> None:
        assert not self.now.sealed or not self.now.missing

    @invariant()
    def one_signature_per_slot(self) -> None:
        filled = [event.slot for _, event in self.events if isinstance(event, SignatureAdded)]
        assert sorted(filled) == sorted(self.now.signed)

    @invariant()
    def folding_the_events_gives_the_facts_again(self) -> None:
        folded = self.first
        for by, event in self.events:
            folded = evolve(folded, event, by=by)
        assert folded == self.now
        assert self.now.version == len(self.events)


def test_a_transcript_keeps_its_promises_and_every_action_is_tried_everywhere():
    Life.seen.clear()
    Life.judged.clear()
    Life.possible.clear()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=120,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

    empty = [(where, name) for where in REACHED for name in ACTIONS if not Life.seen[where, name]]
    assert empty == []
    assert Life.possible == ALLOWED


SIGNING = ("gvbm", "gvcn", "cbql", "issue", "seal")
ALLOWED = {
    ("gvbm", "sign as subject teacher"),
    ("gvcn", "sign as homeroom teacher"),
    ("cbql", "sign as leader"),
    ("issue", "sign for the school"),
    ("seal", "seal"),
    *((where, "propose") for where in (*SIGNING, "signed")),
    ("returned", "refuse"),
    ("returned", "approve"),
    ("signed", "complete"),
    ("completed", "reopen"),
}
"""Every move there is, by where it begins: no more and no fewer."""

EXPECTED = {
    Code.NOT_FOUND,
    Code.NOT_PERMITTED,
    Code.NOT_YOUR_OWN,
    Code.NOT_YOUR_TURN,
    Code.NOT_A_SIGNER,
    Code.ALREADY_SIGNED,
    Code.WRONG_STATUS,
    Code.NOT_FULLY_SIGNED,
}
