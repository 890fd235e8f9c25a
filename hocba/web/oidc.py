"""Signing in at an identity provider: ``GET /oidc/start`` and ``GET /oidc/callback``.

The routes are there only where the operator named a provider.  Between the two a cookie keeps what
the answer is compared with: encrypted, for ten minutes, and sent along when the provider sends the
browser back (``SameSite=Lax``).  The session's own cookie is ``Strict``: so the answer is a page
that leads on by itself, and not a redirect, which would still count as the provider's.
"""

from collections.abc import Sequence
from html import escape
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hocba import words
from hocba.actions.house import House
from hocba.domain.errors import Refusal
from hocba.settings import Settings
from hocba.web import door
from hocba.web.rates import Rates

START = "/oidc/start"
CALLBACK = "/oidc/callback"
SECONDS = 600

_PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8">{head}<title>Hocba</title>'
    '<p>{text}</p><p><a href="{link}">{to}</a></p>'
)
_POLICY = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}


def routes(house: House, rates: Rates) -> Sequence[BaseRoute]:
    """The two routes, where there is a provider."""
    if house.identity_provider is None:
        return ()
    view = Oidc(house, rates)
    return (
        Route(START, view.start, methods=["GET"]),
        Route(CALLBACK, view.callback, methods=["GET"]),
    )


class Oidc:
    """The two routes."""

    def __init__(self, house: House, rates: Rates) -> None:
        from hocba.actions import oidc  # noqa: PLC0415 -- an extra

        assert house.identity_provider is not None
        self._house, self._provider, self._actions = house, house.identity_provider, oidc
        self._rates = rates

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider."""
        self._rates.must_be_left(None, door.address(request, self._house.settings))
        asked = request.query_params
        try:
            begun = await self._actions.begin(
                self._house,
                self._provider,
                school_code=asked.get("school", ""),
                level=asked.get("level", "").lower(),
            )
        except Refusal as refusal:
            return _told(request, refusal)
        response = RedirectResponse(begun.address, HTTPStatus.FOUND)
        _keep(self._house.settings, response, begun.pending)
        return response

    async def callback(self, request: Request) -> Response:
        """Take what the provider says, and open a session."""
        settings = self._house.settings
        self._rates.must_be_left(None, door.address(request, settings))
        try:
            opened = await self._actions.finish(
                self._house,
                self._provider,
                request.cookies.get(cookie_name(settings), ""),
                request.query_params,
                device=request.headers.get("user-agent", ""),
                address=door.address(request, settings),
            )
        except Refusal as refusal:
            response = _told(request, refusal)
        else:
            response = _led_on(request, self._provider.settings.landing)
            door.keep(settings, response, opened.token)
        _keep(settings, response, None)
        return response


def cookie_name(settings: Settings) -> str:
    """What the cookie between the two is called here."""
    return "hocba-oidc" if settings.development else "__Host-hocba-oidc"


def _keep(settings: Settings, response: Response, pending: str | None) -> None:
    name, secure = cookie_name(settings), not settings.development
    if pending is None:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
        return
    response.set_cookie(
        name, pending, max_age=SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )


def _led_on(request: Request, landing: str) -> Response:
    english = door.language(request) == "en"
    head = f'<meta http-equiv="refresh" content="0; url={escape(landing)}">'
    text, to = ("You are signed in.", "Go on") if english else ("Bạn đã đăng nhập.", "Tiếp tục")
    return _page(request, HTTPStatus.OK, head=head, text=text, link=landing, to=to)


def _told(request: Request, refusal: Refusal) -> Response:
    """Why not, and what would help; the code stands in the page for whoever has to look it up."""
    language = door.language(request)
    sentence, help_ = words.sentence(refusal, language), words.help_(refusal, language)
    text = f"{sentence} {help_} ({refusal.code.name})"
    to = "Once more" if language == "en" else "Đăng nhập lại"
    return _page(request, HTTPStatus.FORBIDDEN, head="", text=text, link=START, to=to)


def _page(request: Request, status: HTTPStatus, *, head: str, text: str, link: str, to: str) -> Response:
    body = _PAGE.format(
        lang=door.language(request), head=head, text=escape(text), link=escape(link), to=escape(to)
    )
    return Response(body, status_code=status, headers=_POLICY, media_type="text/html; charset=utf-8")
