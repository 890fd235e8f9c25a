"""A client of the API for tests: the whole application in this process, without a network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette

from hocba import app
from hocba.actions import sign_in
from hocba.actions.handles import encode
from hocba.actions.house import House
from hocba.domain.people import Actor
from hocba.store import ids
from hocba.store.models import PersonRow, UserRow
from hocba.web import answers

BASE = "http://127.0.0.1:8000"


def make(house: House) -> Starlette:
    """The application around ``house``; the database is the test's own."""
    return Starlette(
        routes=app.routes(house),
        middleware=app.middleware(house.settings),
        exception_handlers=answers.HANDLERS,
    )


async def token(house: House, person: UUID) -> str:
    """A session of ``person``'s, opened without a password."""
    user = await UserRow.get_or_none(person_id=person)
    if user is None:
        user = await UserRow.create(id=ids.new(), person_id=person, username=person.hex)
    return (await sign_in.open_session(house, user.id, device="test")).token


class Api:
    """Asks as whoever it is told to."""

    def __init__(self, house: House, http: httpx.AsyncClient) -> None:
        self.house, self.http = house, http
        self.tokens: dict[UUID, str] = {}

    async def headers(self, who: Actor | UUID | None) -> dict[str, str]:
        if who is None:
            return {}
        person = who.id if isinstance(who, Actor) else who
        if person not in self.tokens:
            self.tokens[person] = await token(self.house, person)
        return {"authorization": f"Bearer {self.tokens[person]}"}

    async def post(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        who: Actor | UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The whole answer."""
        answer = await self.http.post(
            "/graphql",
            json={"query": document, "variables": dict(variables or {})},
            headers={**await self.headers(who), **(headers or {})},
        )
        said: dict[str, Any] = answer.json()
        return said

    async def ask(
        self, document: str, who: Actor | UUID | None = None, /, **variables: Any
    ) -> dict[str, Any]:
        """The data of an answer without errors."""
        said = await self.post(document, variables, who=who)
        assert "errors" not in said, said["errors"]
        data: dict[str, Any] = said["data"]
        return data

    async def do(self, name: str, selection: str, who: Actor | UUID | None = None, /, **given: Any) -> Any:
        """The payload of a mutation."""
        kind = name[0].upper() + name[1:] + "Input!"
        document = f"mutation Do($input: {kind}) {{ {name}(input: $input) {{ {selection} }} }}"
        return (await self.ask(document, who, input=given))[name]


@asynccontextmanager
async def client(house: House) -> AsyncIterator[Api]:
    """An API around ``house``."""
    transport = httpx.ASGITransport(make(house), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Api(house, http)


def gid(kind: str, id: UUID) -> str:
    """A global id."""
    return encode(kind, id)


async def people_of(school: UUID) -> list[UUID]:
    """Everybody of a school."""
    return [row.id for row in await PersonRow.filter(school_id=school)]
