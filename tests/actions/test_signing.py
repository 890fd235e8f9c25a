"""Signing with a remote service: what is asked for, what is believed, what is written."""

import asyncio
from collections import Counter

import pytest

from hocba.actions import signing
from hocba.actions.outcomes import Outcome as Done
from hocba.documents.sealed import open_sealed
from hocba.documents.verify import verify_xml
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from hocba.domain.signing import RequestState
from hocba.domain.values import Status, Step
from hocba.plugin_api import ItemKind
from hocba.settings import Settings
from hocba.store import ids, papers
from hocba.store.models import (
    DocumentRow,
    EventRow,
    RoleGrantRow,
    SignatureRow,
    SigningAccountRow,
    SigningItemRow,
    SigningRequestRow,
    TranscriptRow,
)
from hocba.trust import Trust
from tests import build
from tests.actions import world as worlds
from tests.actions.requests import states
from tests.actions.world import SECRETS, World
from tests.pki import pki


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def written() -> tuple[int, int, int]:
    """Requests, items, signatures."""
    return (
        await SigningRequestRow.all().count(),
        await SigningItemRow.all().count(),
        await SignatureRow.all().count(),
    )


async def test_a_teacher_signs_a_class_with_one_order(world: World) -> None:
    teacher = world.school.teachers[1]

    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)
    await world.house.tasks.idle()

    assert [result.outcome for result in begun.results] == [Done.DONE] * 3
    assert {result.made for result in begun.results} == {begun.request_id}
    assert [result.id for result in begun.results] == world.transcripts
    assert len(world.phone.orders) == 1
    signatures = await SignatureRow.all()
    assert {row.transcript_id for row in signatures} == set(world.transcripts)
    assert {(row.slot_key, row.person_id) for row in signatures} == {("gvbm-2", teacher.id)}
    assert await EventRow.filter(kind="SignatureAdded").count() == 3
    assert await states(begun.request_id) == {("done", ""): 3}
    request = await SigningRequestRow.get(id=begun.request_id)
    assert (request.state, request.lease_owner, request.lease_until) == (RequestState.FINISHED, "", None)


async def test_what_is_done_keeps_no_bytes(world: World) -> None:
    await world.sign(world.school.teachers[0], Step.SUBJECT_TEACHERS)

    rows = await SigningItemRow.all()
    assert {(row.tbs, row.prepared, row.answer, row.active) for row in rows} == {(None, None, None, None)}


async def test_all_teachers_sign_at_once_and_each_slot_has_one_signature(world: World) -> None:
    await asyncio.gather(*(world.begin(teacher, Step.SUBJECT_TEACHERS) for teacher in world.school.teachers))
    await world.house.tasks.idle()

    pairs = await SignatureRow.all().values_list("transcript_id", "slot_key")
    assert Counter(pairs) == {
        (transcript, f"gvbm-{n}"): 1 for transcript in world.transcripts for n in range(1, 11)
    }
    versions = await TranscriptRow.all().values_list("version", "open_step")
    assert set(versions) == {(10, Step.HOMEROOM_TEACHER)}


async def test_from_the_first_teacher_to_the_seal(world: World) -> None:
    await world.sign_until(Step.ISSUE)
    request_id = await world.sign(world.school.issuer, Step.ISSUE)

    assert await states(request_id) == {("done", ""): 6}
    rows = await TranscriptRow.all()
    assert {(row.status, row.sealed, row.open_step) for row in rows} == {(Status.SIGNED, True, None)}
    documents = await DocumentRow.all()
    assert {row.transcript_id for row in documents} == set(world.transcripts)
    trust = Trust(roots=(pki().root.cert,), intermediates=(pki().intermediate.cert,))
    for row in documents:
        sealed = open_sealed(bytes(row.content))
        assert sealed.problems == ()
        assert sealed.certificate == world.school_holder.certificate
        verdict = verify_xml(sealed.xml, trust=trust)
        assert (verdict.outcome, verdict.reasons) == ("passed", ())
    signed = await EventRow.filter(kind="Sealed").values_list("data", flat=True)
    assert {each["pdf_sha256"] for each in signed} == {row.sha256 for row in documents}
    assert {each["xml_sha256"] for each in signed} == {row.xml_sha256 for row in rows}


