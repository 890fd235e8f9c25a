"""Last year's accounts and certificate, taken over into this year (C4, C7)."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hocba.actions import accounts
from hocba.actions.outcomes import Outcome
from hocba.domain.accounts import AccountState
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.permissions import APPROVAL
from hocba.domain.values import Role, SchoolYear, year_before
from hocba.settings import Settings
from hocba.store.models import (
    ClassRow,
    EventRow,
    PersonRow,
    RoleGrantRow,
    SchoolRow,
    SigningAccountRow,
    SigningRequestRow,
)
from hocba.trust import Trust, load_crls
from tests import build
from tests.actions import world as worlds
from tests.actions.registering import NOW, certified, codes, kinds, of_school, register
from tests.actions.requests import STEP
from tests.actions.world import World
from tests.pki import Holder, pki

THIS = build.YEAR
LAST = year_before(THIS)
DUE = datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC)


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    """Everybody has an approved account of last year's; nobody one of this year's."""
    made = await worlds.make(settings, students=1)
    await SigningAccountRow.all().update(year=LAST)
    return made


async def carry(
    world: World, *account_ids: UUID, who: Actor | None = None, year: SchoolYear = THIS
) -> list[tuple[Outcome, Code | None]]:
    who = who or world.school.admin
    return codes(await accounts.carry_over(world.house, who, account_ids, year, now=world.clock.now))


async def of_this_year(world: World, person: UUID | None = None) -> list[SigningAccountRow]:
    rows = SigningAccountRow.filter(school_id=world.school.id, year=THIS)
    whose = rows.filter(person_id=person) if person else rows.filter(person_id__isnull=True)
    return await whose.order_by("requested_at", "id")


async def replaced(world: World, teacher: Actor, of: Holder) -> UUID:
    """Last year's account of ``teacher``, with another certificate."""
    await SigningAccountRow.filter(person_id=teacher.id).delete()
    account = await worlds.account(world, of, teacher.id)
    await SigningAccountRow.filter(id=account).update(year=LAST)
    return account


async def test_an_account_is_approved_again_by_whoever_approved_it_then(world: World) -> None:
    teacher = world.school.teachers[0]
    source = world.accounts[teacher.id]

    assert await carry(world, source) == [(Outcome.DONE, None)]

    (row,) = await of_this_year(world, teacher.id)
    before = await SigningAccountRow.get(id=source)
    assert (row.state, row.copied_from, row.certificate_id, row.signer_key, row.vendor_reference) == (
        "approved", source, before.certificate_id, before.signer_key, before.vendor_reference,
    )  # fmt: skip
    assert (row.requested_by, row.decided_by, row.decided_at) == (
        world.school.admin.id, world.school.other_admin.id, NOW,
    )  # fmt: skip
    assert before.state == "approved"
    assert await kinds(row.id) == ["AccountCarriedOver"]
    event = await EventRow.get(aggregate_id=row.id)
    assert event.data == {
        "signer": before.signer_key,
        "certificate": world.holders[teacher.id].certificate.fingerprint,
        "source": str(source),
        "approved_by": str(world.school.other_admin.id),
    }
    assert await SigningRequestRow.all().count() == 0
    world.accounts[teacher.id] = row.id
    await world.sign(teacher, STEP)
    assert await EventRow.filter(kind="SignatureAdded").count() == 1


async def test_twice_does_nothing_twice(world: World) -> None:
    source = world.accounts[world.school.teachers[0].id]
    await carry(world, source)

    results = await accounts.carry_over(world.house, world.school.admin, [source], THIS, now=NOW)

    (row,) = await of_this_year(world, world.school.teachers[0].id)
    assert [(each.outcome, each.made) for each in results] == [(Outcome.UNCHANGED, row.id)]


async def test_two_who_carry_over_at_once_make_one(world: World) -> None:
    teacher, school = world.school.teachers[0], world.school
    source = world.accounts[teacher.id]

    admins = (school.admin, school.other_admin)
    both = await asyncio.gather(*(carry(world, source, who=who) for who in admins))

    assert sorted(each[0][0] for each in both) == [Outcome.DONE, Outcome.UNCHANGED]
    assert len(await of_this_year(world, teacher.id)) == 1


