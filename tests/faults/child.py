"""A server-like process for tests to kill: it signs a class until its phone answers no more.

``python -m tests.faults.child FILE``: the file says which database, who signs what, and with
which keys, and which order is the first that the phone keeps.  It says READY when that one is there.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dramatiq.brokers.stub import StubBroker

from hocba import database
from hocba.actions import signing
from hocba.actions.house import House, Limits
from hocba.domain.values import Step
from hocba.jobs import Jobs, running
from hocba.plugin_api import Order, Outcome
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.store import signers
from hocba.trust import Trust
from tests.actions.world import SECRETS, Behaviour, Phone, Token, says_yes
from tests.pki import Holder

LEASE = timedelta(seconds=1)


def until(kept: int) -> Behaviour:
    """A phone that answers the orders before the ``kept``-th, and none from there on."""

    async def behave(phone: Phone, order: Order) -> Outcome:
        number = len(phone.orders)
        if number < kept:
            return await says_yes(phone, order)
        if number == kept:
            print("READY", flush=True)  # noqa: T201 -- whoever started us waits for it
        await asyncio.Event().wait()
        raise AssertionError("the process is killed while it waits")

    return behave


def house_of(settings: Settings, phone: Phone, jobs: Jobs) -> House:
    return House(
        settings=settings,
        secrets=Secrets.load(settings.secrets_file),
        plugins=Plugins(signers={phone.key: phone, Token.key: Token()}, portals={}, states=()),
        trust=lambda: Trust(roots=()),
        ring=jobs.ring,
        limits=Limits(lease=LEASE, pause=timedelta(milliseconds=10)),
    )


def phone_of(keys: Mapping[str, str], *, max_batch: int) -> Phone:
    phone = Phone(max_batch=max_batch)
    for pem in keys.values():
        key = load_pem_private_key(pem.encode(), None)
        cert = x509.load_pem_x509_certificate(pem.encode())
        holder = Holder(key=key, cert=cert)  # type: ignore[arg-type]
        phone.holders[holder.certificate.fingerprint] = holder
    return phone


async def main(plan: Mapping[str, Any]) -> None:
    settings = Settings(
        database_url=plan["database_url"],
        data_dir=Path(plan["data_dir"]),
        secrets_file=Path(plan["data_dir"]) / "secrets.json",
    )
    await database.open_(settings)
    phone = phone_of(plan["keys"], max_batch=plan["max_batch"])
    phone.behave = until(plan["kept"])
    jobs = Jobs(StubBroker())
    house = house_of(settings, phone, jobs)
    async with running(jobs, house):
        for person, account in plan["accounts"].items():
            actor = await signers.reload(UUID(person), UUID(plan["school"]), now=house.clock())
            assert actor is not None
            ids = [UUID(each) for each in plan["transcripts"]]
            await signing.begin(house, actor, ids, Step(plan["step"]), UUID(account), SECRETS)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
