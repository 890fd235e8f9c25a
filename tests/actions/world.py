"""A school whose people can sign: certificates, accounts, and signers that are simulated.

The keys are real and the signatures are made with them; what is simulated is the vendor around
them, given to the house as a plugin would be.

Founding a school takes longer than most tests.  So a process founds one of each size, keeps its
rows, and puts them into the empty database of every further test.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from hocba.actions import signing
from hocba.actions.house import House, Limits
from hocba.documents import possession
from hocba.domain.accounts import AccountState
from hocba.domain.people import Actor
from hocba.domain.values import SchoolYear, Step, TranscriptId
from hocba.plugin_api import (
    Capabilities,
    Item,
    Kind,
    Login,
    LoginFailed,
    Order,
    Outcome,
    Secret,
    SecretName,
    Signed,
    SignerError,
    VendorCertificate,
)
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.store import certificates, ids
from hocba.store.models import SchoolRow, SigningAccountRow
from hocba.trust import Trust
from tests import build, kept
from tests.pki import Holder, holder, pki

SECRETS = {SecretName.USERNAME: Secret("thay-giao"), SecretName.PASSWORD: Secret("mat-khau-dung")}
WRONG_SECRETS = {SecretName.USERNAME: Secret("thay-giao"), SecretName.PASSWORD: Secret("sai")}


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = build.NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


Behaviour = Callable[["Phone", Order], Awaitable[Outcome]]
Change = Callable[[build.School], Awaitable[None]]


class Phone:
    """A remote signing service with a phone behind it.  ``behave`` is what it does with an order."""

    key = "fake-phone"
    title = "Fake phone"
    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})

    def __init__(self, *, max_batch: int = 50) -> None:
        self.capabilities = Capabilities(
            secrets=(SecretName.USERNAME, SecretName.PASSWORD), max_batch=max_batch
        )
        self.holders: dict[str, Holder] = {}
        self.orders: list[Order] = []
        self.cancelled: list[bytes] = []
        self.polls: list[bytes] = []
        self.behave: Behaviour = says_yes
        self.on_poll: Callable[[bytes], Awaitable[Outcome]] | None = None

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        if secrets[SecretName.PASSWORD].reveal() != "mat-khau-dung":
            raise LoginFailed("mat-khau-dung is the password")
        return Login(secrets[SecretName.USERNAME].reveal())

    async def certificates(self, login: Login) -> Sequence[VendorCertificate]:
        return [VendorCertificate(name, each.der) for name, each in self.holders.items()]

    async def start(self, order: Order, login: Login) -> Outcome:
        self.orders.append(order)
        return await self.behave(self, order)

    async def poll(self, resume: bytes) -> Outcome:
        self.polls.append(resume)
        assert self.on_poll is not None
        return await self.on_poll(resume)

    async def cancel(self, resume: bytes) -> None:
        self.cancelled.append(resume)

    async def callback(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Outcome]:
        if headers.get("x-signature") != "genuine":
            raise SignerError("not genuine")
        order = next(each for each in self.orders if each.transaction == body.decode())
        return {order.transaction: await says_yes(self, order)}

    def signed(self, order: Order, item: Item) -> Signed:
        return Signed(item.reference, self.holders[order.key].sign(item.tbs))


async def says_yes(phone: Phone, order: Order) -> Outcome:
    return Outcome([phone.signed(order, item) for item in order.items])


class Token:
    """The server's half of a USB token: an agent fetches the items, nobody is called."""

    key = "fake-token"
    title = "Fake token"
    kinds = frozenset({Kind.PERSON, Kind.ORGANISATION})
    capabilities = Capabilities(pushed=True)

    async def sign_in(self, secrets: Mapping[SecretName, Secret]) -> Login:
        raise AssertionError("a pushed signer is not called")

    certificates = start = poll = cancel = callback = sign_in


