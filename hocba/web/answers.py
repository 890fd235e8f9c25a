"""Answers of the plain routes: an error looks like GraphQL's, so that a client reads one kind."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hocba import words
from hocba.actions.people import ForeignSchoolError, NoSchoolYearError, NotReadyError
from hocba.domain.errors import Refusal

CODES = {
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.TOO_MANY_REQUESTS: "RATE_LIMITED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "COST_EXCEEDED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
}


def json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, headers, "application/json")


def error(
    status: int, message: str = "", *, error_id: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """An error, with nothing inside; ``error_id`` is what the log has too."""
    phrase = message or HTTPStatus(status).phrase
    code = CODES.get(HTTPStatus(status), "BAD_USER_INPUT")
    extensions = {"code": code, **({"errorId": error_id} if error_id else {})}
    return json(status, {"errors": [{"message": phrase, "extensions": extensions}]}, headers)


async def on_http_exception(_: Request, raised: Exception) -> Response:
    """What Starlette raises, as such an error."""
    assert isinstance(raised, HTTPException)
    return error(raised.status_code, headers=raised.headers)


async def on_foreign_school(_: Request, __: Exception) -> Response:
    """What a request gets that names a school in which its sender may do nothing."""
    return error(HTTPStatus.FORBIDDEN, "Hocba-School names none of your schools.")


async def on_no_school_year(_: Request, __: Exception) -> Response:
    """What a request gets that names a school year which is none."""
    return error(HTTPStatus.BAD_REQUEST, "Hocba-School-Year is written like 2025-2026.")


async def on_not_ready(_: Request, raised: Exception) -> Response:
    """What a session gets that has something else to do first."""
    assert isinstance(raised, NotReadyError)
    message = words.sentence(Refusal(raised.needs), "en")
    extensions = {"code": raised.needs.name}
    return json(HTTPStatus.FORBIDDEN, {"errors": [{"message": message, "extensions": extensions}]})


_FOLDERS = frozenset('/\\:*?"<>|')

HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    HTTPException: on_http_exception,
    ForeignSchoolError: on_foreign_school,
    NoSchoolYearError: on_no_school_year,
    NotReadyError: on_not_ready,
}
"""What becomes of each exception that a route may raise."""


def attachment(name: str) -> dict[str, str]:
    """The header under which a file is saved, with its Vietnamese name (RFC 6266, RFC 8187).

    A name may hold what a pupil's does: nothing of it ends the header, names a folder or turns the
    direction of what is shown.
    """
    name = "".join("_" if c in _FOLDERS else c for c in name if c.isprintable()).lstrip(".")
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    }
