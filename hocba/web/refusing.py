"""What is refused at the door, before anybody looks at it.

======  ==================================================================
400     a body with two lengths: who stands before us may have read another one
403     a request with a session's cookie that another site had sent
408     a body that takes longer than its time
413     a body that is too large, whatever it says of its length
415     a compressed body: its size says nothing of what is in it
500     whatever broke behind the door, with nothing of it inside
======  ==================================================================
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
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
FINISH_SECONDS = 0.5
FINISH_BYTES = 1024 * 1024

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
        body = _Body(scope, headers, receive, send)
        if any(each.lower() != "identity" for each in headers.getlist("content-encoding")):
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            await error(status, "a compressed body is not taken")(scope, receive, body.send)
        elif "transfer-encoding" in headers and "content-length" in headers:
            await error(HTTPStatus.BAD_REQUEST, "a body has one length")(scope, receive, body.send)
        else:
            await self._app(scope, body.receive, body.send)


class _Body:
    """One body on its way in."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        length = headers.get("content-length", "0")
        self._announced = int(length) if length.isdigit() else 0
        self._read = 0
        self._begun: float | None = None
        self._expected = self._announced > 0 or "transfer-encoding" in headers
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

    async def send(self, message: Message) -> None:
        """Answer; and hang up behind an answer to what has not come whole, for it may never."""
        if message["type"] == "http.response.start" and self._expected and not await self._let_finish():
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await self._send(message)

    async def _let_finish(self) -> bool:
        """Pass over what is just coming: whoever still sends sees a closed connection, and no answer."""
        passed = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                while passed < FINISH_BYTES and not self._whole:
                    message = await self._receive()
                    passed += len(message.get("body") or b"")
                    self._whole = not message.get("more_body", False)
        return self._whole

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


class SafeHeaders:
    """Says to browsers what they must not do with our answers; a page of ours says itself what it needs."""

    _HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    )
    _UNLESS_SAID = (
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    )
    _HTTPS = (b"strict-transport-security", b"max-age=31536000")

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """:param https: whether browsers reach this server by https."""
        self._app = app
        self._headers = (*self._HEADERS, self._HTTPS) if https else self._HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message.get("headers", ())
                names = {name.lower() for name, _ in said}
                unsaid = [each for each in self._UNLESS_SAID if each[0] not in names]
                message["headers"] = [*said, *self._headers, *unsaid]
            await send(message)

        await self._app(scope, receive, answer)
