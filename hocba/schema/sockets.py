"""The WebSocket protocol graphql-transport-ws, as strict as it says.

A socket asks anew who it is before each operation, so that rights that are withdrawn act at once, and
each message is counted like a request.  What is no message of the protocol is hung up on, and not
repeated in the reason, which has 123 bytes.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from hocba.bugs import log_bug
from hocba.schema import guard
from hocba.schema.context import Context

SOCKETS = 5
"""Open sockets of one person."""

SUBSCRIPTIONS = 10
"""Operations under way on one socket."""

INIT_WITHIN = timedelta(seconds=10)
MAX_ID = 64
"""Bytes of an operation's id."""

TOO_MANY = 4429

_OF_AN_OPERATION = ("subscribe", "complete")
_TYPES = ("connection_init", "ping", "pong", *_OF_AN_OPERATION)


class Adapter(ASGIWebSocketAdapter):
    """Frames of text, as the protocol wants them."""

    async def send_json(self, message: Any) -> None:
        """Send one message."""
        await self.ws.send_text(orjson.dumps(message).decode())


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """One socket."""

    async def handle_message(self, message: Any) -> None:
        """Strawberry's, for what is a message of the protocol and not one of too many."""
        if self.context.again():
            await self.websocket.close(TOO_MANY, "Too many messages")
        elif wrong := _wrong(message):
            await self.handle_invalid_message(wrong)
        else:
            await super().handle_message(message)

    async def run_operation(self, operation: Any) -> None:
        """Strawberry's, for somebody who is still signed in."""
        if not await self.context.alive():
            await self.websocket.close(4403, "Forbidden")
        elif problem := guard.unreadable(operation.query) or guard.undetermined(
            operation.query, operation.operation_name
        ):
            # Left to Strawberry, a text that cannot be parsed would be logged, and the client told nothing.
            await operation.send_initial_errors([problem])
            self.operations.pop(operation.id, None)
        else:
            await super().run_operation(operation)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log where it happened, and not what it says."""
        log_bug(error)


def _wrong(message: Any) -> str:
    """Why this is no message of the protocol; empty when it is one."""
    payload = message.get("payload", {}) if isinstance(message, dict) else None
    if not isinstance(payload, dict):
        return "a message is an object, and so is its payload"
    if message.get("type") not in _TYPES:
        return "there is no such type of message"
    if message["type"] in _OF_AN_OPERATION and not _is_id(message.get("id")):
        return f"the id of an operation is a text of 1 to {MAX_ID} bytes"
    return "" if message["type"] != "subscribe" else _wrong_operation(payload)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= MAX_ID


def _wrong_operation(payload: Mapping[str, Any]) -> str:
    if not isinstance(payload.get("query"), str):
        return "a query is a text"
    if not isinstance(payload.get("variables"), dict | None):
        return "variables are an object"
    if not isinstance(payload.get("operationName"), str | None):
        return "the name of an operation is a text"
    return ""
