"""A school whose people can sign: certificates, accounts, and signers that are simulated.

The keys are real and the signatures are made with them; what is simulated is the vendor around
them, given to the house as a plugin would be.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hocba.actions import signing
from hocba.actions.house import House, Limits
from hocba.domain.accounts import AccountState
from hocba.domain.people import Actor
from hocba.domain.values import Step, TranscriptId
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
from tests import build
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


async def make(
    settings: Settings, *, students: int = 3, max_batch: int = 50, signer: str = Phone.key
) -> World:
    """The world, with ``students`` transcripts that wait for their signatures."""
    clock, phone, rings = Clock(), Phone(max_batch=max_batch), []
    school = await build.school(students=students)
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
    world = World(
        house=house,
        clock=clock,
        phone=phone,
        school=school,
        transcripts=await build.transcripts(school),
        rings=rings,
    )
    for actor in {*school.teachers, school.leader, school.issuer}:
        made = holder(f"Người Ký {actor.identity[-4:]}", actor.identity, pki().intermediate)
        world.holders[actor.id] = made
        world.accounts[actor.id] = await account(world, made, actor.id, signer=signer)
    identity = (await SchoolRow.get(id=school.id)).identity
    world.school_holder = holder("Trường THCS Hoa Sen", identity, pki().intermediate, kind="rsa")
    world.school_account = await account(world, world.school_holder, None, signer=signer)
    return world


async def account(
    world: World,
    of: Holder,
    person: UUID | None,
    *,
    signer: str = Phone.key,
    state: AccountState = AccountState.APPROVED,
) -> UUID:
    """An account for a certificate, and its key in the phone."""
    certificate = of.certificate
    world.phone.holders[certificate.fingerprint] = of
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
    row = await SigningAccountRow.create(
        id=ids.new(),
        school_id=world.school.id,
        person_id=person,
        year=build.YEAR,
        signer_key=signer,
        vendor_reference=certificate.fingerprint,
        certificate_id=await certificates.keep(stored),
        state=state,
        requested_by=person or world.school.admin.id,
        requested_at=build.NOW - timedelta(days=30),
        decided_by=world.school.other_admin.id,
        decided_at=build.NOW - timedelta(days=29),
    )
    return row.id
