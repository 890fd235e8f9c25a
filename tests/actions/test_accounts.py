"""Signing accounts: whose certificate, who decides, what happens to the one before."""

from datetime import timedelta

import pytest

from hocba.actions import accounts, agents
from hocba.actions.outcomes import Outcome
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.domain.values import Role, Step
from hocba.plugin_api import Secret, SecretName
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import CertificateRow, EventRow, RoleGrantRow, SchoolRow, SigningAccountRow
from hocba.trust import Trust, load_crls
from tests import build
from tests.actions import world as worlds
from tests.actions.registering import certified, codes, register, state
from tests.actions.world import SECRETS, WRONG_SECRETS, Phone, Token, World
from tests.pki import holder, pki

NOW = build.NOW


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    made = await worlds.make(settings, students=1)
    await SigningAccountRow.all().delete()
    made.phone.holders.clear()
    return made


async def test_a_teacher_registers_what_his_login_offers_and_another_admin_approves(world: World) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)

    offers = await accounts.offered(world.house, teacher, Phone.key, SECRETS)
    assert [each.certificate.fingerprint for each in offers] == [own.certificate.fingerprint]
    account = await register(world, teacher, own)
    assert await state(account) == "pending"
    results = await accounts.decide(world.school.admin, [account], approve=True, now=NOW)

    assert codes(results) == [(Outcome.DONE, None)]
    row = await SigningAccountRow.get(id=account)
    assert (row.state, row.person_id, row.decided_by, row.decided_at) == (
        "approved",
        teacher.id,
        world.school.admin.id,
        NOW,
    )
    stored = await CertificateRow.get(id=row.certificate_id)
    assert (bytes(stored.der), stored.identity, stored.organisation) == (own.der, teacher.identity, False)
    events = await EventRow.filter(aggregate_id=account).order_by("version").values_list("version", "kind")
    assert events == [(1, "AccountRequested"), (2, "AccountProven"), (3, "AccountApproved")]


async def test_registering_or_deciding_twice_does_nothing_twice(world: World) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)
    account = await register(world, teacher, own)
    assert await register(world, teacher, own) == account
    await accounts.decide(world.school.admin, [account], approve=True, now=NOW)

    again = await accounts.decide(world.school.admin, [account], approve=True, now=NOW)
    assert await register(world, teacher, own) == account

    assert codes(again) == [(Outcome.UNCHANGED, None)]
    assert await SigningAccountRow.all().count() == 1
    assert await EventRow.filter(aggregate_id=account).count() == 3


@pytest.mark.parametrize("secrets", [WRONG_SECRETS, {}])
async def test_a_login_that_fails_registers_nothing(
    world: World, secrets: dict[SecretName, Secret], caplog: pytest.LogCaptureFixture
) -> None:
    teacher = world.school.teachers[0]
    own = certified(world, teacher)

    with pytest.raises(Refusal) as failed:
        await accounts.register(
            world.house, teacher, Phone.key, secrets, own.certificate.fingerprint, year=build.YEAR, now=NOW
        )

    assert failed.value.code is (Code.SIGNER_LOGIN_FAILED if secrets else Code.SECRET_REQUIRED)
    assert "mat-khau" not in caplog.text
    assert await SigningAccountRow.all().count() == 0
    assert await CertificateRow.filter(fingerprint=own.certificate.fingerprint).count() == 0


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("another person's", Code.CERTIFICATE_WRONG_IDENTITY),
        ("an organisation's", Code.CERTIFICATE_WRONG_KIND),
        ("expired", Code.CERTIFICATE_NOT_VALID),
        ("not yet valid", Code.CERTIFICATE_NOT_VALID),
        ("nobody offers it", Code.CERTIFICATE_NOT_ON_TOKEN),
    ],
)
async def test_a_certificate_that_does_not_fit_is_not_registered(world: World, kind: str, code: Code) -> None:
    teacher, other = world.school.teachers[:2]
    match kind:
        case "another person's":
            chosen = certified(world, other)
        case "an organisation's":
            chosen = holder("Tổ Chức", "MST:0100000009", pki().intermediate)
            world.phone.holders[chosen.certificate.fingerprint] = chosen
        case "expired":
            chosen = certified(world, teacher, until=NOW - timedelta(days=1))
        case "not yet valid":
            chosen = certified(world, teacher, since=NOW + timedelta(days=1))
        case _:
            chosen = holder("Người Ký", teacher.identity, pki().intermediate)

    with pytest.raises(Refusal) as wrong:
        await register(world, teacher, chosen)

    assert wrong.value.code is code
    assert await SigningAccountRow.all().count() == 0


