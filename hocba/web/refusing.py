"""What is refused at the door, before anybody looks at it.

======  ==================================================================
403     a request with a session's cookie that another site had sent
408     a body that takes longer than its time
413     a body that is too large, whatever it says of its length
415     a compressed body: its size says nothing of what is in it
500     whatever broke behind the door, with nothing of it inside
======  ==================================================================
"""

import asyncio
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hocba.bugs import log_bug
from hocba.web.answers import error

LIMIT_OF_STRANGERS = 64 * 1024
LIMIT_SIGNED_IN = 1024 * 1024
BODY_SECONDS = 15.0

LIMIT = "hocba.body_limit"
"""Where a scope keeps how large its body may be; whoever knows who asks raises it."""

SECONDS = "hocba.body_seconds"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def allow(connection: HTTPConnection, limit: int, *, seconds: float = BODY_SECONDS) -> None:
    """Let this request have a larger body."""
    connection.scope[LIMIT] = limit
    connection.scope[SECONDS] = seconds


class BodyLimit:
    """Refuses bodies that are compressed, too large or too slow."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").lower() != "identity":
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            await error(status, "a compressed body is not taken")(scope, receive, send)
            return
        await self._app(scope, _Body(scope, headers, receive).receive, send)


class _Body:
    """One body on its way in."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive) -> None:
        self._scope, self._receive = scope, receive
        length = headers.get("content-length", "0")
        self._announced = int(length) if length.isdigit() else 0
        self._read = 0
        self._begun: float | None = None
        self._whole = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        self._must_fit(self._announced)
        message = await self._next()
        self._read += len(message.get("body") or b"")
        self._must_fit(self._read)
        self._whole = not message.get("more_body", False)
        return message

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        self._begun = self._begun if self._begun is not None else loop.time()
        left = self._begun + self._scope.get(SECONDS, BODY_SECONDS) - loop.time()
        try:
            async with asyncio.timeout(max(left, 0)):
                return await self._receive()
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None

    def _must_fit(self, size: int) -> None:
        if size > self._scope.get(LIMIT, LIMIT_OF_STRANGERS):
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class SameOrigin:
    """Refuses what carries a session's cookie and another site had sent.

    That is every method that changes something, and any request to GraphQL: a query by GET would
    be answered to whoever asks.  Programs send no cookie and pass.
    """

    def __init__(self, app: ASGIApp, *, cookie: str, guarded: Collection[str]) -> None:
        self._app, self._cookie, self._guarded = app, cookie, frozenset(guarded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and self._refuses(Request(scope)):
            await error(HTTPStatus.FORBIDDEN, "another site had sent this")(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refuses(self, request: Request) -> bool:
        if self._cookie not in request.cookies:
            return False
        if request.method in _SAFE and request.url.path not in self._guarded:
            return False
        return not _same_origin(request)


def _same_origin(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


class Masked:
    """Answers what broke with 500 and nothing inside, and logs where, without a text.

    The framework's own handler hands the exception on to the server, which logs its text and its
    trace: they may quote what somebody sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as broken:  # noqa: BLE001 -- whatever it is, its text stays here
            id_ = log_bug(broken)
            # What has begun to leave can only be cut off: the server does so when we return.
            if not begun and scope["type"] == "http":
                await error(HTTPStatus.INTERNAL_SERVER_ERROR, error_id=id_)(scope, receive, send)


class PlainHeaders:
    """Says to browsers what they must not do with our answers."""

    _HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *self._HEADERS]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, answer)
