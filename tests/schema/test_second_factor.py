"""One-time codes of a phone, and recovery codes (A1)."""

import asyncio
import logging
import sqlite3
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from hocba.actions import people, second_factor, throttle
from hocba.actions.house import House
from hocba.domain.errors import Code, Refusal
from hocba.domain.values import Role
from hocba.plugin_api import Secret
from hocba.settings import Settings
from hocba.store.models import EventRow, SessionRow, UserRow
from tests import api
from tests.actions.world import World
from tests.api import Api
from tests.conftest import POSTGRES
from tests.schema.test_sign_in import NEEDS, PASSWORD, bearer, codes, do, enter, user

CONFIRM = "outcome recoveryCodes refusal { code }"


class Phone:
    """A phone that makes one-time codes."""

    def __init__(self, here: World, secret: str) -> None:
        self.here, self.totp = here, pyotp.TOTP(secret)

    def code(self, *, later: int = 0) -> str:
        return self.totp.at(self.here.clock(), counter_offset=later)


async def enrol(here: World, asks: Api, token: str, **given: Any) -> tuple[Phone, list[str]]:
    """Set up a phone: it, and the recovery codes."""
    offered = await do(asks, token, "enrolTotp", "uri secret refusal { code }", **given)
    assert offered["refusal"] is None
    phone = Phone(here, offered["secret"])
    confirmed = await do(asks, token, "confirmTotp", CONFIRM, otp=phone.code())
    assert confirmed["outcome"] == "DONE"
    return phone, confirmed["recoveryCodes"]


async def enrolled(here: World, asks: Api) -> tuple[str, Phone, list[str]]:
    """Somebody whose second factor is on: his token, his phone, his recovery codes."""
    await user(here)
    token = (await enter(asks))["token"]
    return (token, *await enrol(here, asks, token))


def later(here: World) -> None:
    """The next time step but one: no code of before is good any more."""
    here.clock.forward(seconds=60)


async def test_a_phone_is_set_up_once_a_right_code_confirms_it(asks: Api, here: World) -> None:
    await user(here)
    token = (await enter(asks))["token"]
    early = await do(asks, token, "confirmTotp", CONFIRM, otp="123456")
    assert early["refusal"]["code"] == "SECOND_FACTOR_NOT_OFFERED"
    offered = await do(asks, token, "enrolTotp", "uri secret")
    assert pyotp.parse_uri(offered["uri"]).secret == offered["secret"]
    assert "issuer=Hocba" in offered["uri"]
    phone = Phone(here, offered["secret"])
    assert (await enter(asks))["token"], "nothing changes until a code confirms it"
    wrong = await do(asks, token, "confirmTotp", CONFIRM, otp=phone.code(later=5))
    assert wrong == {"outcome": "REFUSED", "recoveryCodes": [], "refusal": {"code": "SECOND_FACTOR_WRONG"}}
    done = await do(asks, token, "confirmTotp", CONFIRM, otp=phone.code())
    assert (done["outcome"], len(set(done["recoveryCodes"]))) == ("DONE", 8)
    (event,) = await EventRow.filter(kind="SecondFactorTurnedOn")
    assert event.data == {}


async def test_what_was_offered_too_long_ago_is_not_taken(asks: Api, here: World) -> None:
    await user(here)
    token = (await enter(asks))["token"]
    phone = Phone(here, (await do(asks, token, "enrolTotp", "secret"))["secret"])
    here.clock.forward(minutes=15)
    late = await do(asks, token, "confirmTotp", CONFIRM, otp=phone.code())
    assert late["refusal"]["code"] == "SECOND_FACTOR_NOT_OFFERED"


async def test_signing_in_then_asks_for_a_code(asks: Api, here: World) -> None:
    _, phone, _ = await enrolled(here, asks)
    later(here)
    assert (await enter(asks))["refusal"]["code"] == "SECOND_FACTOR_REQUIRED"
    assert (await enter(asks, otp=""))["refusal"]["code"] == "SECOND_FACTOR_REQUIRED"
    wrong = await enter(asks, otp=phone.code(later=2))
    assert (wrong["token"], wrong["refusal"]["code"]) == (None, "SECOND_FACTOR_WRONG")
    unknown = await enter(asks, password="sai-mất-rồi", otp=phone.code())
    assert unknown["refusal"]["code"] == "SIGN_IN_FAILED"
    right = await enter(asks, otp=f" {phone.code()[:3]} {phone.code()[3:]} ")
    assert (right["token"] is not None, right["needs"]) == (True, None)


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_clocks_may_differ_by_one_step(asks: Api, here: World, steps: int, good: bool) -> None:
    _, phone, _ = await enrolled(here, asks)
    later(here)
    later(here)
    assert ((await enter(asks, otp=phone.code(later=steps)))["token"] is not None) is good


