"""Pairing a teacher's computer: a code shown once, a token given once, both revocable."""

import asyncio
from functools import partial

import pytest

from hocba.actions import agents, signing, throttle
from hocba.domain.errors import Code, Refusal
from hocba.domain.people import Actor
from hocba.settings import Settings
from hocba.store import ids
from hocba.store.models import (
    AgentPairingRow,
    AgentRow,
    UserRow,
)
from tests.actions import world as worlds
from tests.actions.agents import paired
from tests.actions.world import Token, World

STAFF_ROOM = "10.9.9.9"
"""The one address behind which all teachers of a school sit."""


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings, signer=Token.key)


async def test_pairing_gives_one_token_once(world: World) -> None:
    teacher = world.school.teachers[0]
    pairing = await agents.begin_pairing(world.house, " MÁY\tA\n", "10.0.0.7", [])
    assert len(pairing.code) == 8
    assert await agents.claim_pairing(world.house, pairing.device_code) is None

    seen = await agents.look_up_pairing(world.house, teacher, pairing.code.lower())
    assert (seen.name, seen.address) == ("MÁY A", "10.0.0.7")
    confirmed = await agents.confirm_pairing(world.house, teacher, f"{pairing.code[:4]}-{pairing.code[4:]}")
    claimed = await agents.claim_pairing(world.house, pairing.device_code)

    assert claimed is not None
    public = world.house.secrets.job_signing_key.public_key()
    assert claimed.job_key == public.public_bytes_raw()
    agent = await agents.agent_of(world.house, claimed.token)
    assert agent is not None
    assert (agent.id, agent.person) == (confirmed.id, teacher.id)
    for again in (
        agents.claim_pairing(world.house, pairing.device_code),
        agents.confirm_pairing(world.house, world.school.teachers[1], pairing.code),
    ):
        with pytest.raises(Refusal) as used:
            await again
        assert used.value.code is Code.PAIRING_UNKNOWN
    assert [each.name for each in await agents.agents(teacher)] == ["MÁY A"]


async def test_codes_and_tokens_are_nowhere_in_the_database(world: World) -> None:
    _, token = await paired(world, world.school.teachers[0])

    rows = [*await AgentRow.all().values(), *await AgentPairingRow.all().values()]
    assert token not in repr(rows)
    assert token.removeprefix("ha_") not in repr(rows)


async def test_a_pairing_lives_ten_minutes(world: World) -> None:
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    world.clock.forward(minutes=10)

    for late in (
        agents.confirm_pairing(world.house, world.school.teachers[0], pairing.code),
        agents.claim_pairing(world.house, pairing.device_code),
    ):
        with pytest.raises(Refusal) as expired:
            await late
        assert expired.value.code is Code.PAIRING_EXPIRED
    world.clock.forward(seconds=1)
    await signing.sweep(world.house)
    assert await AgentPairingRow.all().count() == 0


async def wrong_codes(world: World, guesser: Actor, count: int) -> list[Code]:
    said = []
    for _ in range(count):
        with pytest.raises(Refusal) as wrong:
            await agents.confirm_pairing(world.house, guesser, "AAAAAAAA", address=STAFF_ROOM)
        said.append(wrong.value.code)
    return said


async def test_after_five_wrong_codes_a_person_waits_and_his_colleagues_do_not(world: World) -> None:
    guesser, other = world.school.teachers[:2]
    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])

    assert await wrong_codes(world, guesser, 6) == [Code.PAIRING_UNKNOWN] * 5 + [Code.TOO_MANY_ATTEMPTS]
    with pytest.raises(Refusal) as right_but_late:
        await agents.confirm_pairing(world.house, guesser, pairing.code)
    assert right_but_late.value.code is Code.TOO_MANY_ATTEMPTS
    await agents.confirm_pairing(world.house, other, pairing.code, address=STAFF_ROOM)

    world.clock.forward(minutes=10)
    fresh = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    await agents.confirm_pairing(world.house, guesser, fresh.code, address=STAFF_ROOM)


async def test_an_address_from_which_many_guess_waits(world: World) -> None:
    said = [code for each in world.school.teachers for code in await wrong_codes(world, each, 5)]
    tries = throttle.PAIRING_ADDRESS.tries
    assert len(said) < tries
    address = throttle.from_address(throttle.PAIRING_ADDRESS, STAFF_ROOM)
    for _ in range(tries - len(said)):
        await throttle.reserve(world.house, address)
    assert set(said) == {Code.PAIRING_UNKNOWN}

    pairing = await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])
    with pytest.raises(Refusal) as refused:
        await agents.confirm_pairing(world.house, world.school.leader, pairing.code, address=STAFF_ROOM)
    assert refused.value.code is Code.TOO_MANY_ATTEMPTS
    await agents.confirm_pairing(world.house, world.school.leader, pairing.code, address="10.0.0.8")


async def test_a_staff_room_pairs_its_computers_at_the_same_moment(world: World) -> None:
    teachers = world.school.teachers
    codes = [(await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])).code for _ in teachers]
    confirm = partial(agents.confirm_pairing, world.house, address=STAFF_ROOM)
    await asyncio.gather(*(confirm(each, code) for each, code in zip(teachers, codes, strict=True)))


async def test_a_person_has_at_most_five_agents(world: World) -> None:
    teacher = world.school.teachers[0]
    for _ in range(3):
        await paired(world, teacher)
    codes = [(await agents.begin_pairing(world.house, "MÁY", "10.0.0.7", [])).code for _ in range(4)]

    confirmed = await asyncio.gather(
        *(agents.confirm_pairing(world.house, teacher, code) for code in codes), return_exceptions=True
    )

    refused = [each for each in confirmed if isinstance(each, Refusal)]
    assert [each.code for each in refused] == [Code.TOO_MANY_AGENTS] * 2
    await agents.revoke_agent(world.house, teacher, (await agents.agents(teacher))[0].id)
    await agents.confirm_pairing(world.house, teacher, codes[confirmed.index(refused[0])])


async def test_a_computer_that_says_nonsense_of_itself_is_not_paired(world: World) -> None:
    for name, certificates in (("", []), ("a" * 101, []), ("MÁY", [b"junk"]), ("MÁY", [b""] * 21)):
        with pytest.raises(Refusal) as nonsense:
            await agents.begin_pairing(world.house, name, "10.0.0.7", certificates)
        assert nonsense.value.code is Code.INVALID_VALUE
    assert await AgentPairingRow.all().count() == 0


async def test_a_revoked_agent_and_one_of_a_locked_out_person_get_nothing(world: World) -> None:
    teacher, other = world.school.teachers[:2]
    agent, token = await paired(world, teacher)
    with pytest.raises(Refusal) as foreign:
        await agents.revoke_agent(world.house, other, agent.id)
    assert foreign.value.code is Code.NOT_FOUND
    assert await agents.agent_of(world.house, token) == agent

    await UserRow.create(id=ids.new(), person_id=teacher.id, username="gv", active=False)
    assert await agents.agent_of(world.house, token) is None
    await UserRow.all().update(active=True)
    assert await agents.revoke_agent(world.house, teacher, agent.id) is True
    assert await agents.revoke_agent(world.house, teacher, agent.id) is False

    assert await agents.agent_of(world.house, token) is None
    assert await agents.agent_of(world.house, "ha_unknown") is None