@dataclass(kw_only=True)
class World:
    """A school with transcripts, a house, and an approved account for everybody who signs."""

    house: House
    clock: Clock
    phone: Phone
    school: build.School
    transcripts: list[TranscriptId]
    rings: list[tuple[str, UUID]]
    holders: dict[UUID, Holder] = field(default_factory=dict)
    accounts: dict[UUID, UUID] = field(default_factory=dict)
    school_account: UUID | None = None
    school_holder: Holder | None = None

    def account(self, actor: Actor, step: Step) -> UUID:
        if step is Step.ISSUE:
            assert self.school_account is not None
            return self.school_account
        return self.accounts[actor.id]

    async def begin(
        self, actor: Actor, step: Step, transcripts: Sequence[UUID] | None = None, **more: str
    ) -> signing.Begun:
        chosen = self.transcripts if transcripts is None else transcripts
        return await signing.begin(
            self.house, actor, chosen, step, self.account(actor, step), SECRETS, **more
        )

    async def sign(self, actor: Actor, step: Step) -> UUID:
        """Begin with the phone and wait until it is done."""
        begun = await self.begin(actor, step)
        assert begun.request_id is not None
        await self.house.tasks.idle()
        return begun.request_id

    async def sign_until(self, step: Step) -> None:
        """All the signatures of the steps before ``step``."""
        signers: dict[Step, Iterable[Actor]] = {
            Step.SUBJECT_TEACHERS: self.school.teachers,
            Step.HOMEROOM_TEACHER: [self.school.homeroom],
            Step.LEADER: [self.school.leader],
            Step.ISSUE: [self.school.issuer],
        }
        for each, actors in signers.items():
            if each is step:
                return
            for actor in actors:
                await self.sign(actor, each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """Who and what is in the database of a world.

    :ivar accounts: the signing account and the key of each, by person; ``None`` is the school.
    """

    school: build.School
    transcripts: tuple[TranscriptId, ...]
    accounts: Mapping[UUID | None, tuple[UUID, Holder]]


async def make(
    settings: Settings,
    *,
    students: int = 3,
    max_batch: int = 50,
    signer: str = Phone.key,
    before: Change | None = None,
) -> World:
    """The world, with ``students`` transcripts that wait for their signatures.

    :param before: what is done to the school before its transcripts are made; the same one each time.
    """
    clock, phone, rings = Clock(), Phone(max_batch=max_batch), []
    found = await kept.once(("world", students, signer, before), partial(_found, students, signer, before))
    house = House(
        settings=settings,
        secrets=Secrets.random(),
        plugins=Plugins(signers={phone.key: phone, Token.key: Token()}, portals={}, states=()),
        trust=lambda: Trust(roots=()),
        ring=lambda name, id_: rings.append((name, id_)),
        clock=clock,
        limits=Limits(
            sign_in=timedelta(seconds=1),
            order=timedelta(seconds=1),
            lease=timedelta(seconds=30),
            pause=timedelta(milliseconds=1),
        ),
    )
    phone.holders = {each.certificate.fingerprint: each for _, each in found.accounts.values()}
    persons = {person: account for person, account in found.accounts.items() if person}
    return World(
        house=house,
        clock=clock,
        phone=phone,
        school=found.school,
        transcripts=list(found.transcripts),
        rings=rings,
        holders={person: each for person, (_, each) in persons.items()},
        accounts={person: account for person, (account, _) in persons.items()},
        school_account=found.accounts[None][0],
        school_holder=found.accounts[None][1],
    )


async def _found(students: int, signer: str, before: Change | None) -> Founded:
    school = await build.school(students=students)
    if before:
        await before(school)
    transcripts = tuple(await build.transcripts(school))
    identity = (await SchoolRow.get(id=school.id)).identity
    holders: dict[UUID | None, Holder] = {
        actor.id: holder(f"Người Ký {actor.identity[-4:]}", actor.identity, pki().intermediate)
        for actor in {*school.teachers, school.leader, school.issuer}
    }
    holders[None] = holder("Trường THCS Hoa Sen", identity, pki().intermediate, kind="rsa")
    accounts = {
        person: (await _account(school, each, person, signer, AccountState.APPROVED), each)
        for person, each in holders.items()
    }
    return Founded(school=school, transcripts=transcripts, accounts=accounts)


async def account(
    world: World,
    of: Holder,
    person: UUID | None,
    *,
    signer: str = Phone.key,
    state: AccountState = AccountState.APPROVED,
) -> UUID:
    """An account for a certificate, and its key in the phone."""
    world.phone.holders[of.certificate.fingerprint] = of
    return await _account(world.school, of, person, signer, state)


async def kept_certificate(of: Holder) -> UUID:
    """The row of a certificate, there once however often it is asked for."""
    certificate = of.certificate
    stored = certificates.NewCertificate(
        fingerprint=certificate.fingerprint,
        der=certificate.der,
        subject=certificate.subject,
        issuer=certificate.issuer,
        identity=certificate.identity,
        organisation=certificate.organisation,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )
    return await certificates.keep(stored)


async def _account(
    school: build.School, of: Holder, person: UUID | None, signer: str, state: AccountState
) -> UUID:
    id_, year = ids.new(), SchoolYear(build.YEAR)
    challenge = possession.challenge(
        id_, of.certificate, school.id, year, nonce=b"n" * possession.NONCE_BYTES, at=build.NOW
    )
    row = await SigningAccountRow.create(
        id=id_,
        school_id=school.id,
        person_id=person,
        year=build.YEAR,
        signer_key=signer,
        vendor_reference=of.certificate.fingerprint,
        certificate_id=await kept_certificate(of),
        state=state,
        requested_by=person or school.admin.id,
        requested_at=build.NOW - timedelta(days=30),
        challenge=challenge,
        proof=of.sign(challenge),
        proven_at=build.NOW - timedelta(days=30),
        decided_by=school.other_admin.id,
        decided_at=build.NOW - timedelta(days=29),
    )
    return row.id
