"""GraphiQL from our own files: no CDN, no inline script, nothing kept in the browser."""

from importlib.resources import files

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOLDER = files("hocba.web").joinpath("graphiql")


def page() -> Response:
    """The page at ``/graphql``, for browsers."""
    return Response(
        _FOLDER.joinpath("index.html").read_bytes(),
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": _POLICY},
    )


def mount() -> Mount:
    """The files behind it."""
    return Mount("/graphiql", StaticFiles(directory=str(_FOLDER)), name="graphiql")
