from hocba.store.models import EventRow
from tests import build


async def test_the_database_of_a_test_is_empty_and_can_be_written(db):
    assert await EventRow.all().count() == 0
    await build.event().save()
    assert await EventRow.all().count() == 1


async def test_the_next_test_finds_it_empty_again(db):
    assert await EventRow.all().count() == 0
    await build.event().save()