async def test_the_school_signs_and_seals_chunk_by_chunk_in_one_login(db: None, settings: Settings) -> None:
    world = await worlds.make(settings, max_batch=2)
    await world.sign_until(Step.ISSUE)
    world.phone.orders.clear()

    await world.sign(world.school.issuer, Step.ISSUE)

    assert [[item.kind for item in order.items] for order in world.phone.orders] == [
        [ItemKind.XADES] * 2,
        [ItemKind.PADES] * 2,
        [ItemKind.XADES],
        [ItemKind.PADES],
    ]


async def test_a_second_begin_answers_with_the_first_request(world: World) -> None:
    teacher = world.school.teachers[0]
    first = await world.begin(teacher, Step.SUBJECT_TEACHERS)

    second = await world.begin(teacher, Step.SUBJECT_TEACHERS)
    await world.house.tasks.idle()

    assert second.request_id == first.request_id
    assert {(result.outcome, result.made) for result in second.results} == {
        (Done.UNCHANGED, first.request_id)
    }
    assert len(world.phone.orders) == 1
    assert await written() == (1, 3, 3)


async def test_two_begins_at_once_ask_the_phone_once(world: World) -> None:
    leader = world.school.teachers[3]
    begun = await asyncio.gather(*(world.begin(leader, Step.SUBJECT_TEACHERS) for _ in range(5)))
    await world.house.tasks.idle()

    assert len({each.request_id for each in begun}) == 1
    assert len(world.phone.orders) == 1
    assert await written() == (1, 3, 3)


async def test_the_same_idempotency_key_begins_nothing_twice(world: World) -> None:
    teacher = world.school.teachers[0]
    first = await world.begin(teacher, Step.SUBJECT_TEACHERS, idempotency_key="k1")
    await world.house.tasks.idle()

    second = await world.begin(teacher, Step.SUBJECT_TEACHERS, idempotency_key="k1")

    assert second.request_id == first.request_id
    assert {result.outcome for result in second.results} == {Done.UNCHANGED}
    assert await written() == (1, 3, 3)


async def test_what_is_signed_is_not_signed_again(world: World) -> None:
    teacher = world.school.teachers[0]
    await world.sign(teacher, Step.SUBJECT_TEACHERS)

    again = await world.begin(teacher, Step.SUBJECT_TEACHERS)

    assert again.request_id is None
    assert {result.refusal.code for result in again.results if result.refusal} == {Code.ALREADY_SIGNED}
    assert await written() == (1, 3, 3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "pending"}, Code.ACCOUNT_NOT_APPROVED),
        ({"state": "refused"}, Code.ACCOUNT_NOT_APPROVED),
        ({"state": "closed"}, Code.ACCOUNT_NOT_APPROVED),
        ({"year": "2024-2025"}, Code.ACCOUNT_NOT_APPROVED),
        ({"person_id": "another"}, Code.ACCOUNT_NOT_YOURS),
        ({"school_id": "another"}, Code.NOT_FOUND),
        ({"signer_key": "gone"}, Code.SIGNER_UNKNOWN),
    ],
)
async def test_an_account_that_does_not_count_begins_nothing(
    world: World, change: dict[str, object], code: Code
) -> None:
    teacher = world.school.teachers[0]
    row = SigningAccountRow.filter(id=world.accounts[teacher.id])
    await row.update(**{name: ids.new() if to == "another" else to for name, to in change.items()})

    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)

    assert begun.request_id is None
    assert [result.refusal.code for result in begun.results if result.refusal] == [code] * 3
    assert await written() == (0, 0, 0)


async def test_nobody_signs_as_himself_with_the_schools_account_nor_as_the_school_with_his_own(
    world: World,
) -> None:
    teacher, issuer = world.school.teachers[0], world.school.issuer
    await world.sign_until(Step.ISSUE)
    before = await written()
    assert world.school_account is not None

    as_himself = await signing.begin(
        world.house, teacher, world.transcripts, Step.SUBJECT_TEACHERS, world.school_account, SECRETS
    )
    as_the_school = await signing.begin(
        world.house, issuer, world.transcripts, Step.ISSUE, world.accounts[issuer.id], SECRETS
    )

    assert {r.refusal.code for r in as_himself.results if r.refusal} == {Code.ALREADY_SIGNED}
    assert {r.refusal.code for r in as_the_school.results if r.refusal} == {Code.ACCOUNT_WRONG_KIND}
    assert await written() == before