async def test_no_step_is_accepted_twice(asks: Api, here: World) -> None:
    _, phone, _ = await enrolled(here, asks)
    assert (await enter(asks, otp=phone.code()))["refusal"]["code"] == "SECOND_FACTOR_WRONG"
    here.clock.forward(seconds=30)
    assert (await enter(asks, otp=phone.code(later=1)))["token"]
    for steps in (-1, 0, 1):
        assert (await enter(asks, otp=phone.code(later=steps)))["token"] is None


async def test_no_step_is_accepted_twice_at_the_same_moment(asks: Api, here: World) -> None:
    _, phone, recovery = await enrolled(here, asks)
    later(here)
    row = await UserRow.get(username="co.lan")
    for code in (phone.code(), recovery[0]):
        await throttle.forget(here.house, second_factor.guesser_of(row.id))
        tries = [second_factor.must_be_right(here.house, row.id, Secret(code)) for _ in range(4)]
        found = await asyncio.gather(*tries, return_exceptions=True)
        assert [each for each in found if each is None] == [None]
        refused = {each.code for each in found if isinstance(each, Refusal)}
        assert refused == {Code.SECOND_FACTOR_WRONG}


async def test_codes_are_guessed_five_times_and_by_nobody_for_ever(asks: Api, here: World) -> None:
    _, phone, recovery = await enrolled(here, asks)
    later(here)
    for _ in range(5):
        assert (await enter(asks, otp="000000"))["refusal"]["code"] == "SECOND_FACTOR_WRONG"
    for code in (phone.code(), recovery[0]):
        assert (await enter(asks, otp=code))["refusal"]["code"] == "TOO_MANY_ATTEMPTS"
    here.clock.forward(minutes=10)
    assert (await enter(asks, otp=phone.code()))["token"]


async def test_a_recovery_code_works_once(asks: Api, here: World) -> None:
    _, _, recovery = await enrolled(here, asks)
    first, second = recovery[:2]
    assert (await enter(asks, otp=first.upper().replace("-", " ")))["token"]
    assert (await enter(asks, otp=first))["refusal"]["code"] == "SECOND_FACTOR_WRONG"
    assert (await enter(asks, otp=second))["token"]
    left = [
        event.data["left"] for event in await EventRow.filter(kind="RecoveryCodeUsed").order_by("version")
    ]
    assert left == [7, 6]
    assert (await enter(asks, otp="," * 12))["refusal"]["code"] == "SECOND_FACTOR_WRONG"


async def test_other_sessions_have_to_show_it_too(asks: Api, here: World) -> None:
    await user(here)
    mine, other = [(await enter(asks))["token"] for _ in range(2)]
    phone, _ = await enrol(here, asks, mine)
    assert codes(await asks.post("{ school { id } }", headers=bearer(mine))) == []
    assert codes(await asks.post("{ school { id } }", headers=bearer(other))) == ["SECOND_FACTOR_REQUIRED"]
    viewer = (await asks.post(NEEDS, headers=bearer(other)))["data"]["viewer"]
    assert viewer == {"needs": "SECOND_FACTOR_REQUIRED", "secondFactor": True, "roles": []}
    again = await do(asks, other, "enrolTotp", "secret refusal { code }", password=PASSWORD)
    assert again == {"secret": None, "refusal": {"code": "SECOND_FACTOR_REQUIRED"}}
    later(here)
    shown = await do(asks, other, "confirmTotp", CONFIRM, otp=phone.code())
    assert shown == {"outcome": "DONE", "recoveryCodes": [], "refusal": None}
    assert codes(await asks.post("{ school { id } }", headers=bearer(other))) == []


