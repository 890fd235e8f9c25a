"""Certificates in tests: made, put into the phone, registered, proved."""

from collections.abc import Sequence
from uuid import UUID

from hocba.actions import accounts
from hocba.actions.accounts import Registered
from hocba.actions.outcomes import Outcome, Result
from hocba.domain.errors import Code
from hocba.domain.people import Actor
from hocba.store.models import EventRow, SchoolRow, SigningAccountRow, SigningItemRow
from tests import build
from tests.actions.world import SECRETS, Phone, World
from tests.pki import Holder, holder, pki

NOW = build.NOW


def certified(world: World, actor: Actor, **changed: object) -> Holder:
    """A certificate of ``actor``, in the phone."""
    made = holder("Người Ký", actor.identity, pki().intermediate, **changed)
    world.phone.holders[made.certificate.fingerprint] = made
    return made


async def of_school(world: World, **changed: object) -> Holder:
    """A certificate of the school, in the phone."""
    identity = (await SchoolRow.get(id=world.school.id)).identity
    made = holder("Trường THCS Hoa Sen", identity, pki().intermediate, **changed)
    world.phone.holders[made.certificate.fingerprint] = made
    return made


async def ask(world: World, actor: Actor, of: Holder, **more: object) -> Registered:
    """Register; the phone is asked for the proof, and has answered."""
    signer = str(more.pop("signer", Phone.key))
    secrets = SECRETS if signer == Phone.key else {}
    given = {"year": build.YEAR, "now": world.clock.now} | more
    registered = await accounts.register(
        world.house, actor, signer, secrets, of.certificate.fingerprint, **given
    )
    await world.house.tasks.idle()
    return registered


async def register(world: World, actor: Actor, of: Holder, **more: object) -> UUID:
    """The account, registered and proved by the phone."""
    return (await ask(world, actor, of, **more)).account


def codes(results: Sequence[Result]) -> list[tuple[Outcome, Code | None]]:
    return [(each.outcome, each.refusal.code if each.refusal else None) for each in results]


async def state(account: UUID) -> str:
    return (await SigningAccountRow.get(id=account)).state


async def kinds(account: UUID) -> list[str]:
    """What has happened to it, in order."""
    rows = EventRow.filter(aggregate_id=account).order_by("version")
    assert list(await rows.values_list("version", flat=True)) == list(range(1, await rows.count() + 1))
    return [str(kind) for kind in await rows.values_list("kind", flat=True)]


async def item(request: UUID | None) -> tuple[str, str]:
    """The one item of a request for a proof."""
    row = await SigningItemRow.get(request_id=request)
    return row.state, row.code
