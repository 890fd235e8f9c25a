"""An endpoint of the operator's, as others run them: it checks signatures, or misbehaves."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hocba.actions.house import House
from hocba.actions.webhooks import Courier
from hocba.domain.messages import Endpoint, endpoint
from hocba.outbound import Limits, Outbound
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust
from tests.serving import served

KEY = bytes(range(32))
SECRET = "whsec_" + b64encode(KEY).decode()
PATIENCE = timedelta(milliseconds=300)


class Clock:
    """The time, put forward by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Receiver:
    """What came, and what it answers: a status, or something that takes its time."""

    base: str
    answers: dict[str, Callable[[], Any]] = field(default_factory=dict)
    came: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def at(self, path: str) -> list[tuple[Mapping[str, str], bytes]]:
        return [(headers, body) for where, headers, body in self.came if where == path]

    async def until(self, path: str, count: int) -> None:
        """Wait until so many have come there."""
        async with asyncio.timeout(5):
            while True:
                if len(self.at(path)) >= count:
                    return
                await asyncio.sleep(0.01)

    def ids(self, path: str) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.at(path)]

    def read(self, path: str) -> list[dict[str, Any]]:
        """Everything that came there, once the official library has believed it."""
        return [Webhook(SECRET).verify(body, dict(headers)) for headers, body in self.at(path)]

    def named(self, path: str, **given: Any) -> Endpoint:
        return endpoint(path, {"url": f"{self.base}/{path}", "secret": SECRET, **given})


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver("")

    async def take(request: Request) -> Response:
        path = request.path_params["path"]
        receiver.came.append((path, dict(request.headers), await request.body()))
        answer = receiver.answers.get(path, lambda: 204)()
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer if isinstance(answer, Response) else Response(status_code=answer)

    async with served(Starlette(routes=[Route("/{path}", take, methods=["POST", "GET"])])) as base:
        receiver.base = base
        yield receiver


def elsewhere(receiver: Receiver) -> Response:
    return RedirectResponse(f"{receiver.base}/trap", 307)


def house(settings: Settings, *endpoints: Endpoint) -> tuple[House, Clock]:
    """A house that may call these endpoints."""
    clock = Clock()
    given = replace(
        settings,
        outbound_hosts=tuple(each.host for each in endpoints),
        webhooks={each.name: each for each in endpoints},
    )
    made = House(
        settings=given,
        secrets=Secrets.random(),
        plugins=Plugins(signers={}, portals={}, states=()),
        trust=lambda: Trust(roots=()),
        ring=lambda _name, _id: None,
        clock=clock,
    )
    return made, clock


@asynccontextmanager
async def courier(house: House) -> AsyncIterator[Courier]:
    """A courier that soon gives up waiting."""
    http = Outbound(house.settings, Limits(patience=PATIENCE, kinds=frozenset({"*"})))
    try:
        yield Courier(house, http)
    finally:
        await house.tasks.cancel()
        await http.aclose()