async def test_another_phone_needs_the_password_and_the_old_one_works_until_then(
    asks: Api, here: World
) -> None:
    token, old, recovery = await enrolled(here, asks)
    for given in ({}, {"password": "sai-mất-rồi"}):
        said = await do(asks, token, "enrolTotp", "secret refusal { code }", **given)
        assert said == {"secret": None, "refusal": {"code": "SIGN_IN_FAILED"}}
    offered = await do(asks, token, "enrolTotp", "secret", password=PASSWORD)
    later(here)
    second = (await enter(asks, otp=old.code()))["token"]
    new = Phone(here, offered["secret"])
    here.clock.forward(seconds=30)
    assert (await do(asks, token, "confirmTotp", CONFIRM, otp=new.code()))["outcome"] == "DONE"
    assert codes(await asks.post("{ school { id } }", headers=bearer(second))) == ["SECOND_FACTOR_REQUIRED"]
    later(here)
    for code in (old.code(), recovery[0]):
        assert (await enter(asks, otp=code))["refusal"]["code"] == "SECOND_FACTOR_WRONG"
    assert (await enter(asks, otp=new.code()))["token"]


@pytest.mark.parametrize("who", ["admin", "issuer", "homeroom"])
async def test_a_setting_demands_it_of_those_who_decide(here: World, who: str) -> None:
    demanding = replace(here.house, settings=replace(here.house.settings, require_second_factor=True))
    person = getattr(here.school, who)
    async with api.client(demanding) as asks:
        said = await asks.post("{ school { id } }", who=person)
        if who == "homeroom":
            assert codes(said) == []
            return
        assert codes(said) == ["SECOND_FACTOR_REQUIRED"]
        token = asks.tokens[person.id]
        await enrol(here, asks, token)
        assert codes(await asks.post("{ school { id } }", who=person)) == []
    async with api.client(here.house) as asks:
        assert codes(await asks.post("{ school { id } }", who=person)) == ["SECOND_FACTOR_REQUIRED"]


def test_an_authority_must_have_one_too() -> None:
    assert {Role.ADMIN, Role.ISSUER, Role.AUTHORITY} == people.WITH_SECOND_FACTOR


@pytest.mark.skipif(POSTGRES, reason="looks into the SQLite file")
async def test_no_secret_is_kept_in_the_clear_or_logged(
    asks: Api, here: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="hocba")
    token, phone, recovery = await enrolled(here, asks)
    later(here)
    used = phone.code()
    await enter(asks, otp=used)
    await enter(asks, otp=recovery[0])
    await enter(asks, otp="canary-otp-0815")
    await do(asks, token, "enrolTotp", "secret refusal { code }", password="canary-password-4711")
    kept = "\n".join(sqlite3.connect(settings.database_url.removeprefix("sqlite://")).iterdump())
    wal = settings.data_dir / "hocba.sqlite3-wal"
    kept += wal.read_bytes().decode("latin-1") if wal.exists() else ""
    secrets = [phone.totp.secret, *recovery, *(each.replace("-", "") for each in recovery), token]
    secrets += ["canary-otp-0815", "canary-password-4711", PASSWORD]
    assert [each for each in secrets if each in kept or each in caplog.text] == []
    row = await UserRow.get(username="co.lan")
    assert row.totp_secret is not None
    assert phone.totp.secret.encode() not in row.totp_secret


async def test_a_secret_whose_key_was_given_up_lets_nobody_in(asks: Api, here: World) -> None:
    _, phone, recovery = await enrolled(here, asks)
    later(here)
    forgetful: House = replace(here.house, secrets=type(here.house.secrets).random())
    async with api.client(forgetful) as asks_later:
        for code in (phone.code(), recovery[0]):
            said = await enter(asks_later, otp=code)
            assert said["refusal"]["code"] == "SECOND_FACTOR_WRONG"


async def test_a_secret_of_somebody_else_is_none_of_his(asks: Api, here: World) -> None:
    _, phone, _ = await enrolled(here, asks)
    stolen = await UserRow.get(username="co.lan")
    await asks.headers(here.school.admin)
    other = await UserRow.get(person_id=here.school.admin.id)
    await UserRow.filter(id=other.id).update(totp_secret=stolen.totp_secret, totp_since=stolen.totp_since)
    later(here)
    with pytest.raises(Refusal) as wrong:
        await second_factor.must_be_right(here.house, other.id, Secret(phone.code()))
    assert wrong.value.code is Code.SECOND_FACTOR_WRONG
    assert await SessionRow.filter(user_id=other.id, second_factor_at__isnull=False).count() == 0
