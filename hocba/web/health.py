"""Whether the server is alive, and whether it is ready to work."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hocba.store.reads import sql


async def healthz(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def readyz(_: Request) -> Response:
    """The database answers too."""
    try:
        await sql.select("SELECT 1 AS one")
    except Exception:  # noqa: BLE001 -- whatever it is, we are not ready, and say no more
        return PlainTextResponse("not ready", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse("ok")