async def test_a_certificate_of_another_holder_begins_nothing(world: World) -> None:
    teacher, other = world.school.teachers[0], world.school.teachers[1]
    strange = await SigningAccountRow.get(id=world.accounts[other.id])
    await SigningAccountRow.filter(id=world.accounts[teacher.id]).update(
        certificate_id=strange.certificate_id
    )

    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)

    assert [r.refusal.code for r in begun.results if r.refusal] == [Code.CERTIFICATE_WRONG_IDENTITY] * 3
    assert await written() == (0, 0, 0)


async def test_an_expired_certificate_begins_nothing(world: World) -> None:
    world.clock.forward(days=3000)

    begun = await world.begin(world.school.teachers[0], Step.SUBJECT_TEACHERS)

    assert [r.refusal.code for r in begun.results if r.refusal] == [Code.CERTIFICATE_NOT_VALID] * 3
    assert await written() == (0, 0, 0)


async def test_a_missing_password_begins_nothing(world: World) -> None:
    teacher = world.school.teachers[0]

    begun = await signing.begin(
        world.house, teacher, world.transcripts, Step.SUBJECT_TEACHERS, world.accounts[teacher.id], {}
    )

    assert [(r.refusal.code, r.refusal.facts) for r in begun.results if r.refusal] == [
        (Code.SECRET_REQUIRED, {"fields": ["username", "password"]})
    ] * 3
    assert await written() == (0, 0, 0)


@pytest.mark.parametrize("who", ["admin", "leader", "homeroom", "issuer"])
async def test_whose_turn_it_is_not_begins_nothing(world: World, who: str) -> None:
    actor: Actor = getattr(world.school, who)
    step = {"homeroom": Step.HOMEROOM_TEACHER, "issuer": Step.ISSUE}.get(who, Step.LEADER)
    world.accounts.setdefault(actor.id, world.accounts[world.school.leader.id])
    codes = {
        "admin": Code.NOT_A_SIGNER,
        "leader": Code.NOT_YOUR_TURN,
        "homeroom": Code.NOT_YOUR_TURN,
        "issuer": Code.NOT_FOUND,
    }

    begun = await world.begin(actor, step)

    assert [r.refusal.code for r in begun.results if r.refusal] == [codes[who]] * 3
    assert await written() == (0, 0, 0)


async def test_ids_that_nobody_knows_are_answered_in_their_place(world: World) -> None:
    teacher, unknown = world.school.teachers[0], ids.new()
    asked = [world.transcripts[1], unknown, world.transcripts[0]]

    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS, asked)
    await world.house.tasks.idle()

    assert [result.id for result in begun.results] == asked
    assert [result.outcome for result in begun.results] == [Done.DONE, Done.REFUSED, Done.DONE]
    assert begun.results[1].refusal is not None
    assert begun.results[1].refusal.code is Code.NOT_FOUND
    assert await written() == (1, 2, 2)


async def test_another_school_sees_nothing(world: World, settings: Settings) -> None:
    stranger = await worlds.make(settings)

    begun = await world.begin(world.school.teachers[0], Step.SUBJECT_TEACHERS, stranger.transcripts)

    assert [r.refusal.code for r in begun.results if r.refusal] == [Code.NOT_FOUND] * 3
    assert await written() == (0, 0, 0)


async def test_the_signing_time_is_never_before_what_it_covers(world: World) -> None:
    for teacher in world.school.teachers:
        await world.sign(teacher, Step.SUBJECT_TEACHERS)
    latest = world.clock.now
    world.clock.forward(minutes=-10)

    await world.sign(world.school.homeroom, Step.HOMEROOM_TEACHER)

    own = await SignatureRow.filter(slot_key="gvcn")
    assert {row.signing_time for row in own} == {latest}


