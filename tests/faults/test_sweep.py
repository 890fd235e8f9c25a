"""A process dies at each moment of signing, one after the other; nothing is lost and nothing is twice.

What ``make check`` tries is a sample: the moments around commits, bells and the vendor, thinned out.
``make soak`` tries them all (``HOCBA_SWEEP=whole``).
"""

import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hocba.actions import signing
from hocba.domain.signing import RequestState
from hocba.domain.values import Step
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.store.models import SignatureRow, SigningAccountRow, SigningItemRow, SigningRequestRow
from tests import conftest, kept
from tests.actions import world as worlds
from tests.actions.agents import paired
from tests.actions.world import SECRETS, Clock, Token, World
from tests.faults import mortal, proof
from tests.faults.mortal import Plan
from tests.pki import Holder

PUPILS = 2
SAMPLE = 5
SLACK = 2
WHOLE = os.environ.get("HOCBA_SWEEP") == "whole"
LATER = {"minutes": 1}
"""When the next process looks: leases have run out, and what was prepared is still good."""

MATTERS = ("COMMIT", "the ")
"""How moments begin that leave something behind: commits, bells, the vendor, the end."""

WAYS = {
    "remote": ("remote", Step.SUBJECT_TEACHERS),
    "parked": ("parked", Step.SUBJECT_TEACHERS),
    "agent": ("agent", Step.SUBJECT_TEACHERS),
    "remote-issue": ("remote", Step.ISSUE),
    "agent-issue": ("agent", Step.ISSUE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A database at the moment when the signing begins, as often as it is wanted."""

    settings: Settings
    rows: kept.Rows

    @asynccontextmanager
    async def again(self, folder: Path) -> AsyncIterator[Settings]:
        """Connected to it once more, in ``folder``."""
        settings = self.settings
        if not conftest.POSTGRES:
            file = folder / "hocba.sqlite3"
            shutil.copy(settings.database_url.removeprefix("sqlite://"), file)
            settings = replace(settings, database_url=f"sqlite://{file}")
        async with conftest.connected(settings) as context:
            if conftest.POSTGRES:
                await context.db().execute_script(conftest.EMPTY)
                await kept.put_back(self.rows)
            yield settings


async def planned(settings: Settings, folder: Path, way: str, step: Step) -> tuple[Plan, Before]:
    """A school just before ``step`` is signed, and who signs it how."""
    Secrets.load(settings.secrets_file)
    async with conftest.connected(settings) as context:
        if conftest.POSTGRES:
            await context.db().execute_script(conftest.EMPTY)
        world = await worlds.make(settings, students=PUPILS)
        world.house = replace(world.house, secrets=Secrets.load(settings.secrets_file))
        await world.sign_until(step)
        issues = step is Step.ISSUE
        signer = world.school.issuer if issues else world.school.teachers[0]
        holder = world.school_holder if issues else world.holders[signer.id]
        agent = None
        assert holder is not None
        if way == "agent":
            account = world.account(signer, step)
            await SigningAccountRow.filter(id=account).update(signer_key=Token.key)
            agent, _ = await paired(world, signer, holder)
        plan = Plan(
            settings=settings,
            way=way,
            step=step,
            signer=signer,
            school=world.school,
            transcripts=tuple(world.transcripts),
            accounts=world.accounts,
            school_account=world.account(world.school.issuer, Step.ISSUE),
            keys={holder.certificate.fingerprint: pem(holder)},
            folder=folder,
            agent=agent,
        )
        return plan, Before(settings=settings, rows=await kept.rows())


def pem(holder: Holder) -> bytes:
    return holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + holder.pem


def chosen(moments: Sequence[str]) -> list[int]:
    """The numbers of the moments to die at."""
    if WHOLE:
        return [*range(1, len(moments) + 1)]
    matter = [number for number, what in enumerate(moments, 1) if what.startswith(MATTERS)]
    return [matter[place * (len(matter) - 1) // (SAMPLE - 1)] for place in range(SAMPLE)]


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_dies_at_any_moment_loses_nothing(settings: Settings, tmp_path: Path, way: str) -> None:
    plan, before = await planned(settings, tmp_path, *WAYS[way])
    moments = await died(plan, before, 0)
    wrong: list[AssertionError] = []
    whole = 0

    for number in chosen(moments):
        try:
            whole += len(await died(plan, before, number)) < number
        except AssertionError as error:
            wrong.append(error)

    if wrong:
        raise ExceptionGroup("what was lost or is twice", wrong)
    assert whole <= SLACK, "too many lived to the end"


async def died(plan: Plan, before: Before, last: int) -> list[str]:
    """What happened until the moment ``last``; afterwards somebody else went on, and all was well."""
    folder = plan.folder / f"{last:03d}"
    folder.mkdir()
    async with before.again(folder) as settings:
        own = replace(plan, settings=settings, folder=folder)
        moments = mortal.lived(own, last)
        try:
            await goes_on(own)
        except Exception as error:
            raise AssertionError(f"died at moment {last}, before: {moments[-1]}") from error
    shutil.rmtree(folder)
    return moments


async def goes_on(plan: Plan) -> None:
    done = {str(each) for each in await SigningItemRow.filter(state="done").values_list("id", flat=True)}
    clock = Clock()
    clock.forward(**LATER)
    world = mortal.world_of(plan, clock, lambda _: None)

    await ended(world, plan)

    signed = set(await SignatureRow.filter(slot_key=slot_of(plan)).values_list("transcript_id", flat=True))
    assert signed == set(plan.transcripts)
    await proof.exactly_once(whole=plan.step is Step.ISSUE, pupils=PUPILS)
    assert {*await SigningRequestRow.all().values_list("state", flat=True)} == {RequestState.FINISHED}
    at_vendor = journal(plan)
    assert max(at_vendor.values(), default=0) <= 2
    assert [at_vendor[each] for each in done if at_vendor[each] > 1] == []


def slot_of(plan: Plan) -> str:
    return "ky-phat-hanh" if plan.step is Step.ISSUE else "gvbm-1"


def journal(plan: Plan) -> Counter[str]:
    """How often the vendor has signed each item."""
    file = plan.folder / "signed"
    return Counter(file.read_text().split()) if file.exists() else Counter()


async def ended(world: World, plan: Plan) -> None:
    """Two looks of the sweep; one retry; begun anew only where nothing at all was written."""
    for _ in range(2):
        await signing.sweep(world.house)
        await world.house.tasks.idle()
    request = await SigningRequestRow.get_or_none(person_id=plan.signer.id, step=plan.step)
    if request is None:
        await mortal.sign(world, plan)
        return
    if request.state == RequestState.EXPIRED:
        again = await signing.retry(world.house, plan.signer, request.id, SECRETS)
        assert {result.refusal for result in again.results} == {None}
        await world.house.tasks.idle()
    if plan.agent is not None:
        await mortal.answer(world, plan)
