"""A school with transcripts behind an API."""

from collections.abc import AsyncIterator

import pytest

from hocba.settings import Settings
from tests import api
from tests.actions import world
from tests.actions.world import World
from tests.api import Api


@pytest.fixture
async def here(db: None, settings: Settings) -> World:
    """A school with three transcripts that wait for their signatures."""
    return await world.make(settings)


@pytest.fixture
async def asks(here: World) -> AsyncIterator[Api]:
    """The API of that school."""
    async with api.client(here.house) as made:
        yield made