async def test_rights_that_were_withdrawn_meanwhile_add_no_signature(world: World) -> None:
    await world.sign_until(Step.ISSUE)
    before = await SignatureRow.all().count()

    async def withdrawn_meanwhile(phone: worlds.Phone, order: worlds.Order) -> worlds.Outcome:
        await RoleGrantRow.filter(person_id=world.school.issuer.id).update(valid_to=world.clock.now)
        return await worlds.says_yes(phone, order)

    world.phone.behave = withdrawn_meanwhile
    request_id = await world.sign(world.school.issuer, Step.ISSUE)

    # Without the right he does not even see what others have signed, but for his own slots.
    assert await states(request_id) == {("refused", "not_found"): 6}
    assert await SignatureRow.all().count() == before
    assert await DocumentRow.all().count() == 0


async def test_judges_that_disagree_issue_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.sign_until(Step.ISSUE)
    forged = await SignatureRow.get(transcript_id=world.transcripts[0], slot_key="gvbm-4")
    await SignatureRow.filter(id=forged.id).update(value=bytes(64))

    request_id = await world.sign(world.school.issuer, Step.ISSUE)

    assert await states(request_id) == {("done", ""): 5, ("refused", "judges_disagree"): 1}
    assert await DocumentRow.filter(transcript_id=world.transcripts[0]).count() == 0
    assert (await TranscriptRow.get(id=world.transcripts[0])).sealed is False
    assert [record.levelname for record in caplog.records if "judges" in record.message] == ["CRITICAL"]


async def test_what_the_school_signed_but_did_not_seal_gets_its_seal_alone(world: World) -> None:
    await world.sign_until(Step.ISSUE)

    async def only_xml(phone: worlds.Phone, order: worlds.Order) -> worlds.Outcome:
        if order.items[0].kind is ItemKind.PADES:
            raise worlds.SignerError("away")
        return await worlds.says_yes(phone, order)

    world.phone.behave = only_xml
    first = await world.sign(world.school.issuer, Step.ISSUE)
    assert await states(first) == {("done", ""): 3, ("refused", "signer_unavailable"): 3}
    world.phone.behave = worlds.says_yes
    world.phone.orders.clear()

    second = await world.sign(world.school.issuer, Step.ISSUE)

    assert await states(second) == {("done", ""): 3}
    assert [[item.kind for item in order.items] for order in world.phone.orders] == [[ItemKind.PADES] * 3]
    assert {row.status for row in await TranscriptRow.all()} == {Status.SIGNED}


async def test_the_seal_is_of_the_certificate_that_signed_though_a_successor_was_approved(
    world: World,
) -> None:
    await world.sign_until(Step.ISSUE)

    async def only_xml(phone: worlds.Phone, order: worlds.Order) -> worlds.Outcome:
        if order.items[0].kind is ItemKind.PADES:
            raise worlds.SignerError("away")
        return await worlds.says_yes(phone, order)

    world.phone.behave = only_xml
    issuer = world.school.issuer
    await world.begin(issuer, Step.ISSUE, world.transcripts[:2])
    await world.house.tasks.idle()
    world.phone.behave = worlds.says_yes
    world.clock.forward(seconds=1)
    old = SigningAccountRow.filter(id=world.school_account)
    await old.update(state="closed", closed_at=world.clock.now)

    begun = await world.begin(issuer, Step.ISSUE)
    await world.house.tasks.idle()

    assert [(each.outcome, each.refusal and each.refusal.code) for each in begun.results] == [
        (Done.DONE, None),
        (Done.DONE, None),
        (Done.REFUSED, Code.ACCOUNT_NOT_APPROVED),
    ]
    assert await states(begun.request_id) == {("done", ""): 2}
    sealed = {row.id for row in await TranscriptRow.filter(sealed=True)}
    assert sealed == set(world.transcripts[:2])


async def test_no_secret_is_in_any_row(world: World, settings: Settings) -> None:
    await world.sign(world.school.teachers[0], Step.SUBJECT_TEACHERS)

    secret = SECRETS[worlds.SecretName.PASSWORD].reveal()
    for row in [*await SigningRequestRow.all().values(), *await SigningItemRow.all().values()]:
        assert secret not in repr(row)


def test_a_title_says_whose_transcript_it_is() -> None:
    assert papers.title("Trần Văn An", "6A1", build.YEAR) == "Trần Văn An, 6A1, 2025-2026"
