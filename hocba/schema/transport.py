"""GraphQL over HTTP and WebSocket, as the specification says it (61 of 61 in its audit).

Strawberry's view does most of it.  Added here: the media type that the client prefers, status 400
for what was not executed, 405 for a mutation by GET, errors that say nothing they should not,
orjson, and who asks.  Sockets are in ``sockets``; a stream of events over HTTP is counted like one.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
import starlette.exceptions
from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.async_base_view import AsyncHTTPRequestAdapter  # type: ignore[attr-defined]
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UNSET

from hocba.actions.people import ForeignSchoolError, NoSchoolYearError
from hocba.schema import guard, schema, sockets
from hocba.schema.context import Context

GRAPHQL_RESPONSE = "application/graphql-response+json"


class SpecGraphQL(GraphQL[Context, None]):
    """The view at ``/graphql``."""

    websocket_adapter_class = sockets.Adapter
    graphql_transport_ws_handler_class = sockets.Handler

    def __init__(
        self,
        context: Callable[[HTTPConnection, Response | None], Awaitable[Context]],
        *,
        page: Callable[[], Response] | None,
    ) -> None:
        """:param page: GraphiQL, where it is shown."""
        super().__init__(
            schema,
            graphql_ide="graphiql" if page else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=sockets.INIT_WITHIN,
            max_subscriptions_per_connection=sockets.SUBSCRIPTIONS,
        )
        self._context, self._page = context, page
        self._sockets: Counter[UUID] = Counter()
        self._streams: Counter[UUID] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await self._serve_socket(WebSocket(scope, receive=receive, send=send))
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as raised:
            response = _refused(request, raised.status_code, raised.reason)
        await response(scope, receive, send)

    async def _serve_socket(self, socket: WebSocket) -> None:
        try:
            await self.run(socket)
        except ForeignSchoolError:
            await socket.close(4403, "Forbidden")
        except NoSchoolYearError:
            await socket.close(4400, "Bad request")
        except starlette.exceptions.HTTPException:
            await socket.close(sockets.TOO_MANY, "Too many requests")
        finally:
            context: Context | None = socket.scope.get("hocba.context")
            if context is not None and context.counted is not None:
                self._sockets[context.counted] -= 1

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Who asks, and in which language."""
        context = await self._context(request, response if isinstance(response, Response) else None)
        request.scope["hocba.context"] = context
        return context

    async def on_ws_connect(self, context: Context) -> Any:
        """Let somebody in who is signed in, with few sockets open already."""
        await context.sign_in_by(context.connection_params)
        if context.asking is None:
            raise ConnectionRejectionError
        person = context.asking.actor.id
        if self._sockets[person] >= sockets.SOCKETS:
            raise ConnectionRejectionError
        self._sockets[person] += 1
        context.counted = person
        return UNSET

    async def execute_operation(self, *args: Any, **given: Any) -> Any:
        """Strawberry's, but that only a query goes by GET, and a subscription only where it streams."""
        adapter, data = given["request_adapter"], given["request_data"]
        if isinstance(data, GraphQLRequestData):
            _must_go_this_way(data, adapter.method)
        try:
            return await super().execute_operation(*args, **given)
        except HTTPException as raised:
            if isinstance(raised.__cause__, InvalidOperationTypeError):
                raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, raised.reason) from None
            raise

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> Any:
        """Strawberry's, but that JSON is called JSON: it would take ``text/application/json`` as well."""
        media = (request.content_type or "").partition(";")[0].strip().lower()
        if request.method == "POST" and media != "application/json":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "Unsupported content type")
        return await super().parse_http_body(request)

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Strawberry's, but that one person has so many streams at a time."""
        context: Context = request.scope["hocba.context"]
        person = context.asking.actor.id if context.asking else None
        if person is None or self._streams[person] >= sockets.SUBSCRIPTIONS:
            status = HTTPStatus.UNAUTHORIZED if person is None else HTTPStatus.TOO_MANY_REQUESTS
            raise starlette.exceptions.HTTPException(status)

        async def counted() -> AsyncIterator[str]:
            self._streams[person] += 1
            try:
                async for piece in stream():
                    yield piece
            finally:
                self._streams[person] -= 1

        return await super().create_streaming_response(request, counted, sub_response, headers)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL from our own files."""
        assert self._page is not None
        return self._page()

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Remember which media type the client prefers."""
        response = await super().get_sub_response(request)
        response.preferred = _prefers(request.headers.get("accept", ""))  # type: ignore[attr-defined]
        return response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Leave ``data`` out when nothing was executed."""
        data = await super().process_result(request, result)
        errors: Sequence[Any] = data.get("errors") or ()
        if data.get("data") is None and errors and not any(error.get("path") for error in errors):
            data.pop("data", None)
        return data

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """The answer, in the media type that the client prefers."""
        response = super().create_response(response_data, sub_response)
        preferred: str = sub_response.preferred  # type: ignore[attr-defined]
        response.headers["content-type"] = f"{preferred}; charset=utf-8"
        failed = isinstance(response_data, dict) and "data" not in response_data
        if preferred == GRAPHQL_RESPONSE and failed and not sub_response.status_code:
            response.status_code = HTTPStatus.BAD_REQUEST
        return response

    def parse_json(self, data: str | bytes) -> Any:
        """An object or a list; ``null`` is an empty object."""
        parsed = super().parse_json(data)
        if not isinstance(parsed, dict | list | None):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "a request is a JSON object")
        return {} if parsed is None else parsed

    def encode_json(self, data: object) -> bytes:
        """With orjson."""
        return orjson.dumps(data)

    def decode_json(self, data: str | bytes) -> object:
        """With orjson."""
        return orjson.loads(data)


def _prefers(accept: str) -> str:
    """The media type that the client likes best; JSON for whoever does not say."""
    best: tuple[float, int, int] | None = None
    chosen = "application/json"
    for place, part in enumerate(accept.split(",")[:50]):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        if media not in (GRAPHQL_RESPONSE, "application/json"):
            continue
        rank = (_weight(parameters), int(media == GRAPHQL_RESPONSE), -place)
        if best is None or rank > best:
            best, chosen = rank, media
    return chosen


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _must_go_this_way(data: GraphQLRequestData, method: str) -> None:
    """:raises HTTPException: unless it names one operation, and one that may come like this."""
    if not isinstance(data.operation_name, str | None):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the name of an operation is a text")
    if data.query and (problem := guard.undetermined(data.query, data.operation_name)):
        raise HTTPException(HTTPStatus.BAD_REQUEST, problem.message)
    if guard.subscribes(data.query, data.operation_name):
        if method == "GET":
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, "subscriptions are not allowed by GET")
        if data.protocol == "http":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "subscriptions need a socket or text/event-stream")


def _refused(request: Request, status: int, reason: str) -> Response:
    body = {"errors": [{"message": reason, "extensions": {"code": "BAD_USER_INPUT"}}]}
    preferred = _prefers(request.headers.get("accept", ""))
    return Response(orjson.dumps(body), status_code=status, media_type=f"{preferred}; charset=utf-8")
