"""Changes that have no aggregate of their own are events all the same, without personal data."""

from typing import Any
from uuid import UUID

import pytest

from hocba.actions import agents, exporting, uploads
from hocba.settings import Settings
from hocba.store.models import EventRow
from tests.actions import world as worlds
from tests.actions.agents import paired
from tests.actions.world import World


@pytest.fixture
async def world(db: None, settings: Settings) -> World:
    return await worlds.make(settings)


async def only(kind: str) -> tuple[str, UUID, UUID | None, UUID | None, dict[str, Any]]:
    """Aggregate, its id, actor, school and data of the one event of this kind."""
    (row,) = await EventRow.filter(kind=kind)
    return row.aggregate, row.aggregate_id, row.actor_id, row.school_id, row.data


async def test_a_computer_that_is_paired_and_unpaired(world: World) -> None:
    teacher = world.school.homeroom
    agent, _ = await paired(world, teacher, world.holders[teacher.id])
    person = {"person": str(teacher.id)}
    assert await only("AgentPaired") == (
        "agent", agent.id, teacher.id, world.school.id, person | {"certificates": 1},
    )  # fmt: skip
    assert await agents.revoke_agent(world.house, teacher, agent.id)
    assert not await agents.revoke_agent(world.house, teacher, agent.id)
    assert await only("AgentRevoked") == ("agent", agent.id, teacher.id, world.school.id, person)


async def test_a_file_that_is_sent(world: World) -> None:
    admin = world.school.admin
    await uploads.keep(admin, "Trần Văn An.xlsx", b"x" * 7, now=world.clock())
    aggregate, _, actor, school, data = await only("FileUploaded")
    assert (aggregate, actor, school, data["size"]) == ("upload", admin.id, world.school.id, 7)
    assert set(data) == {"size", "sha256"}


async def test_an_export_that_is_asked_for(world: World) -> None:
    admin = world.school.admin
    export, _ = await exporting.begin(admin, world.transcripts, now=world.clock())
    assert await only("ExportRequested") == (
        "export", export, admin.id, world.school.id, {"transcripts": 3},
    )  # fmt: skip
    assert (await exporting.begin(admin, [], now=world.clock()))[0] is None
    assert await EventRow.filter(kind="ExportRequested").count() == 1