async def test_each_that_does_not_hold_says_why_and_stops_no_other(world: World) -> None:
    teachers, admin = world.school.teachers, world.school.admin
    good, withdrawn, ends, left, changed, strange, another, refused, own = [
        world.accounts.get(each.id, UUID(int=0)) for each in (*teachers[:8], admin)
    ]
    await SigningAccountRow.filter(id=withdrawn).update(state="withdrawn", closed_at=NOW)
    early = certified(world, teachers[2], until=DUE - timedelta(seconds=1))
    ends = await replaced(world, teachers[2], early)
    await PersonRow.filter(id=teachers[3].id).update(left_on=NOW.date())
    await PersonRow.filter(id=teachers[4].id).update(personal_id="001099999999")
    await SigningAccountRow.filter(id=strange).update(signer_key="gone")
    await register(world, teachers[6], certified(world, teachers[6]))
    again = await register(world, teachers[7], world.holders[teachers[7].id])
    await accounts.decide(admin, [again], approve=False, reason="Sai", now=NOW)
    own = await worlds.account(world, certified(world, admin), admin.id)
    await SigningAccountRow.filter(id=own).update(year=LAST)

    said = await carry(world, good, withdrawn, ends, left, changed, strange, another, refused, own)

    assert said == [
        (Outcome.DONE, None),
        (Outcome.REFUSED, Code.ACCOUNT_WRONG_STATE),
        (Outcome.REFUSED, Code.CERTIFICATE_ENDS_EARLY),
        (Outcome.REFUSED, Code.NO_ROLE_THIS_YEAR),
        (Outcome.REFUSED, Code.CERTIFICATE_WRONG_IDENTITY),
        (Outcome.REFUSED, Code.SIGNER_UNKNOWN),
        (Outcome.REFUSED, Code.ACCOUNT_EXISTS),
        (Outcome.REFUSED, Code.ACCOUNT_WRONG_STATE),
        (Outcome.REFUSED, Code.NOT_YOUR_OWN),
    ]
    assert await SigningAccountRow.filter(year=THIS, copied_from__isnull=False).count() == 1


async def test_a_certificate_that_ends_with_the_day_on_which_transcripts_are_due_holds(world: World) -> None:
    teacher = world.school.teachers[0]
    source = await replaced(world, teacher, certified(world, teacher, until=DUE))

    assert await carry(world, source) == [(Outcome.DONE, None)]


async def test_what_would_help_is_said_with_the_days(world: World) -> None:
    teacher = world.school.teachers[0]
    source = await replaced(world, teacher, certified(world, teacher, until=DUE - timedelta(days=1)))

    (result,) = await accounts.carry_over(world.house, world.school.admin, [source], THIS, now=NOW)

    assert result.refusal is not None
    assert dict(result.refusal.facts) == {"until": "29/06/2026", "due": "30/06/2026"}


async def test_what_is_revoked_or_ended_is_not_carried_over(world: World) -> None:
    authority, (one, two) = pki(), world.school.teachers[:2]
    trust = Trust(
        roots=(authority.root.cert,),
        intermediates=(authority.intermediate.cert,),
        crls=(*load_crls(authority.crl), *load_crls(authority.root_crl)),
    )
    object.__setattr__(world.house, "trust", lambda: trust)
    revoked = authority.revoked
    number = revoked.certificate.identity.removeprefix("CCCD:")
    await PersonRow.filter(id=one.id).update(personal_id=number)
    ended = certified(world, two, until=NOW - timedelta(seconds=1))
    sources = [await replaced(world, one, revoked), await replaced(world, two, ended)]

    assert await carry(world, *sources) == [
        (Outcome.REFUSED, Code.CERTIFICATE_REVOKED),
        (Outcome.REFUSED, Code.CERTIFICATE_NOT_VALID),
    ]


async def test_a_role_that_was_given_is_enough_and_none_is_not(world: World) -> None:
    issuer = world.school.issuer
    source = world.accounts[issuer.id]
    await RoleGrantRow.filter(person_id=issuer.id).update(valid_to=NOW)

    assert await carry(world, source) == [(Outcome.REFUSED, Code.NO_ROLE_THIS_YEAR)]
    await RoleGrantRow.filter(person_id=issuer.id).update(valid_to=None)
    assert await carry(world, source) == [(Outcome.DONE, None)]


async def test_the_leader_and_the_homeroom_teacher_of_a_class_of_the_year_have_a_role(world: World) -> None:
    sources = [world.accounts[each.id] for each in (world.school.leader, world.school.homeroom)]
    await ClassRow.filter(id=world.school.class_id).update(year="2023-2024")
    assert {code for _, code in await carry(world, *sources)} == {Code.NO_ROLE_THIS_YEAR}

    await ClassRow.filter(id=world.school.class_id).update(year=THIS)
    assert {code for _, code in await carry(world, *sources)} == {None}


