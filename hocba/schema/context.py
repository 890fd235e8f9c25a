"""What every resolver may reach."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from strawberry.types.info import Info as StrawberryInfo

from hocba.actions import access
from hocba.actions.access import Seen
from hocba.actions.house import House
from hocba.actions.people import Asking, ForeignSchoolError
from hocba.domain.access import AccessKind
from hocba.domain.people import Actor
from hocba.domain.permissions import Permission
from hocba.schema.errors import NotSignedInError
from hocba.words import Lang


def _keep_nothing(_token: str | None) -> None:
    """A transport without cookies, such as a WebSocket."""


def _any_number(_amount: int = 1) -> float:
    """Where nobody counts."""
    return 0.0


async def _ask_nobody(_token: str | None) -> Asking | None:
    return None


@dataclass(kw_only=True)
class Context:
    """One request, or one socket while it is open.

    :ivar asking: whoever is signed in.
    :ivar bearer: the token of the Authorization header: an agent's, when nobody is signed in.
    :ivar language: ``vi``, or ``en`` when the client prefers it.
    :ivar address: where the request comes from, to show it to whoever confirms a pairing.
    :ivar keep: puts a session's token into the cookie; ``None`` takes it away.
    :ivar ask: finds out again who asks; with a token, whose that is.
    :ivar again: counts one message more; the seconds to wait when there are too many, else 0.
    :ivar costly: the same for so much of what keeps a processor busy.
    :ivar connection_params: what a socket said when it connected.
    :ivar counted: for whom a socket is counted.
    :ivar seen: the records that the answer shows: who read them is written down beside it.
    """

    house: House
    asking: Asking | None = None
    bearer: str = field(default="", repr=False)
    language: Lang = "vi"
    device: str = ""
    address: str = ""
    keep: Callable[[str | None], None] = field(default=_keep_nothing, repr=False)
    ask: Callable[[str | None], Awaitable[Asking | None]] = field(default=_ask_nobody, repr=False)
    again: Callable[[], float] = field(default=_any_number, repr=False)
    costly: Callable[[int], float] = field(default=_any_number, repr=False)
    connection_params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    counted: UUID | None = None
    seen: set[Seen] = field(default_factory=set)
    _token: str | None = field(default=None, repr=False)

    def shows(self, kind: AccessKind, ids: Iterable[UUID]) -> None:
        """Remember that the answer shows these records of pupils."""
        self.seen |= {(kind, id_) for id_ in ids}

    def write_down(self) -> None:
        """Write down who read what was shown, without waiting for it."""
        seen, self.seen = self.seen, set()
        if seen and self.asking is not None:
            keep = access.keep(self.asking.actor.id, seen, at=self.house.clock())
            self.house.tasks.start(keep, name="access")

    @property
    def person(self) -> UUID | None:
        """Whoever is signed in."""
        return self.asking.actor.id if self.asking else None

    @property
    def may_introspect(self) -> bool:
        """Whether whoever asks may see the schema: ADMIN, or everybody where the operator says so."""
        if self.house.settings.introspection:
            return True
        return self.asking is not None and self.asking.actor.may(Permission.SYSTEM_VIEW)

    async def sign_in_by(self, parameters: Mapping[str, Any]) -> None:
        """Take the token that a socket sent when it connected, if it sent one."""
        header = str(parameters.get("authorization") or parameters.get("Authorization") or "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer" and token:
            self._token = token.strip()
            await self.alive()

    async def alive(self) -> bool:
        """Whether the session still is, and its school its holder's, with what he may do now."""
        asking = None
        with suppress(ForeignSchoolError):
            asking = await self.ask(self._token)
        # Not before: other operations of the same socket ask meanwhile who it is.
        self.asking = asking
        return asking is not None

    async def ready(self) -> bool:
        """As ``alive``, and whoever asks has nothing else to do first."""
        return await self.alive() and self.asking is not None and self.asking.needs is None


Info = StrawberryInfo[Context, None]


def asking_of(info: Info) -> Asking:
    """Whoever asks.  :raises NotSignedInError: when nobody is signed in."""
    if info.context.asking is None:
        raise NotSignedInError
    return info.context.asking


def actor_of(info: Info) -> Actor:
    """What the person asking may do.  :raises NotSignedInError: when nobody is signed in."""
    return asking_of(info).actor


def now_of(info: Info) -> datetime:
    """The time of this request."""
    return info.context.house.clock()
