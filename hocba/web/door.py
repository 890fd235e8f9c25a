"""Who sends a request: the session's token, by header or by cookie.

Programs send ``Authorization: Bearer``.  Browsers get a cookie that scripts cannot read and that
no other site can have sent: ``__Host-hocba-session`` over https, ``hocba-session`` on loopback.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import HTTPConnection
from starlette.responses import Response

from hocba.actions.house import House
from hocba.actions.people import LIFETIME, Asking, NoSchoolYearError, NotReadyError, asking_of_token
from hocba.domain.values import SchoolYear, is_school_year
from hocba.settings import Settings
from hocba.words import Lang

SCHOOL_HEADER = "hocba-school"
"""The code of the school to act in, for whoever may act in several; refused when it is none of his."""

YEAR_HEADER = "hocba-school-year"
"""The school year to act in; the school's latest when it is left out."""


@dataclass(frozen=True, slots=True)
class Door:
    """Finds out who asks."""

    house: House

    async def asking(self, connection: HTTPConnection, token: str | None = None) -> Asking | None:
        """Whoever sends ``connection``; nobody when his token is none of a session's.

        :raises ForeignSchoolError: when the school that it names is none of his.
        :raises NoSchoolYearError: when the year that it names is none: nobody writes to another by mistake.
        """
        shown = token if token is not None else bearer(connection) or self._cookie(connection)
        if not shown:
            return None
        return await asking_of_token(
            self.house,
            shown,
            school_code=connection.headers.get(SCHOOL_HEADER),
            year=_school_year(connection.headers.get(YEAR_HEADER, "").strip()),
        )

    async def ready(self, connection: HTTPConnection) -> Asking | None:
        """As ``asking``, for what nobody gets who has something else to do first.

        :raises NotReadyError: when he has.
        """
        asking = await self.asking(connection)
        if asking is not None and asking.needs is not None:
            raise NotReadyError(asking.needs)
        return asking

    def _cookie(self, connection: HTTPConnection) -> str:
        return connection.cookies.get(cookie_name(self.house.settings), "")


def _school_year(text: str) -> SchoolYear | None:
    if text and not is_school_year(text):
        raise NoSchoolYearError
    return SchoolYear(text) if text else None


def bearer(connection: HTTPConnection) -> str:
    """The token of the Authorization header."""
    return bearer_of(connection.headers.get("authorization", ""))


def bearer_of(header: str) -> str:
    """The token in such a header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_name(settings: Settings) -> str:
    """What the cookie is called here."""
    return "hocba-session" if settings.development else "__Host-hocba-session"


def keep(settings: Settings, response: Response, token: str | None) -> None:
    """Put the token into the cookie; ``None`` takes it away."""
    name, secure = cookie_name(settings), not settings.development
    if token is None:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
        return
    response.set_cookie(
        name,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def language(connection: HTTPConnection) -> Lang:
    """Vietnamese, unless the client prefers English."""
    best: tuple[float, int, Lang] = (0.0, 0, "vi")
    for place, part in enumerate(connection.headers.get("accept-language", "").split(",")[:20]):
        tag, _, parameters = part.strip().partition(";")
        lang = tag.lower().partition("-")[0]
        weight = _weight(parameters)
        if lang in ("vi", "en") and (weight, -place) > best[:2]:
            best = (weight, -place, "en" if lang == "en" else "vi")
    return best[2]


def address(connection: HTTPConnection, settings: Settings) -> str:
    """From where the request comes: the last hop that is none of our proxies.

    What stands further to the left in ``X-Forwarded-For`` anybody may have written.
    """
    peer = connection.client.host if connection.client else ""
    if not _trusted(peer, settings):
        return peer
    hops = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    for hop in (each.strip() for each in reversed(hops)):
        if not _is_address(hop):
            return peer
        if not _trusted(hop, settings):
            return hop
    return peer


def _trusted(host: str, settings: Settings) -> bool:
    if not settings.trusted_proxies or not _is_address(host):
        return False
    found = ip_address(host)
    return any(found in network for network in settings.trusted_proxies)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