async def test_the_right_to_issue_is_never_carried_over(world: World) -> None:
    before = await RoleGrantRow.all().count()

    await carry(world, *world.accounts.values())

    assert await RoleGrantRow.all().count() == before


async def test_who_may_and_only_last_years_accounts_of_the_own_school(world: World) -> None:
    teacher, school = world.school.teachers[0], world.school
    source = world.accounts[teacher.id]
    assert world.school_account is not None
    for who in (teacher, school.leader, school.issuer, school.manager):
        with pytest.raises(Refusal) as refused:
            await carry(world, source, who=who)
        assert refused.value.code is Code.NOT_PERMITTED
    with pytest.raises(Refusal) as refused:
        await carry(world, source, year=SchoolYear("2025"))
    assert refused.value.code is Code.INVALID_VALUE

    nothing = [(Outcome.REFUSED, Code.NOT_FOUND)]
    assert await carry(world, source, who=build.actor(Role.ADMIN)) == nothing
    assert await carry(world, source, year=SchoolYear("2026-2027")) == nothing
    assert await carry(world, world.school_account) == nothing
    delegate = build.actor(Role.MANAGER, school=school.id, delegated=APPROVAL)
    assert await carry(world, source, who=delegate) == [(Outcome.DONE, None)]


async def school_copy(world: World, who: Actor | None = None) -> tuple[Outcome, Code | None]:
    who = who or world.school.admin
    result = await accounts.carry_over_school(world.house, who, THIS, now=world.clock.now)
    return codes([result])[0]


async def test_the_schools_certificate_of_last_year_serves_again_as_the_authority_approved_it(
    world: World,
) -> None:
    source = await SigningAccountRow.get(id=world.school_account)

    assert await school_copy(world, world.school.issuer) == (Outcome.DONE, None)
    assert await school_copy(world) == (Outcome.UNCHANGED, None)

    (row,) = await of_this_year(world)
    assert (row.state, row.copied_from, row.decided_by) == ("approved", source.id, source.decided_by)
    assert await kinds(row.id) == ["AccountCarriedOver"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("there is none", Code.NOTHING_TO_COPY),
        ("it was withdrawn", Code.ACCOUNT_WRONG_STATE),
        ("it ends early", Code.CERTIFICATE_ENDS_EARLY),
        ("another was registered", Code.ACCOUNT_EXISTS),
        ("the school has another number", Code.CERTIFICATE_WRONG_IDENTITY),
        ("refused this year", Code.ACCOUNT_WRONG_STATE),
    ],
)
async def test_a_schools_certificate_that_does_not_hold_says_why(
    world: World, change: str, code: Code
) -> None:
    own = SigningAccountRow.filter(id=world.school_account)
    assert world.school_holder is not None
    match change:
        case "there is none":
            await own.delete()
        case "it was withdrawn":
            await own.update(state="withdrawn", closed_at=NOW)
        case "it ends early":
            await own.delete()
            short = await of_school(world, until=DUE - timedelta(days=1))
            account = await worlds.account(world, short, None)
            await SigningAccountRow.filter(id=account).update(year=LAST)
        case "another was registered":
            await register(world, world.school.admin, await of_school(world), school=True)
        case "the school has another number":
            await SchoolRow.filter(id=world.school.id).update(identity="MST:0199999999")
        case _:
            again = await register(world, world.school.admin, world.school_holder, school=True)
            await SigningAccountRow.filter(id=again).update(state="refused")
    try:
        said = (await school_copy(world))[1]
    except Refusal as refusal:
        said = refusal.code

    assert said is code
    assert not [row for row in await of_this_year(world) if row.state == "approved"]


async def test_the_authority_and_teachers_do_not_carry_the_schools_certificate_over(world: World) -> None:
    authority = build.actor(Role.AUTHORITY, school=world.school.id, staff=False)
    for who in (authority, world.school.teachers[0]):
        with pytest.raises(Refusal) as refused:
            await school_copy(world, who)
        assert refused.value.code is Code.NOT_PERMITTED


async def test_what_was_never_proved_does_not_stand_in_the_way(world: World) -> None:
    teacher = world.school.teachers[0]
    source = world.accounts[teacher.id]
    await worlds.account(world, certified(world, teacher), teacher.id, state=AccountState.UNPROVEN)

    assert await carry(world, source) == [(Outcome.DONE, None)]
    assert [row.state for row in await of_this_year(world, teacher.id)].count("approved") == 1