async def test_with_configured_roots_strangers_and_revoked_certificates_are_refused(
    db: None, settings: Settings
) -> None:
    world = await worlds.make(settings, students=1)
    await SigningAccountRow.all().delete()
    authority = pki()
    trust = Trust(
        roots=(authority.root.cert,),
        intermediates=(authority.intermediate.cert,),
        crls=(*load_crls(authority.crl), *load_crls(authority.root_crl)),
    )
    house = worlds.House(
        settings=settings,
        secrets=world.house.secrets,
        plugins=world.house.plugins,
        trust=lambda: trust,
        ring=world.house.ring,
        clock=world.clock,
    )
    teacher = world.school.teachers[0]
    good = certified(world, teacher)
    strange = holder("Người Ký", teacher.identity, authority.outsider)
    world.phone.holders[strange.certificate.fingerprint] = strange
    revoked = authority.revoked
    world.phone.holders[revoked.certificate.fingerprint] = revoked
    unlucky = worlds.build.actor(Role.SUBJECT_TEACHER, school=world.school.id)
    unlucky = Actor(id=unlucky.id, school=unlucky.school, identity=revoked.certificate.identity)

    for actor, chosen, code in (
        (teacher, strange, Code.CERTIFICATE_UNTRUSTED),
        (unlucky, revoked, Code.CERTIFICATE_REVOKED),
    ):
        with pytest.raises(Refusal) as wrong:
            await accounts.register(
                house, actor, Phone.key, SECRETS, chosen.certificate.fingerprint, year=build.YEAR, now=NOW
            )
        assert wrong.value.code is code
    assert await SigningAccountRow.all().count() == 0
    await accounts.register(
        house, teacher, Phone.key, SECRETS, good.certificate.fingerprint, year=build.YEAR, now=NOW
    )
    assert await SigningAccountRow.all().count() == 1


async def test_certificates_on_tokens_come_from_the_persons_own_agents(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    own = certified(world, teacher)
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [own.der, own.der])
    await agents.confirm_pairing(world.house, teacher, pairing.code)
    await agents.claim_pairing(world.house, pairing.device_code)

    offers = await accounts.offered(world.house, teacher, Token.key, {})
    assert [each.reference for each in offers] == [own.certificate.fingerprint]
    assert await accounts.offered(world.house, other, Token.key, {}) == []
    registered = await accounts.register(
        world.house, teacher, Token.key, {}, own.certificate.fingerprint, year=build.YEAR, now=NOW
    )
    assert await state(registered.account) == "unproven"


async def test_nobody_decides_on_his_own_account_and_only_those_may_who_may(world: World) -> None:
    school = world.school
    mine = await register(world, school.admin, certified(world, school.admin))
    theirs = await register(world, school.teachers[0], certified(world, school.teachers[0]))
    authority = build.actor(Role.AUTHORITY, school=school.id)

    async def decided(actor: Actor, account: object) -> list[tuple[Outcome, Code | None]]:
        return codes(await accounts.decide(actor, [account], approve=True, now=NOW))

    assert await decided(school.admin, mine) == [(Outcome.REFUSED, Code.NOT_YOUR_OWN)]
    for nobody in (school.teachers[0], school.leader, school.issuer, school.manager, authority):
        assert await decided(nobody, theirs) == [(Outcome.REFUSED, Code.NOT_PERMITTED)]
    assert await decided(build.actor(Role.ADMIN), theirs) == [(Outcome.REFUSED, Code.NOT_FOUND)]
    assert {await state(mine), await state(theirs)} == {"pending"}
    assert await decided(authority, mine) == [(Outcome.DONE, None)]
    assert await decided(school.other_admin, theirs) == [(Outcome.DONE, None)]


