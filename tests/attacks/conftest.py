"""The application behind a port of its own, and people who attack it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from tests import api
from tests.actions.world import World
from tests.api import Api
from tests.schema.conftest import asks, here
from tests.serving import served

__all__ = ["asks", "here"]

SPEC = "application/graphql-response+json"


@dataclass(frozen=True)
class Target:
    """What is attacked, and how."""

    base: str
    http: httpx.AsyncClient
    world: World
    asks: Api

    async def send(self, body: bytes, **headers: str) -> httpx.Response:
        """Post ``body`` as JSON; what is not executed is answered with 400."""
        said = {"content-type": "application/json", "accept": SPEC, **headers}
        return await self.http.post("/graphql", content=body, headers=said)

    async def admin(self) -> dict[str, str]:
        """The headers of somebody who may do much, and send a megabyte."""
        return await self.asks.headers(self.world.school.admin)


@pytest.fixture
async def target(here: World, asks: Api) -> AsyncIterator[Target]:
    """A server that shows its schema to everybody, so that questions about it are not refused for that."""
    house = replace(here.house, settings=replace(here.house.settings, introspection=True))
    async with served(api.make(house)) as base, httpx.AsyncClient(base_url=base, timeout=30) as http:
        yield Target(base, http, here, asks)


def codes(answer: httpx.Response) -> list[Any]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer.json().get("errors", ())]
