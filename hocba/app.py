"""The composition root: settings in, ASGI application out."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from hocba import database, jobs
from hocba.actions import building
from hocba.actions.house import House
from hocba.actions.people import Asking
from hocba.quiet import keep_quiet
from hocba.schema.context import Context
from hocba.schema.transport import SpecGraphQL
from hocba.settings import Settings
from hocba.web import answers, door, graphiql_page, health, oidc
from hocba.web.door import Door
from hocba.web.files import Files
from hocba.web.hooks import Hooks
from hocba.web.rates import Rates
from hocba.web.refusing import LIMIT_SIGNED_IN, BodyLimit, Masked, SafeHeaders, SameOrigin, allow

GRAPHQL = "/graphql"
GC_THRESHOLDS = (50_000, 50, 100)
"""What is there after start-up stays: looking through it again and again cost half of the time."""


def make_app(settings: Settings | None = None) -> Starlette:
    """The web server's application, put together from settings."""
    settings = settings or Settings.load()
    building.install_regulations(settings)
    work = jobs.Jobs(jobs.make_broker(settings.broker_url))
    return assemble(building.build(settings, ring=work.ring), work)


def assemble(house: House, work: jobs.Jobs) -> Starlette:
    """The application around ``house``; it opens and closes everything with its lifespan."""
    settings = house.settings
    keep_quiet()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await database.make_ready(settings)
        await database.open_(settings)
        try:
            async with jobs.running(work, house):
                gc.freeze()
                gc.set_threshold(*GC_THRESHOLDS)
                yield
        finally:
            await database.close()

    return Starlette(
        routes=routes(house),
        middleware=middleware(settings),
        exception_handlers=answers.HANDLERS,
        lifespan=lifespan,
    )


def routes(house: House) -> list[BaseRoute]:
    """Everything that is served."""
    doors, rates = Door(house), Rates(house.settings)
    files = Files(doors, rates)
    graphql = graphql_view(house, doors, rates)
    return [
        Route(GRAPHQL, graphql),
        WebSocketRoute(GRAPHQL, graphql),
        Route("/files", files.up, methods=["POST"]),
        Route("/files/{kind}/{id}", files.down, methods=["GET"]),
        *oidc.routes(house, rates),
        Route("/hooks/{plugin}", Hooks(house, rates).call, methods=["POST"]),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        *([graphiql_page.mount()] if house.settings.graphiql else []),
    ]


def middleware(settings: Settings) -> list[Middleware]:
    """What every request passes, from outside to inside."""
    return [
        Middleware(SafeHeaders, https=not settings.development),
        Middleware(Masked),
        Middleware(SameOrigin, cookie=door.cookie_name(settings), guarded=[GRAPHQL]),
        Middleware(BodyLimit),
    ]


def graphql_view(house: House, doors: Door, rates: Rates) -> SpecGraphQL:
    """The GraphQL view, told who asks."""

    async def context(connection: HTTPConnection, response: Response | None) -> Context:
        async def ask(token: str | None) -> Asking | None:
            return await doors.asking(connection, token)

        def keep(token: str | None) -> None:
            if response is not None:
                door.keep(house.settings, response, token)

        address = door.address(connection, house.settings)
        made = Context(
            house=house,
            asking=await doors.asking(connection),
            bearer=door.bearer(connection),
            language=door.language(connection),
            device=connection.headers.get("user-agent", ""),
            address=address,
            keep=keep,
            ask=ask,
            again=lambda: rates.request(made.person, address),
            costly=lambda amount: rates.costly(made.person, address, amount),
        )
        rates.must_be_left(made.person, address)
        if made.asking is not None:
            allow(connection, LIMIT_SIGNED_IN)
        return made

    return SpecGraphQL(context, page=graphiql_page.page if house.settings.graphiql else None)