async def test_one_bad_account_does_not_stop_the_others(world: World) -> None:
    teachers = world.school.teachers
    good = [await register(world, teacher, certified(world, teacher)) for teacher in teachers[:2]]
    own = await register(world, world.school.admin, certified(world, world.school.admin))
    unknown = ids.new()

    results = await accounts.decide(
        world.school.admin, [good[0], own, unknown, good[1]], approve=True, now=NOW
    )

    assert [each.id for each in results] == [good[0], own, unknown, good[1]]
    assert codes(results) == [
        (Outcome.DONE, None),
        (Outcome.REFUSED, Code.NOT_YOUR_OWN),
        (Outcome.REFUSED, Code.NOT_FOUND),
        (Outcome.DONE, None),
    ]


async def test_a_refused_account_says_why_and_the_person_registers_again(world: World) -> None:
    teacher, admin = world.school.teachers[0], world.school.admin
    own = certified(world, teacher)
    account = await register(world, teacher, own)

    without = await accounts.decide(admin, [account], approve=False, reason="  ", now=NOW)
    assert codes(without) == [(Outcome.REFUSED, Code.REASON_REQUIRED)]
    await accounts.decide(admin, [account], approve=False, reason="Sai nhà cung cấp", now=NOW)
    row = await SigningAccountRow.get(id=account)
    assert (row.state, row.reason) == ("refused", "Sai nhà cung cấp")
    after = await accounts.decide(admin, [account], approve=True, now=NOW)
    assert codes(after) == [(Outcome.REFUSED, Code.ACCOUNT_WRONG_STATE)]

    assert await register(world, teacher, own) != account


async def test_a_successor_closes_the_account_before_it_at_the_moment_of_approval(world: World) -> None:
    teacher, admin = world.school.teachers[0], world.school.admin
    first = await register(world, teacher, certified(world, teacher))
    await accounts.decide(admin, [first], approve=True, now=NOW)
    forgotten = await register(world, teacher, certified(world, teacher))
    second = await register(world, teacher, certified(world, teacher))
    assert [await state(each) for each in (first, forgotten, second)] == ["approved", "closed", "pending"]
    later = NOW + timedelta(days=2)

    await accounts.decide(admin, [second], approve=True, now=later)

    assert [await state(each) for each in (first, forgotten, second)] == ["closed", "closed", "approved"]
    assert (await SigningAccountRow.get(id=first)).closed_at == later
    kinds = await EventRow.filter(aggregate_id=first).order_by("version").values_list("version", "kind")
    assert kinds == [
        (1, "AccountRequested"),
        (2, "AccountProven"),
        (3, "AccountApproved"),
        (4, "AccountClosed"),
    ]


