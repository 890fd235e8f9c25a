"""Who has the items is known as soon as they are out."""

import pytest

from hocba.actions import agents
from hocba.domain.values import Step
from hocba.settings import Settings
from hocba.store.models import SigningAccountRow, SigningItemRow
from tests.actions import world as worlds
from tests.actions.agents import teacher_with_agent
from tests.actions.world import Token
from tests.faults.failing import failing


async def test_items_whose_holder_cannot_be_written_down_are_not_handed_out(
    db: None, settings: Settings
) -> None:
    world = await worlds.make(settings, students=2)
    teacher, agent, _ = await teacher_with_agent(world)
    await SigningAccountRow.filter(id=world.accounts[teacher.id]).update(signer_key=Token.key)
    begun = await world.begin(teacher, Step.SUBJECT_TEACHERS)

    with failing(settings, "UPDATE", "signing_request", "NEW.lease_owner LIKE 'agent:%'"):
        with pytest.raises(Exception, match=r"made to fail|disk full"):
            await agents.take_job(world.house, agent)
        assert {*await SigningItemRow.all().values_list("state", flat=True)} == {"open"}

    job = await agents.take_job(world.house, agent)
    assert job is not None
    assert (job.request_id, len(job.items)) == (begun.request_id, 2)