async def test_the_schools_certificate_is_registered_by_its_keepers_and_approved_by_the_authority(
    world: World,
) -> None:
    school = world.school
    identity = (await SchoolRow.get(id=school.id)).identity
    own = holder("Trường THCS Hoa Sen", identity, pki().intermediate)
    world.phone.holders[own.certificate.fingerprint] = own
    person = certified(world, school.issuer)
    authority = build.actor(Role.AUTHORITY, school=school.id)

    for actor, chosen, code in (
        (school.teachers[0], own, Code.NOT_PERMITTED),
        (school.issuer, person, Code.CERTIFICATE_WRONG_KIND),
    ):
        with pytest.raises(Refusal) as wrong:
            await register(world, actor, chosen, school=True)
        assert wrong.value.code is code
    account = await register(world, school.issuer, own, school=True, reason="Đổi nhà cung cấp")
    row = await SigningAccountRow.get(id=account)
    assert (row.person_id, row.requested_by, row.reason) == (None, school.issuer.id, "Đổi nhà cung cấp")
    by_admin = await accounts.decide(school.admin, [account], approve=True, now=NOW)
    assert codes(by_admin) == [(Outcome.REFUSED, Code.NOT_PERMITTED)]
    await accounts.decide(authority, [account], approve=True, now=NOW)

    assert await state(account) == "approved"


async def test_the_school_stays_able_to_sign_until_its_new_certificate_is_approved(
    db: None, settings: Settings
) -> None:
    world = await worlds.make(settings, students=1)
    await world.sign_until(Step.ISSUE)
    identity = (await SchoolRow.get(id=world.school.id)).identity
    new = holder("Trường THCS Hoa Sen", identity, pki().intermediate)
    world.phone.holders[new.certificate.fingerprint] = new
    await register(world, world.school.admin, new, school=True, reason="Sắp hết hạn")

    begun = await world.begin(world.school.issuer, Step.ISSUE)
    await world.house.tasks.idle()

    assert [each.outcome for each in begun.results] == [Outcome.DONE]


async def test_the_issue_right_is_given_and_taken_but_never_to_oneself(world: World) -> None:
    school = world.school
    teacher, stranger = school.teachers[0], build.actor()
    asked = [teacher.id, school.admin.id, stranger.id]

    granted = await accounts.grant_issue_right(school.admin, asked, now=NOW)
    assert codes(granted) == [
        (Outcome.DONE, None),
        (Outcome.REFUSED, Code.NOT_YOUR_OWN),
        (Outcome.REFUSED, Code.NOT_FOUND),
    ]
    again = await accounts.grant_issue_right(school.admin, [teacher.id], now=NOW)
    assert codes(again) == [(Outcome.UNCHANGED, None)]
    for nobody in (school.manager, school.issuer, teacher):
        for whom in (school.leader, stranger):
            with pytest.raises(Refusal) as refused:
                await accounts.grant_issue_right(nobody, [whom.id], until=NOW, now=NOW)
            assert refused.value.code is Code.NOT_PERMITTED
            with pytest.raises(Refusal) as refused:
                await accounts.withdraw_issue_right(nobody, [whom.id], now=NOW)
            assert refused.value.code is Code.NOT_PERMITTED
    held = RoleGrantRow.filter(person_id=teacher.id, role=Role.ISSUER)
    assert await held.count() == 1
    later = NOW + timedelta(hours=1)

    withdrawn = await accounts.withdraw_issue_right(school.admin, [teacher.id], now=later)

    assert codes(withdrawn) == [(Outcome.DONE, None)]
    assert (await held.get()).valid_to == later
    nothing = await accounts.withdraw_issue_right(school.admin, [teacher.id], now=later)
    assert codes(nothing) == [(Outcome.UNCHANGED, None)]
    kinds = await EventRow.filter(aggregate="role_grant").order_by("version").values_list("kind", flat=True)
    assert kinds == ["IssueRightGranted", "IssueRightWithdrawn"]


async def test_the_issue_right_may_end_by_itself_but_not_in_the_past(world: World) -> None:
    admin, teacher = world.school.admin, world.school.teachers[0]

    past = await accounts.grant_issue_right(admin, [teacher.id], until=NOW, now=NOW)
    ahead = await accounts.grant_issue_right(admin, [teacher.id], until=NOW + timedelta(days=1), now=NOW)

    assert codes(past) == [(Outcome.REFUSED, Code.INVALID_VALUE)]
    assert codes(ahead) == [(Outcome.DONE, None)]
